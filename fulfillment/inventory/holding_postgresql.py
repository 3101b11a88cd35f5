"""The hold as one statement of PostgreSQL: conditional, in key order, all or nothing.

Rows are locked in key order before any is changed: so two carts never wait in a ring, and what the
lock has seen is what the update finds. The last line fails, and with it everything, should they
ever differ.
"""

from functools import cache
from typing import Any

from fulfillment.inventory.holding import Holding, Kept
from fulfillment.platform import direct
from fulfillment.platform.db import RELAXED_COMMIT, may_relax
from fulfillment.platform.direct import Line
from fulfillment.platform.ids import new_id

HOLD = """
WITH asked AS (
  SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[], %s::date[])
    AS a (id, sku, facility, quantity, ship_on)
), locked AS MATERIALIZED (
  SELECT FROM stock_levels l JOIN asked a USING (sku, facility)
  WHERE a.quantity <= l.on_hand - l.unavailable - l.reserved - l.safety_stock
  ORDER BY l.sku, l.facility FOR UPDATE OF l
), taken AS (
  UPDATE stock_levels l SET reserved = l.reserved + a.quantity FROM asked a
  WHERE l.sku = a.sku AND l.facility = a.facility
    AND a.quantity <= l.on_hand - l.unavailable - l.reserved - l.safety_stock
    AND (SELECT count(*) FROM locked) = (SELECT count(*) FROM asked)
  RETURNING a.id
), whole AS (
  SELECT count(*) AS parts FROM taken
), held AS (
  INSERT INTO holds (id, cart_ref, status, expires_at, plan, actor, created_at)
  SELECT %s::uuid, %s, 'live', %s::timestamptz, %s::jsonb, %s, %s::timestamptz
  FROM whole WHERE parts > 0
  RETURNING id, cart_ref, expires_at, actor, created_at
), promised AS (
  INSERT INTO promises (id, owner_kind, owner_id, hold_id, reference, sku, facility, quantity,
                        ship_on, at_risk, actor, created_at, expires_at)
  SELECT a.id, 'hold', h.id, h.id, h.cart_ref, a.sku, a.facility, a.quantity,
         a.ship_on, false, h.actor, h.created_at, h.expires_at
  FROM asked a, held h
)KEPT
SELECT parts, 1 / (parts IN (0, (SELECT count(*) FROM asked)))::int, RELAXED FROM whole
"""
KEPT = """, kept AS (
  INSERT INTO idempotency_keys (actor, key, fingerprint, created_at, status, headers, body)
  SELECT h.actor, %s, %s, h.created_at, %s::int, %s::jsonb, %s FROM held h
)"""


@cache
def statement(*, with_key: bool, relaxed: bool) -> str:
    """Return the statement; relaxed, its commit may return before it is on the disk."""
    whole = HOLD.replace("KEPT", KEPT if with_key else "")
    return whole.replace("RELAXED", RELAXED_COMMIT if relaxed else "NULL")


def write(to: Line, holding: Holding, kept: Kept | None) -> bool:
    """Write it; False when some units are not promisable."""
    parts = holding.parts
    given: list[Any] = [
        direct.array(new_id() for _ in parts),
        direct.array(part.sku for part in parts),
        direct.array(part.facility for part in parts),
        direct.array(part.quantity for part in parts),
        direct.array(part.ship_on for part in parts),
        holding.id,
        holding.cart_ref,
        holding.expires_at,
        holding.plan,
        holding.actor,
        holding.created_at,
    ]
    if kept:
        given += [kept.key, kept.fingerprint, kept.status, kept.headers, kept.body]
    text = statement(with_key=kept is not None, relaxed=may_relax())
    return bool(to.driver.execute(text, given, prepare=True).fetchone()[0])
