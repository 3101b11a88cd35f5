"""The hold as one statement of PostgreSQL: conditional, in key order, all or nothing.

Rows are locked in key order before any is changed: so two carts never wait in a ring, and what the
lock has seen is what the update finds. The last line fails, and with it everything, should they
ever differ. One row alone needs no lock before its update.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import cache, partial
from typing import Any

from fulfillment.inventory.holding import Condition, Holding, Kept
from fulfillment.inventory.promises import Part
from fulfillment.platform import direct, pipelines
from fulfillment.platform.convoys import Convoys
from fulfillment.platform.db import RELAXED_COMMIT, may_relax
from fulfillment.platform.direct import Line, Rows
from fulfillment.platform.ids import new_id
from fulfillment.platform.pipelines import Work

# Lines and not arrays of columns: PostgreSQL plans those anew each time.
HOLD = """
WITH ONLY_IF asked (id, sku, facility, quantity, ship_on) AS (
  VALUES PARTS
), LOCKED taken AS (
  UPDATE stock_levels l SET reserved = l.reserved + a.quantity FROM asked a
  WHERE l.sku = a.sku AND l.facility = a.facility
    AND a.quantity <= l.on_hand - l.unavailable - l.reserved - l.safety_stock AND ALL_LOCKED ALLOWED
  RETURNING a.id, a.sku, a.facility, a.quantity, a.ship_on
), held AS (
  INSERT INTO holds (id, cart_ref, status, expires_at, plan, actor, created_at)
  SELECT %s::uuid, %s, 'live', %s::timestamptz, %s::json, %s, %s::timestamptz
  WHERE EXISTS (SELECT FROM taken)
  RETURNING id, cart_ref, expires_at, actor, created_at
), promised AS (
  INSERT INTO promises (id, owner_kind, owner_id, hold_id, reference, sku, facility, quantity,
                        ship_on, at_risk, actor, created_at, expires_at)
  SELECT t.id, 'hold', h.id, h.id, h.cart_ref, t.sku, t.facility, t.quantity,
         t.ship_on, false, h.actor, h.created_at, h.expires_at
  FROM taken t, held h
)KEPT
SELECT count(*), 1 / (count(*) IN (0, COUNT))::int, RELAXED FROM taken
"""
PART = "(%s::uuid, %s, %s, %s::bigint, %s::date)"
LOCKED = """locked AS MATERIALIZED (
  SELECT FROM stock_levels l JOIN asked a USING (sku, facility)
  WHERE a.quantity <= l.on_hand - l.unavailable - l.reserved - l.safety_stock ALLOWED
  ORDER BY l.sku, l.facility FOR UPDATE OF l
), """
KEPT = """, kept AS (
  INSERT INTO idempotency_keys (actor, key, fingerprint, created_at, status, headers, body)
  SELECT h.actor, %s, %s, h.created_at, %s::int, %s::jsonb, %s FROM held h
)"""

rivals = Convoys()

ONLY_IF, ALLOWED = "allowed AS MATERIALIZED (QUERY), ", "AND EXISTS (SELECT FROM allowed)"


@cache
def statement(parts: int, only_if: str, *, with_key: bool, relaxed: bool) -> str:
    """Return the statement; relaxed, its commit may return before it is on the disk."""
    several = parts > 1
    return (
        HOLD.replace("PARTS", ", ".join([PART] * parts))
        .replace("ALL_LOCKED", f"(SELECT count(*) FROM locked) = {parts}" if several else "true")
        .replace("LOCKED ", LOCKED if several else "")
        .replace("ALLOWED", ALLOWED if only_if else "")
        .replace("ONLY_IF ", ONLY_IF.replace("QUERY", only_if) if only_if else "")
        .replace("KEPT", KEPT if with_key else "")
        .replace("COUNT", str(parts))
        .replace("RELAXED", RELAXED_COMMIT if relaxed else "NULL")
    )


def write(
    to: Line, holding: Holding, kept: Kept | None, condition: Condition | None = None
) -> bool:
    """Write it; False when some units are not promisable, or the condition does not hold."""
    parts = holding.parts
    given: list[Any] = [*condition.given] if condition else []
    for part in parts:
        given += (new_id(), part.sku, part.facility, part.quantity, part.ship_on)
    given += (holding.id, holding.cart_ref, holding.expires_at, holding.plan)
    given += (holding.actor, holding.created_at)
    if kept:
        given += (kept.key, kept.fingerprint, kept.status, kept.headers, kept.body)
    only_if = condition.query if condition else ""
    text = statement(len(parts), only_if, with_key=kept is not None, relaxed=may_relax())
    ((done, *_),) = together_with_rivals(to, parts, (text, given)) or direct.rows(to, text, given)
    return bool(int(done))


def together_with_rivals(to: Line, parts: Sequence[Part], work: Work) -> Rows | None:
    """Return what the statement answers; None where it must be run by itself.

    Carts for the same shelf would wait for each other's commit, one by one.
    """
    if len(parts) > 1:
        return None
    shelf = to.engine, *parts[0].key
    told: Rows | None = rivals.travel(shelf, work, partial(run, to))
    return told


def run(to: Line, work: Sequence[Work]) -> list[Rows] | None:
    """Run statements, several in one transaction; None where that is not to be."""
    if len(work) == 1:
        return [direct.rows(to, *work[0])]
    with suppress(to.engine.dialect.loaded_dbapi.Error):
        return pipelines.rows_together(to, work)
    return None
