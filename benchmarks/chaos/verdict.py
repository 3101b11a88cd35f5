"""Afterwards: is every acknowledged write there, exactly once, and does every invariant hold?"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from fulfillment.inventory import reservations
from fulfillment.platform import audit, clock
from fulfillment.platform.db import db

INDEPENDENT = Path(__file__).with_name("audit.sql")
A_DAY = timedelta(days=1)
ORPHANS = """
SELECT COUNT(*) FROM promises p WHERE p.owner_kind = 'hold' AND p.closed_at IS NULL
"""
TWICE = """
SELECT reference || ' ' || sku || ' at ' || facility FROM movements WHERE cause = 'api'
GROUP BY reference, sku, facility HAVING COUNT(*) > 1
"""

Fact = Mapping[str, Any]
Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Verdict:
    """What was found: every list is empty where nothing was lost."""

    acknowledged: int
    lost: list[str]
    twice: list[str]
    broken: list[str]
    independent: list[str]
    orphans: int

    @property
    def ok(self) -> bool:
        return not (self.lost or self.twice or self.broken or self.independent or self.orphans)


def judge(facts: Iterable[Fact]) -> Verdict:
    """Compare what clients were told with what is in the database, and check every invariant."""
    done = [fact for fact in facts if fact.get("status", 500) < 300]
    db.session.rollback()
    lost = lost_of(done)
    orphans = left_after_a_day()
    return Verdict(
        acknowledged=len(done),
        lost=lost,
        twice=list(db.session.scalars(text(TWICE))),
        broken=[f"{v.number}. {f}" for v in audit.run().invariants for f in v.findings],
        independent=[" ".join(row) for row in db.session.execute(text(INDEPENDENT.read_text()))],
        orphans=orphans,
    )


def left_after_a_day() -> int:
    """Sweep as the service would a day later; return the promises to carts that are still open."""
    real = clock.now
    clock.now = lambda: real() + A_DAY
    try:
        reservations.sweep_expired()
    finally:
        clock.now = real
    db.session.rollback()
    return int(db.session.scalar(text(ORPHANS)) or 0)


def lost_of(done: list[Fact]) -> list[str]:
    """Return the acknowledged writes of which the database knows nothing."""
    found = {
        "holds": rows("holds", "id, cart_ref, status"),
        "orders": rows("orders", "id, order_ref, cancelled_at"),
        "shipments": rows("shipments", "id, status, picked_at, packed_at, handed_over_at"),
        "transfers": rows("transfers", "id, reference, shipped_at, received_at, cancelled_at"),
        "plans": rows("plans", "id"),
    }
    moved = Counter(db.session.scalars(text("SELECT reference FROM movements WHERE cause = 'api'")))
    return [f"{fact['kind']} {fact['ref']}" for fact in done if not is_there(fact, found, moved)]


def rows(table: str, columns: str) -> Rows:
    """Return rows by their id, as the API writes it without its dashes."""
    found = db.session.execute(text(f"SELECT {columns} FROM {table}")).mappings()
    return {plain(row["id"]): dict(row) for row in found}


def plain(name: object) -> str:
    return str(name).replace("-", "")


def is_there(fact: Fact, found: Mapping[str, Rows], moved: Mapping[str, int]) -> bool:
    """Tell whether the database says what the client was told."""
    kind, ref = fact["kind"], fact["ref"]
    if kind.startswith("move "):
        return moved.get(ref, 0) == fact["rows"]
    table, is_so = EXPECTED[kind]
    row = found[table].get(plain(fact["id"] or fact["path"].rsplit("/", 1)[-1]))
    return row is not None and bool(is_so(row, ref))


EXPECTED: dict[str, tuple[str, Callable[[dict[str, Any], str], object]]] = {
    "reserve": ("holds", lambda row, ref: row["cart_ref"] == ref),
    "extend": ("holds", lambda row, ref: True),
    "give back": ("holds", lambda row, ref: row["status"] in ("released", "expired")),
    "order": ("orders", lambda row, ref: row["order_ref"] == ref),
    "cancel": ("orders", lambda row, ref: row["cancelled_at"]),
    "pick": ("shipments", lambda row, ref: row["picked_at"]),
    "pack": ("shipments", lambda row, ref: row["packed_at"]),
    "handover": ("shipments", lambda row, ref: row["status"] == "handed_over"),
    "reject": ("shipments", lambda row, ref: row["status"] == "rejected"),
    "transfer": ("transfers", lambda row, ref: row["reference"] == ref),
    "ship transfer": ("transfers", lambda row, ref: row["shipped_at"]),
    "receive transfer": ("transfers", lambda row, ref: row["received_at"]),
    "cancel transfer": ("transfers", lambda row, ref: row["cancelled_at"]),
    "wave": ("plans", lambda row, ref: True),
}
