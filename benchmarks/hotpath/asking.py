"""Questions without effect: where a cart ships from, and what can be promised."""

import time
from random import Random

import psycopg

from benchmarks.hotpath import bodies
from benchmarks.hotpath.ground import CLIENTS, Ground
from benchmarks.hotpath.report import Row
from benchmarks.hotpath.rounds import Round, Side, in_turn, middle, ratio

HELLO, OURS, BARE = "Flask's hello", "the service", "the bare query"
MOST_MS_BEYOND_FLOOR = 1.5
LEVELS = """
SELECT sku, facility, on_hand, unavailable, reserved, safety_stock
FROM stock_levels WHERE sku = ANY(%s)
"""


def sourcing(ground: Ground) -> list[Row]:
    """Measure the server's CPU for one cart of three lines beyond Flask's own floor."""
    taken = in_turn({HELLO: ground.floor(), OURS: ground.load("sourcing")}, ground.length)
    web, floor = (middle(taken[side], "web_us") / 1e3 for side in (OURS, HELLO))
    name = (
        f"sourcing, {bodies.LINES} lines x {ground.size.facilities} facilities, {CLIENTS} clients"
    )
    other = f"{HELLO} {floor:,.2f} ms of web CPU"
    beyond, most = web - floor, MOST_MS_BEYOND_FLOOR
    return [Row(name, f"{web:,.2f} ms of web CPU", other, beyond, "<=", most, taken[OURS])]


def availability(ground: Ground) -> list[Row]:
    """Measure all CPU of the question, and of the query that it cannot do without."""
    ours = ground.load("availability", clients=1)
    taken = in_turn({BARE: bare_query(ground), OURS: ours}, ground.length)
    name = f"availability, {bodies.QUESTIONED_SKUS} SKUs x {ground.size.facilities} facilities"
    mine, other = (f"{middle(taken[side], 'cpu_us') / 1e3:,.1f} ms of CPU" for side in (OURS, BARE))
    figure = ratio(taken, OURS, BARE, "cpu_us")
    return [Row(name, mine, f"{BARE} {other}", figure, "<=", 3.0, taken[OURS])]


def bare_query(ground: Ground) -> Side:
    """Return the side on which a client fetches those stock levels and does nothing with them."""
    skus = ground.world.shop.skus

    def side(seconds: float) -> Round:
        draw, database = Random(0), ground.postgres.cpu_seconds()
        with psycopg.connect(ground.postgres.url, autocommit=True) as connection:
            began, used, count = time.perf_counter(), time.process_time(), 0
            while time.perf_counter() < began + seconds:
                chosen = draw.sample(skus, bodies.QUESTIONED_SKUS)
                connection.execute(LEVELS, [chosen], prepare=True).fetchall()
                count += 1
            used, elapsed = time.process_time() - used, time.perf_counter() - began
        database = ground.postgres.cpu_seconds() - database
        return Round(
            count / elapsed, count, database_us=database / count * 1e6, client_us=used / count * 1e6
        )

    return side
