"""Holds in one short transaction of SQLite, whose one writer at a time needs no other lock."""

from collections.abc import Sequence

from fulfillment.inventory.holding import Holding, Kept, Work
from fulfillment.inventory.promises import Part
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


def write(to: Line, work: Sequence[Work]) -> list[bool]:
    """Write holds in one transaction; False for each of which some units are not promisable."""
    with direct.all_or_nothing(to):
        return [is_written(to, *one) for one in work]


def is_written(to: Line, holding: Holding, kept: Kept | None) -> bool:
    done = take(to, holding.parts)
    if done:
        record(to, holding, kept)
    return done


def take(to: Line, parts: Sequence[Part]) -> bool:
    """Take the units of all parts, or none."""
    if len(parts) == 1:
        return is_taken(to, parts[0])
    to.driver.execute("SAVEPOINT parts")
    done = all(is_taken(to, part) for part in parts)
    if not done:
        to.driver.execute("ROLLBACK TO parts")
    to.driver.execute("RELEASE parts")
    return done


def is_taken(to: Line, part: Part) -> bool:
    given = part.quantity, part.sku, part.facility, part.quantity
    return bool(to.driver.execute(TAKE, given).rowcount)


def record(to: Line, holding: Holding, kept: Kept | None) -> None:
    driver, own, actor = to.driver, holding.id.hex, holding.actor
    made, until = direct.moment(to, holding.created_at), direct.moment(to, holding.expires_at)
    driver.execute(HOLD, (own, holding.cart_ref, until, holding.plan, actor, made))
    for part in holding.parts:
        ship_on = part.ship_on and part.ship_on.isoformat()
        units = part.sku, part.facility, part.quantity, ship_on
        promised = (new_id().hex, own, own, holding.cart_ref, *units, actor, made, until)
        driver.execute(PROMISE, promised)
    if kept:
        answer = (kept.fingerprint, made, kept.status, kept.headers, kept.body)
        driver.execute(KEEP, (actor, kept.key, *answer))
