"""Reservations against PostgreSQL's own limit: one line, three, one hot SKU, a thousand carts."""

from benchmarks.hotpath import bodies, limits
from benchmarks.hotpath.ground import CLIENTS, WORKERS, Ground
from benchmarks.hotpath.report import Row, per_second, skipped
from benchmarks.hotpath.rounds import in_turn, middle, ratio
from benchmarks.hotpath.service import next_seed

HOT_CLIENTS = 16
ABSENT = (404, 405)
SAME, BARE, HELLO, OURS = "pgbench, same rows", "pgbench, bare", "Flask's hello", "reservations"


def one_line(ground: Ground) -> list[Row]:
    """Measure a cart of one line against both limits, and its CPU against Flask's own."""
    written, skus = ground.written("reserve_1"), ground.size.skus
    sides = {
        SAME: ground.limit(limits.same_rows(ground.folder, written, skus)),
        BARE: ground.limit(limits.bare(ground.folder, skus)),
        HELLO: ground.floor(),
        OURS: ground.load("reserve_1"),
    }
    taken = in_turn(sides, ground.length)
    ours, name = taken[OURS], f"reserve 1 line, {CLIENTS} clients"
    cpu = ratio(taken, OURS, HELLO, "web_us")
    floor = f"{HELLO} {middle(taken[HELLO], 'web_us'):,.0f} µs"
    return [
        against(name, SAME, taken, 0.5),
        against(name, BARE, taken, 0.35),
        Row(f"{name}: web CPU", f"{middle(ours, 'web_us'):,.0f} µs", floor, cpu, "<=", 2.5),
    ]


def three_lines(ground: Ground) -> list[Row]:
    """Measure a cart of three lines."""
    written, lines = ground.written("reserve_3"), bodies.LINES
    script = limits.same_rows(ground.folder, written, ground.size.skus, lines)
    taken = in_turn({SAME: ground.limit(script), OURS: ground.load("reserve_3")}, ground.length)
    return [against(f"reserve {lines} lines, {CLIENTS} clients", SAME, taken, 0.4)]


def hot_sku(ground: Ground) -> list[Row]:
    """Measure carts that all want the one SKU of one facility."""
    script = limits.hot_row(ground.folder, ground.written("reserve_hot"))
    sides = {
        SAME: ground.limit(script, HOT_CLIENTS),
        OURS: ground.load("reserve_hot", HOT_CLIENTS),
    }
    taken = in_turn(sides, ground.length)
    return [against(f"reserve a hot SKU, {HOT_CLIENTS} clients", SAME, taken, 0.8)]


def in_bulk(ground: Ground) -> list[Row]:
    """Measure carts by the thousand against the limit of one by one."""
    name = f"reserve {bodies.BULK_CARTS:,} carts at once"
    probe = next(bodies.requests(**ground.world.requests("bulk", next_seed())))
    status = ground.service.status_of(probe)
    if status in ABSENT:
        return [skipped(name, f"POST /v1/reservations/bulk answers {status}")]
    script = limits.same_rows(ground.folder, ground.written("reserve_1"), ground.size.skus)
    sides = {SAME: ground.limit(script), OURS: ground.load("bulk", WORKERS)}
    taken = in_turn(sides, ground.length)
    each = ratio(taken, OURS, SAME) * bodies.BULK_CARTS
    carts = f"{middle(taken[OURS], 'rate') * bodies.BULK_CARTS:,.0f} carts/s"
    other = f"{SAME} {per_second(taken[SAME])}"
    return [Row(name, carts, other, each, ">=", 1.0, taken[OURS])]


def against(measure: str, limit: str, taken: dict, target: float) -> Row:
    other = taken[limit]
    shown = f"{limit} {per_second(other)}, db {middle(other, 'database_us'):,.0f} µs"
    figure = ratio(taken, OURS, limit)
    return Row(measure, per_second(taken[OURS]), shown, figure, ">=", target, taken[OURS])
