"""The invariants of the stock, as set-based searches for rows that break them."""

from msgspec import Struct
from sqlalchemy import select, text, tuple_, update

from fulfillment.inventory import gate
from fulfillment.inventory.models import StockLevel
from fulfillment.platform.audit import Check
from fulfillment.platform.db import db

LEDGER_SUMS = """
    SELECT sku, facility, SUM(quantity) AS on_hand, SUM(unavailable) AS unavailable,
           COUNT(*) AS entries
    FROM movements GROUP BY sku, facility
"""
OPEN_SUMS = """
    SELECT sku, facility, SUM(quantity) AS reserved
    FROM promises WHERE closed_at IS NULL GROUP BY sku, facility
"""
OVERRIDDEN = """
    EXISTS (SELECT 1 FROM movements m WHERE m.sku = l.sku AND m.facility = l.facility
            AND (m.forced OR m.kind = 'count'))
"""
SUBJECT = "l.sku || ' at ' || l.facility"

CHECKS = [
    Check(
        1,
        "On hand is the sum of its movements, per SKU and facility.",
        f"""
        SELECT {SUBJECT} AS subject,
               'on hand ' || l.on_hand || ', ledger ' || COALESCE(m.on_hand, 0) ||
               '; unavailable ' || l.unavailable || ', ledger ' || COALESCE(m.unavailable, 0) ||
               '; entries ' || l.entries || ', ledger ' || COALESCE(m.entries, 0) AS detail
        FROM stock_levels l
        LEFT JOIN ({LEDGER_SUMS}) m ON m.sku = l.sku AND m.facility = l.facility
        WHERE l.on_hand <> COALESCE(m.on_hand, 0) OR l.entries <> COALESCE(m.entries, 0)
           OR l.unavailable <> COALESCE(m.unavailable, 0)
        """,
    ),
    Check(
        2,
        "Reserved is what holds and open allocations promise.",
        f"""
        SELECT {SUBJECT} AS subject,
               'reserved ' || l.reserved || ', promised ' || COALESCE(p.reserved, 0) AS detail
        FROM stock_levels l
        LEFT JOIN ({OPEN_SUMS}) p ON p.sku = l.sku AND p.facility = l.facility
        WHERE l.reserved <> COALESCE(p.reserved, 0)
        UNION ALL
        SELECT p.sku || ' at ' || p.facility, 'promised to a hold that is ' || h.status
        FROM promises p JOIN holds h ON h.id = p.owner_id
        WHERE p.closed_at IS NULL AND p.owner_kind = 'hold' AND h.status <> 'live'
        """,
    ),
    Check(
        3,
        "Reserved and unavailable units are on hand, except at risk by a count or force.",
        f"""
        SELECT {SUBJECT} AS subject,
               'reserved ' || l.reserved || ' + unavailable ' || l.unavailable ||
               ' > on hand ' || l.on_hand AS detail
        FROM stock_levels l
        WHERE l.reserved + l.unavailable > l.on_hand AND NOT
              (l.reserved + l.unavailable <= l.on_hand + l.at_risk AND {OVERRIDDEN})
        """,
    ),
    Check(
        4,
        "No quantity is negative, except on hand by force.",
        f"""
        SELECT {SUBJECT} AS subject,
               'on hand ' || l.on_hand || ', unavailable ' || l.unavailable ||
               ', reserved ' || l.reserved || ', incoming ' || l.incoming AS detail
        FROM stock_levels l
        WHERE l.reserved < 0 OR l.unavailable < 0 OR l.incoming < 0
           OR (l.on_hand < 0 AND NOT {OVERRIDDEN})
        """,
    ),
    Check(
        7,
        "Every movement and promise names its actor, cause, and reason where one is due.",
        """
        SELECT 'movement ' || CAST(m.id AS VARCHAR(36)) AS subject,
               m.kind || ' by ' || m.actor || ' for ' || m.cause AS detail
        FROM movements m
        WHERE m.actor = '' OR m.cause = '' OR (m.reason IS NULL
              AND (m.forced OR m.kind IN ('adjustment', 'scrap', 'hold')))
        UNION ALL
        SELECT 'promise ' || CAST(p.id AS VARCHAR(36)), 'no actor' FROM promises p
        WHERE p.actor = ''
        """,
    ),
]


class Repair(Struct, frozen=True):
    """A stock level that differs from the rows it sums up, and what they say it is."""

    sku: str
    facility: str
    before: dict[str, int]
    after: dict[str, int]


def proposed_repairs() -> list[Repair]:
    """Return the stock levels that differ from ledger and promises, which are the truth."""
    rows = db.session.execute(
        text(f"""
        SELECT l.sku, l.facility, COALESCE(m.on_hand, 0), COALESCE(m.unavailable, 0),
               COALESCE(m.entries, 0), COALESCE(p.reserved, 0)
        FROM stock_levels l
        LEFT JOIN ({LEDGER_SUMS}) m ON m.sku = l.sku AND m.facility = l.facility
        LEFT JOIN ({OPEN_SUMS}) p ON p.sku = l.sku AND p.facility = l.facility
        WHERE l.on_hand <> COALESCE(m.on_hand, 0) OR l.entries <> COALESCE(m.entries, 0)
           OR l.unavailable <> COALESCE(m.unavailable, 0) OR l.reserved <> COALESCE(p.reserved, 0)
        """)
    ).all()
    truth = {(r[0], r[1]): dict(zip(SUMMED, map(int, r[2:]), strict=True)) for r in rows}
    chosen = select(StockLevel).where(tuple_(StockLevel.sku, StockLevel.facility).in_(truth))
    return [
        Repair(row.sku, row.facility, {name: getattr(row, name) for name in SUMMED}, truth[row.key])
        for row in db.session.scalars(chosen)
    ]


SUMMED = ("on_hand", "unavailable", "entries", "reserved")


def repair(repairs: list[Repair]) -> None:
    """Set stock levels to what ledger and promises say. Opens no transaction."""
    for one in repairs:
        gate.lock([(one.sku, one.facility)])
        excess = one.after["reserved"] + one.after["unavailable"] - one.after["on_hand"]
        here = (StockLevel.sku == one.sku, StockLevel.facility == one.facility)
        values = one.after | {"at_risk": max(0, excess)}
        db.session.execute(update(StockLevel).where(*here).values(values))
