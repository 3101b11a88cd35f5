"""Movements in bulk: 10,000 rows over HTTP, against COPY and one set-based statement."""

import time
from random import Random

import psycopg

from benchmarks.hotpath import bodies
from benchmarks.hotpath.bodies import Shop
from benchmarks.hotpath.ground import Ground
from benchmarks.hotpath.report import Row
from benchmarks.hotpath.rounds import Round, Side, in_turn, middle, ratio

OURS, FEWER, COPY = "the service", "a tenth of the rows", "COPY + one statement"
# Ten times the rows are ten times the work; the rest is room for caches that no longer hold them.
MOST_GROWTH = 15.0

STAGE = """
CREATE TEMP TABLE IF NOT EXISTS staged (sku varchar, facility varchar, quantity bigint)
ON COMMIT DELETE ROWS
"""
POST = """
WITH summed AS (
    SELECT sku, facility, sum(quantity) AS quantity, count(*) AS rows FROM staged GROUP BY 1, 2
), moved AS (
    UPDATE stock_levels AS level
    SET on_hand = level.on_hand + summed.quantity, entries = entries + summed.rows
    FROM summed WHERE level.sku = summed.sku AND level.facility = summed.facility
    RETURNING level.sku, level.facility, level.on_hand, level.entries, summed.quantity
)
INSERT INTO movements (id, sku, facility, entry, kind, quantity, unavailable, balance_after,
    actor, cause, forced, occurred_at, recorded_at)
SELECT uuidv7(), sku, facility, entries, 'receipt', quantity, 0, on_hand,
    'bench', 'api', false, now(), now()
FROM moved
"""


def movements(ground: Ground) -> list[Row]:
    """Measure all CPU of both ways, and how it grows with the rows."""
    sides = {
        COPY: copied(ground),
        FEWER: ground.load("fewer_movements", clients=1),
        OURS: ground.load("movements", clients=1),
    }
    taken = in_turn(sides, ground.length)
    mine, fewer, copy = (
        f"{middle(taken[side], 'cpu_us') / 1e3:,.0f} ms of CPU" for side in (OURS, FEWER, COPY)
    )
    name, growth = f"movements, {bodies.MOVED_ROWS:,} rows", ratio(taken, OURS, FEWER, "cpu_us")
    times = 1 / ratio(taken, OURS, COPY, "cpu_us")
    return [
        Row(name, mine, f"{COPY} {copy}", times, ">=", 0.3, taken[OURS]),
        Row(f"{name}: growth", mine, f"{FEWER} {fewer}", growth, "<=", MOST_GROWTH),
    ]


def copied(ground: Ground) -> Side:
    """Return the side on which a client copies the rows in and posts them at once."""

    def side(seconds: float) -> Round:
        draw, database = Random(time.time_ns()), ground.postgres.cpu_seconds()
        with psycopg.connect(ground.postgres.url) as connection:
            connection.execute(STAGE)
            began, used, count = time.perf_counter(), 0.0, 0
            while time.perf_counter() < began + seconds:
                drawn = rows(ground.world.shop, draw)
                at = time.process_time()
                copy_and_post(connection, drawn)
                used, count = used + time.process_time() - at, count + 1
            elapsed = time.perf_counter() - began
        database = ground.postgres.cpu_seconds() - database
        return Round(
            count / elapsed, count, database_us=database / count * 1e6, client_us=used / count * 1e6
        )

    return side


def rows(shop: Shop, draw: Random) -> list[tuple[str, str, int]]:
    drawn = bodies.levels(shop, draw, bodies.MOVED_ROWS)
    return [(sku, facility, draw.randint(1, 9)) for sku, facility in drawn]


def copy_and_post(connection: psycopg.Connection, drawn: list[tuple[str, str, int]]) -> None:
    with connection.cursor() as cursor:
        with cursor.copy("COPY staged FROM STDIN") as copy:
            for row in drawn:
                copy.write_row(row)
        cursor.execute(POST)
    connection.commit()
