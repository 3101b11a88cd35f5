"""The hold as one short transaction of SQLite, whose one writer at a time needs no other lock."""

from fulfillment.inventory.holding import Holding, Kept
from fulfillment.platform import direct
from fulfillment.platform.direct import Line
from fulfillment.platform.ids import new_id

TAKE = """
UPDATE stock_levels SET reserved = reserved + ?
WHERE sku = ? AND facility = ? AND ? <= on_hand - unavailable - reserved - safety_stock
"""
HOLD = """
INSERT INTO holds (id, cart_ref, status, expires_at, plan, actor, created_at)
VALUES (?, ?, 'live', ?, ?, ?, ?)
"""
PROMISE = """
INSERT INTO promises (id, owner_kind, owner_id, hold_id, reference, sku, facility, quantity,
                      ship_on, at_risk, actor, created_at, expires_at)
VALUES (?, 'hold', ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)
"""
KEEP = """
INSERT INTO idempotency_keys (actor, key, fingerprint, created_at, status, headers, body)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""


def write(to: Line, holding: Holding, kept: Kept | None) -> bool:
    """Write it; False when some units are not promisable."""
    driver = to.driver
    driver.execute("BEGIN IMMEDIATE")
    try:
        done = all(
            driver.execute(TAKE, (p.quantity, p.sku, p.facility, p.quantity)).rowcount
            for p in holding.parts
        )
        if done:
            record(to, holding, kept)
        driver.execute("COMMIT" if done else "ROLLBACK")
    except BaseException:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise
    return done


def record(to: Line, holding: Holding, kept: Kept | None) -> None:
    driver, own, actor = to.driver, holding.id.hex, holding.actor
    made, until = direct.moment(to, holding.created_at), direct.moment(to, holding.expires_at)
    driver.execute(HOLD, (own, holding.cart_ref, until, holding.plan, actor, made))
    driver.executemany(
        PROMISE,
        [
            (
                new_id().hex,
                own,
                own,
                holding.cart_ref,
                part.sku,
                part.facility,
                part.quantity,
                part.ship_on and part.ship_on.isoformat(),
                actor,
                made,
                until,
            )
            for part in holding.parts
        ],
    )
    if kept:
        answer = (kept.fingerprint, made, kept.status, kept.headers, kept.body)
        driver.execute(KEEP, (actor, kept.key, *answer))
