"""Reservations against PostgreSQL's own limit: one line, three, one hot SKU, a thousand carts."""

from benchmarks.hotpath import bodies, limits
from benchmarks.hotpath.ground import CLIENTS, WORKERS, Ground
from benchmarks.hotpath.report import Row, per_second, skipped
from benchmarks.hotpath.rounds import Rounds, in_turn, middle, ratio
from benchmarks.hotpath.service import next_seed

HOT_CLIENTS = 16
ABSENT = (404, 405)
SAME, BARE, HELLO = "pgbench, same rows", "pgbench, bare", "Flask's hello"
OURS = "reservations"


def one_line(ground: Ground) -> list[Row]:
    """Measure a cart of one line against both limits, and its CPU against Flask's own."""
    written, skus = ground.written("reserve_1"), ground.size.skus
    with ground.floors("reserve_1") as floors:
        sides = {
            SAME: ground.limit(limits.same_rows(ground.folder, written, skus)),
            BARE: ground.limit(limits.bare(ground.folder, skus)),
            HELLO: ground.floor(),
            **floors,
            OURS: ground.load("reserve_1"),
        }
        taken = in_turn(sides, ground.length)
    name = f"reserve 1 line, {CLIENTS} clients"
    rows = [
        against(name, SAME, taken, 0.5),
        against(name, BARE, taken, 0.35),
        in_hellos(f"{name}: web CPU", taken, OURS, 2.5),
    ]
    for floor in floors:
        rows += [against(f"{name}: {floor}", limit, taken, ours=floor) for limit in (SAME, BARE)]
        rows.append(in_hellos(f"{name}: {floor}, web CPU", taken, floor))
    return rows


def three_lines(ground: Ground) -> list[Row]:
    """Measure a cart of three lines."""
    written, lines = ground.written("reserve_3"), bodies.LINES
    script = limits.same_rows(ground.folder, written, ground.size.skus, lines)
    with ground.floors("reserve_3") as floors:
        sides = {SAME: ground.limit(script), **floors, OURS: ground.load("reserve_3")}
        taken = in_turn(sides, ground.length)
    name = f"reserve {lines} lines, {CLIENTS} clients"
    bounds = [against(f"{name}: {floor}", SAME, taken, ours=floor) for floor in floors]
    return [against(name, SAME, taken, 0.4), *bounds]


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


def against(
    measure: str, limit: str, taken: Rounds, target: float | None = None, ours: str = OURS
) -> Row:
    other, mine = taken[limit], taken[ours]
    shown = f"{limit} {per_second(other)}, db {middle(other, 'database_us'):,.0f} µs"
    figure = ratio(taken, ours, limit)
    return Row(measure, per_second(mine), shown, figure, ">=", target, mine)


def in_hellos(measure: str, taken: Rounds, ours: str, target: float | None = None) -> Row:
    mine, floor = (f"{middle(taken[side], 'web_us'):,.0f} µs" for side in (ours, HELLO))
    figure = ratio(taken, ours, HELLO, "web_us")
    return Row(measure, mine, f"{HELLO} {floor}", figure, "<=", target)
