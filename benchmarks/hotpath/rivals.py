"""What a shop would pick instead, on the same PostgreSQL; skipped where it is not installed."""

import json
import subprocess
from collections.abc import Sequence
from urllib.parse import quote

import psycopg

from benchmarks.hotpath import limits, medusa_shop
from benchmarks.hotpath.ground import CLIENTS, WORKERS, Ground
from benchmarks.hotpath.report import Row, per_second, skipped
from benchmarks.hotpath.rounds import Round, Side, in_turn, ratio
from benchmarks.peers import MEDUSA, OSCAR_PYTHON, OSCAR_SHOP
from benchmarks.peers.programs import answer_of, start

BARE, OURS = "pgbench, bare", "the service"
OSCAR = "django-oscar's place_order, without HTTP"
MODULE, SHOP = "Medusa's inventory module, without HTTP", "Medusa, levels and reservation"
AN_ORDER_OF_MAGNITUDE = 10.0


def oscar(ground: Ground) -> list[Row]:
    """Measure reservations against django-oscar's checkout, which is spared the HTTP."""
    if not OSCAR_PYTHON.exists():
        return [absent(OSCAR, "oscar")]
    host = new_database(ground, "oscar")
    own = {"PGHOST": host, "PGDATABASE": "oscar", "DJANGO_SETTINGS_MODULE": "settings"}

    def side(seconds: float) -> Round:
        command = (OSCAR_PYTHON, "place_orders.py", str(seconds), str(CLIENTS))
        return together([start(command, OSCAR_SHOP, own)])

    return compared(ground, OSCAR, side, AN_ORDER_OF_MAGNITUDE)


def medusa(ground: Ground) -> list[Row]:
    """Measure reservations against Medusa's inventory module, and against Medusa itself."""
    if not medusa_shop.COMMAND.exists():
        return [absent(MODULE, "medusa"), absent(SHOP, "medusa")]
    return [*against_module(ground), *against_shop(ground)]


def against_module(ground: Ground) -> list[Row]:
    command = ("node", "reserve.js", address(new_database(ground, "module"), "module"))
    answer_of(start((*command, "furnish"), MEDUSA, {}))
    each = str(CLIENTS // WORKERS)

    def side(seconds: float) -> Round:
        return together([start((*command, str(seconds), each), MEDUSA, {}) for _ in range(WORKERS)])

    return compared(ground, MODULE, side)


def against_shop(ground: Ground) -> list[Row]:
    url = address(new_database(ground, "shop"), "shop")
    with medusa_shop.open_shop(url, ground.size, WORKERS, CLIENTS) as side:
        return compared(ground, SHOP, side, AN_ORDER_OF_MAGNITUDE)


def address(host: str, database: str) -> str:
    return f"postgres://postgres:none@{quote(host, safe='')}:5432/{database}"


def absent(peer: str, name: str) -> Row:
    return skipped(measure(peer), f"python -m benchmarks.peers {name} installs it")


def measure(peer: str) -> str:
    return f"reserve 1 line; other side: {peer}"


def compared(ground: Ground, peer: str, theirs: Side, least: float | None = None) -> list[Row]:
    """Take the peer, the service and the bare limit in turn."""
    bare = ground.limit(limits.bare(ground.folder, ground.size.skus))
    taken = in_turn({BARE: bare, peer: theirs, OURS: ground.load("reserve_1")}, ground.length)
    share = f"{per_second(taken[peer])}, {ratio(taken, peer, BARE):.3f} of {BARE}"
    times = ratio(taken, OURS, peer)
    return [Row(measure(peer), per_second(taken[OURS]), share, times, ">=", least, taken[OURS])]


def new_database(ground: Ground, name: str) -> str:
    """Make a database for a peer; return the folder of the server's socket."""
    with psycopg.connect(ground.postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        return connection.info.host


def together(processes: Sequence[subprocess.Popen[str]]) -> Round:
    """Wait for processes that work at the same time; add up what they did."""
    told = [json.loads(answer_of(one).splitlines()[-1]) for one in processes]
    count = sum(one["placed"] for one in told)
    rate = sum(one["placed"] / one["elapsed"] for one in told)
    return Round(rate, count, client_us=sum(one["cpu"] for one in told) / count * 1e6)
