"""Reads of shipments: one, an order's, and a facility's work queue."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from fulfillment.platform import context
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import db
from fulfillment.platform.errors import NotFound
from fulfillment.platform.pages import Page, paginate
from fulfillment.platform.rows import of_facility
from fulfillment.shipping.models import GONE, ON_THE_FLOOR, Shipment, ShipmentLine, Status

AT_ONCE = 5_000
MOST_URGENT_FIRST = (Shipment.ship_by, Shipment.patience, Shipment.id)


def get(shipment_id: UUID) -> Shipment:
    """Return a shipment that the caller may see."""
    return visible(shipment_id, select(Shipment).where(Shipment.id == shipment_id))


def get_locked(shipment_id: UUID) -> Shipment:
    """Return a shipment as it is now, locked until the transaction ends."""
    return visible(shipment_id, locking(Shipment.id == shipment_id))


def visible(shipment_id: UUID, statement: Select[Any]) -> Shipment:
    shipment: Shipment | None = db.session.scalar(statement)
    if shipment is None:
        raise NotFound("shipment", shipment_id)
    context.require_facility(shipment.facility)
    return shipment


def locking(*which: ColumnElement[bool]) -> Select[Any]:
    """Return a SELECT that locks shipments, in the one order that keeps lockers from a ring."""
    chosen = select(Shipment).where(*which).order_by(Shipment.id).with_for_update()
    return chosen.execution_options(populate_existing=True)


def lock_many(shipment_ids: Collection[UUID]) -> list[Shipment]:
    """Return these shipments, locked; unknown ones are absent."""
    found: list[Shipment] = []
    for some in chunked(sorted(shipment_ids), AT_ONCE):
        found += db.session.scalars(locking(Shipment.id.in_(some)))
    return found


def find(shipment_ids: Collection[UUID]) -> dict[UUID, Shipment]:
    """Return these shipments by id; unknown ones are absent."""
    theirs = select(Shipment).where(Shipment.id.in_(shipment_ids))
    rows = db.session.scalars(theirs.execution_options(populate_existing=True))
    return {shipment.id: shipment for shipment in rows}


def lock_of_order(order_id: UUID, statuses: Collection[Status]) -> Sequence[Shipment]:
    """Return an order's shipments in these statuses, locked."""
    theirs = locking(Shipment.order_id == order_id, Shipment.status.in_(statuses))
    return db.session.scalars(theirs).all()


def lock_live(order_ids: Collection[UUID]) -> dict[UUID, list[Shipment]]:
    """Return the shipments of these orders that are neither cancelled nor rejected, locked."""
    found: dict[UUID, list[Shipment]] = defaultdict(list)
    for some in chunked(sorted(order_ids), AT_ONCE):
        theirs = locking(Shipment.order_id.in_(some), Shipment.status.not_in(GONE))
        for shipment in db.session.scalars(theirs):
            found[shipment.order_id].append(shipment)
    return dict(found)


def wholly_planned(limit: int) -> dict[UUID, list[Shipment]]:
    """Return the live shipments of orders that nobody works on yet, the dearest orders first."""
    other = aliased(Shipment)
    at_work = select(other.id).where(
        other.order_id == Shipment.order_id, other.status.not_in((*GONE, Status.PLANNED))
    )
    dearest = (
        select(Shipment.order_id)
        .where(Shipment.status == Status.PLANNED, ~at_work.exists())
        .group_by(Shipment.order_id)
        .order_by(func.sum(Shipment.cost).desc(), Shipment.order_id)
    )
    order_ids = db.session.scalars(dearest.limit(limit)).all()
    theirs = of_orders(order_ids)
    return {i: [s for s in theirs[i] if s.status == Status.PLANNED] for i in order_ids}


def of_orders(order_ids: Collection[UUID]) -> dict[UUID, list[Shipment]]:
    """Return every shipment of these orders, with its lines, oldest first."""
    found: dict[UUID, list[Shipment]] = defaultdict(list)
    for some in chunked(sorted(order_ids), AT_ONCE):
        rows = select(Shipment).where(Shipment.order_id.in_(some)).order_by(Shipment.id)
        for shipment in db.session.scalars(rows.execution_options(populate_existing=True)):
            found[shipment.order_id].append(shipment)
    return dict(found)


def standing_on(promise_ids: Collection[UUID]) -> list[Shipment]:
    """Return the planned shipments that carry any of these promises."""
    found: dict[UUID, Shipment] = {}
    for some in chunked(sorted(promise_ids), AT_ONCE):
        carried = ShipmentLine.promise_id.in_(some), Shipment.status == Status.PLANNED
        rows = select(Shipment).join(ShipmentLine).where(*carried)
        found |= {shipment.id: shipment for shipment in db.session.scalars(rows)}
    return list(found.values())


def queue(query: Mapping[str, Any]) -> Page:
    """Return a page of the work queue: the least time to a handover that keeps its promise first.

    Where nothing but the facility is asked for it is what there is to do: all that is not handed
    over yet.
    """
    rows = select(Shipment).where(*chosen(query))
    return paginate(rows, MOST_URGENT_FIRST, query["limit"], query["cursor"])


def chosen(query: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    which = of_facility(Shipment.facility, query.get("facility"))
    if order_id := query.get("order_id"):
        which.append(Shipment.order_id == order_id)
    if carrier_status := query.get("carrier_status"):
        which.append(Shipment.carrier_status == carrier_status)
    if status := query.get("status"):
        which.append(Shipment.status == status)
    elif not order_id and not carrier_status:
        which.append(Shipment.status.in_(ON_THE_FLOOR))
    return which


def lock_planned(facility: str, ship_by_until: datetime | None) -> list[Shipment]:
    """Return a facility's planned shipments that are due by a moment, locked."""
    which = [Shipment.facility == facility, Shipment.status == Status.PLANNED]
    if ship_by_until is not None:
        which.append(Shipment.ship_by <= ship_by_until)
    return list(db.session.scalars(locking(*which)))
