"""Promises of every owner: made, ended, moved from a cart to its order, and found again."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import insert, select, update

from fulfillment.inventory import gate
from fulfillment.inventory.gate import UNSYNCED, Key
from fulfillment.inventory.models import Owner, Promise
from fulfillment.platform import clock, context
from fulfillment.platform.db import db
from fulfillment.platform.ids import new_id


class Part(Struct, frozen=True):
    """Some units of a SKU from one facility, to ship on a day there."""

    sku: str
    facility: str
    quantity: int
    ship_on: date | None = None

    @property
    def key(self) -> Key:
        return self.sku, self.facility


def demand_of(parts: Iterable[Part]) -> Counter[Key]:
    """Sum units per stock level: two lines of one SKU are one demand."""
    demand: Counter[Key] = Counter()
    for part in parts:
        demand[part.key] += part.quantity
    return demand


def make(
    owner: Owner,
    owner_id: UUID,
    reference: str,
    parts: Sequence[Part],
    *,
    expires_at: datetime | None = None,
    hold_id: UUID | None = None,
) -> list[UUID]:
    """Take the parts through the gate and write them down, all or nothing; return the row ids."""
    gate.change(demand_of(parts))
    same: dict[str, Any] = {
        "owner_kind": owner,
        "owner_id": owner_id,
        "reference": reference,
        "expires_at": expires_at,
        "hold_id": hold_id,
        "actor": context.actor.get().name,
        "created_at": clock.now(),
        "at_risk": False,
    }
    rows = [same | asdict(part) | {"id": new_id()} for part in parts]
    if rows:
        db.session.execute(insert(Promise), rows)
    return [row["id"] for row in rows]


def open_of(owner_id: UUID) -> Sequence[Promise]:
    """Return the open promises of an owner, by stock level."""
    mine = select(Promise).where(Promise.owner_id == owner_id, Promise.closed_at.is_(None))
    ordered = mine.order_by(Promise.sku, Promise.facility, Promise.id)
    return db.session.scalars(ordered.execution_options(populate_existing=True)).all()


def release(promise_ids: Collection[UUID]) -> Counter[Key]:
    """Give back exactly the units of these rows, as far as they are open still."""
    rows = db.session.execute(
        select(Promise.sku, Promise.facility).where(Promise.id.in_(promise_ids))
    )
    gate.lock({(sku, facility) for sku, facility in rows})
    return gate.close([Promise.id.in_(promise_ids)], "released", clock.now())


def reduce(promise: Promise, units: int) -> None:
    """Give back some units of one open promise; the caller holds the lock of its stock level."""
    if units == promise.quantity:
        gate.close([Promise.id == promise.id], "released", clock.now())
        return
    # The row is split, so that what was promised once can be read for ever.
    same = {column.key: getattr(promise, column.key) for column in Promise.__table__.columns}
    ended = {"id": new_id(), "quantity": units, "closed_at": clock.now(), "outcome": "released"}
    promise.quantity -= units
    db.session.flush()
    db.session.execute(insert(Promise), [same | ended])
    gate.release((promise.sku, promise.facility), units)


def hand_to_order(hold_id: UUID, order_id: UUID, reference: str) -> dict[Key, UUID]:
    """Make a cart's promises the order's; not a unit changes, so the gate has nothing to say.

    Returns the ids of the promises by stock level.
    """
    theirs = (Promise.owner_id == hold_id, Promise.closed_at.is_(None))
    order: dict[str, Any] = {
        "owner_kind": Owner.ORDER,
        "owner_id": order_id,
        "hold_id": hold_id,
        "reference": reference,
        "expires_at": None,
    }
    handed = update(Promise).where(*theirs).values(order)
    kept = handed.returning(Promise.sku, Promise.facility, Promise.id)
    rows = db.session.execute(kept.execution_options(**UNSYNCED))
    return {(sku, facility): promise_id for sku, facility, promise_id in rows}
