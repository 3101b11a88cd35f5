"""Reservations on the embedded database, against raw sqlite3 writing the same rows."""

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import uuid4

from benchmarks.hotpath import service, world
from benchmarks.hotpath.ground import CLIENTS
from benchmarks.hotpath.report import Row, per_second
from benchmarks.hotpath.rounds import Length, Round, Side, in_turn, middle, ratio, say
from benchmarks.hotpath.service import Service
from benchmarks.hotpath.world import Size, World
from fulfillment.platform.ids import new_id

OURS, RAW = "the service", "raw sqlite3"
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 30000")
TAKE = """
UPDATE stock_levels SET reserved = reserved + 1 WHERE sku = ? AND facility = ?
    AND on_hand - unavailable - reserved - safety_stock >= 1
"""
KEY = """
INSERT INTO idempotency_keys (actor, key, fingerprint, created_at, status, headers, body)
VALUES ('raw', ?, ?, ?, 201, ?, ?)
"""
HOLD = """
INSERT INTO holds (id, cart_ref, status, expires_at, plan, actor, created_at)
VALUES (?, ?, 'live', ?, ?, 'raw', ?)
"""
PROMISE = """
INSERT INTO promises (id, owner_kind, owner_id, hold_id, reference, sku, facility, quantity,
    ship_on, at_risk, actor, created_at, expires_at)
VALUES (?, 'hold', ?, ?, ?, ?, ?, 1, ?, 0, 'raw', ?, ?)
"""
LAST = """
SELECT headers, body, (SELECT plan FROM holds ORDER BY id DESC LIMIT 1) FROM idempotency_keys
ORDER BY created_at DESC LIMIT 1
"""


@dataclass(frozen=True)
class Rival:
    """A connection with the product's pragmas, and the documents that a reservation writes."""

    connection: sqlite3.Connection
    documents: Sequence[str]

    def reserve(self, sku: str, facility: str) -> None:
        """Do one reservation's transaction."""
        hold, cart, now = new_id().hex, uuid4().hex, datetime.now(UTC)
        moment, until = now.isoformat(" ")[:26], (now + timedelta(minutes=15)).isoformat(" ")[:26]
        headers, body, plan = self.documents
        run = self.connection.execute
        run("BEGIN IMMEDIATE")
        run(KEY, (uuid4().hex, "f" * 64, moment, headers, body))
        if run(TAKE, (sku, facility)).rowcount != 1:
            raise RuntimeError("out of stock")
        run(HOLD, (hold, cart, until, plan, moment))
        promised = (new_id().hex, hold, hold, cart, sku, facility, moment[:10], moment, until)
        run(PROMISE, promised)
        run("COMMIT")


def embedded(size: Size, length: Length) -> list[Row]:
    """Measure both on one file, in turn."""
    say("filling a SQLite file")
    with TemporaryDirectory(prefix="fulfillment-bench-") as folder:
        path = Path(folder) / "bench.db"
        filled = world.build(f"sqlite:///{path}", size)
        with service.serving(filled.url, workers=1) as ours:
            side = load(ours, filled)
            side(1.0)
            taken = in_turn({RAW: raw(path, size), OURS: side}, length)
        broken = world.findings(filled.url)
    cost = f"{RAW} {per_second(taken[RAW])}, {middle(taken[RAW], 'client_us'):,.0f} µs"
    figure = ratio(taken, OURS, RAW)
    name = f"embedded: reserve 1 line, {CLIENTS} clients"
    return [
        Row(name, per_second(taken[OURS]), cost, figure, ">=", 0.4, taken[OURS]),
        Row("embedded: invariants broken", str(broken), "none", float(broken), "<=", 0.0),
    ]


def load(ours: Service, filled: World) -> Side:
    def side(seconds: float) -> Round:
        return ours.drive(filled.requests("reserve_1", service.next_seed()), CLIENTS, seconds)

    return side


def raw(path: Path, size: Size) -> Side:
    """Return the side on which one client reserves over and over."""

    def side(seconds: float) -> Round:
        rival, draw = connected(path), Random(0)
        began, used, count = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() < began + seconds:
            sku = world.sku_of(draw.randint(1, size.skus))
            rival.reserve(sku, world.facility_of(draw.randint(1, size.facilities)))
            count += 1
        used, elapsed = time.process_time() - used, time.perf_counter() - began
        rival.connection.close()
        return Round(count / elapsed, count, client_us=used / count * 1e6)

    return side


def connected(path: Path) -> Rival:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return Rival(connection, connection.execute(LAST).fetchone())
