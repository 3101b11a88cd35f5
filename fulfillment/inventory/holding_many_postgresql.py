"""Many holds and their promises as two statements of PostgreSQL."""

from collections.abc import Sequence

from fulfillment.inventory.holding import Holding
from fulfillment.inventory.promises import Part
from fulfillment.platform.db import db
from fulfillment.platform.ids import new_id

# Arrays of the driver's own form: plans are long, and text would be quoted and read once more.
HOLDS = """
INSERT INTO holds (id, cart_ref, status, plan, actor, created_at, expires_at)
SELECT id, cart_ref, 'live', plan::json, actor, created_at, expires_at
FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::text[], %b::timestamptz[], %b::timestamptz[])
  AS h (id, cart_ref, plan, actor, created_at, expires_at)
ORDER BY cart_ref
ON CONFLICT DO NOTHING
"""
REPLACE = """
UPDATE holds SET plan = h.plan::json, expires_at = h.expires_at
FROM unnest(%b::uuid[], %b::text[], %b::timestamptz[]) AS h (id, plan, expires_at)
WHERE holds.id = h.id
"""
PROMISES = """
INSERT INTO promises (id, owner_kind, owner_id, hold_id, reference, sku, facility, quantity,
                      ship_on, at_risk, actor, created_at, expires_at)
SELECT id, 'hold', hold_id, hold_id, reference, sku, facility, quantity,
       ship_on, false, actor, created_at, expires_at
FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::date[],
            %b::text[], %b::timestamptz[], %b::timestamptz[])
  AS p (id, hold_id, reference, sku, facility, quantity, ship_on, actor, created_at, expires_at)
"""


def insert_holds(holds: Sequence[Holding]) -> int:
    """Write the holds of carts that have none; return how many were written."""
    rows = [(h.id, h.cart_ref, h.plan, h.actor, h.created_at, h.expires_at) for h in holds]
    return run(HOLDS, rows)


def replace_holds(holds: Sequence[Holding]) -> None:
    """Write the plans and the ends of holds that are there."""
    run(REPLACE, [(hold.id, hold.plan, hold.expires_at) for hold in holds])


def insert_promises(holds: Sequence[Holding]) -> None:
    """Write what the holds promise."""
    run(PROMISES, [promise_row(hold, part) for hold in holds for part in hold.parts])


def promise_row(hold: Holding, part: Part) -> tuple[object, ...]:
    level = part.sku, part.facility, part.quantity, part.ship_on
    return new_id(), hold.id, hold.cart_ref, *level, hold.actor, hold.created_at, hold.expires_at


def run(statement: str, rows: Sequence[tuple[object, ...]]) -> int:
    columns = tuple(map(list, zip(*rows, strict=True)))
    return db.session.connection().exec_driver_sql(statement, columns).rowcount
