"""Many holds and their promises as statements of SQLite, over rows that travel as JSON."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import insert, select, update

from fulfillment.inventory.gate import UNSYNCED
from fulfillment.inventory.holding import Holding
from fulfillment.inventory.models import Hold, Owner, Promise
from fulfillment.inventory.promises import Part
from fulfillment.platform import recordsets
from fulfillment.platform.db import db, insert_for_engine
from fulfillment.platform.ids import new_id

HOLD = ("id", "cart_ref", "status", "expires_at", "plan", "actor", "created_at")
REPLACED = ("id", "plan", "expires_at")
PROMISE = (
    *("id", "owner_kind", "owner_id", "hold_id", "reference", "sku", "facility", "quantity"),
    *("ship_on", "at_risk", "actor", "created_at", "expires_at"),
)


def insert_holds(holds: Sequence[Holding]) -> int:
    """Write the holds of carts that have none; return how many were written."""
    given = recordsets.given(Hold, HOLD)
    ordered = select(*given.c).order_by(given.c.cart_ref)
    fresh = insert_for_engine(Hold).from_select(list(HOLD), ordered).on_conflict_do_nothing()
    told = fresh.returning(Hold.id).execution_options(**recordsets.AS_WRITTEN)
    rows = [{"status": "live"} | hold_row(hold) for hold in holds]
    return len(db.session.execute(told, recordsets.parameter(Hold, rows)).all())


def replace_holds(holds: Sequence[Holding]) -> None:
    """Write the plans and the ends of holds that are there."""
    given = recordsets.given(Hold, REPLACED)
    values = {"plan": given.c.plan, "expires_at": given.c.expires_at}
    changed = update(Hold).where(Hold.id == given.c.id).values(values)
    rows = recordsets.parameter(Hold, [hold_row(hold) for hold in holds])
    db.session.execute(changed.execution_options(**UNSYNCED), rows)


def insert_promises(holds: Sequence[Holding]) -> None:
    """Write what the holds promise."""
    given = recordsets.given(Promise, PROMISE)
    made = insert(Promise).from_select(list(PROMISE), select(*given.c))
    rows = [promise_row(hold, part) for hold in holds for part in hold.parts]
    made = made.execution_options(**recordsets.AS_WRITTEN)
    db.session.execute(made, recordsets.parameter(Promise, rows))


def hold_row(hold: Holding) -> dict[str, Any]:
    names = ("id", "cart_ref", "plan", "actor", "created_at", "expires_at")
    return {name: getattr(hold, name) for name in names}


def promise_row(hold: Holding, part: Part) -> dict[str, Any]:
    return {
        "id": new_id(),
        "owner_kind": str(Owner.HOLD),
        "owner_id": hold.id,
        "hold_id": hold.id,
        "reference": hold.cart_ref,
        **asdict(part),
        "at_risk": False,
        "actor": hold.actor,
        "created_at": hold.created_at,
        "expires_at": hold.expires_at,
    }
