"""Journeys: one for each shipment that left, ended when it arrives, to learn from and to watch."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from fulfillment.orders import queries as orders
from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.shipping.models import Shipment, Status
from fulfillment.tracking import chances, expecting, travel
from fulfillment.tracking.derivation import Standing
from fulfillment.tracking.expecting import Outlook
from fulfillment.tracking.lanes import way_of
from fulfillment.tracking.models import QUIET, Journey
from fulfillment.tracking.travel import Travel


def keep(shipments: Sequence[Shipment], standings: Mapping[UUID, Standing]) -> None:
    """Begin the journeys of these shipments that have none, and end or resume those that have."""
    known = locked([shipment.id for shipment in shipments])
    new = [shipment for shipment in shipments if shipment.id not in known]
    begun = begin(new, standings) if new else []
    db.session.add_all(begun)
    known |= {journey.shipment_id: journey for journey in begun}
    arrived = travel.travels([one for one in shipments if standings[one.id].delivered_at])
    for shipment in sorted(shipments, key=lambda one: one.id):
        told(known[shipment.id], shipment, standings[shipment.id], arrived.get(shipment.id))
    db.session.flush()


def begin(shipments: Sequence[Shipment], standings: Mapping[UUID, Standing]) -> list[Journey]:
    view = expecting.outlook(shipments)
    customers = orders.customers_of({shipment.order_id for shipment in shipments})
    return [journey_of(s, standings[s.id], view, customers.get(s.order_id)) for s in shipments]


def journey_of(
    shipment: Shipment, standing: Standing, view: Outlook, customer_ref: str | None
) -> Journey:
    left = left_at(shipment, standing)
    return Journey(
        shipment_id=shipment.id,
        order_id=shipment.order_id,
        customer_ref=customer_ref,
        **way_of(shipment)._asdict(),
        handed_over_at=shipment.handed_over_at,
        left_at=left,
        due_at=view.travels[shipment.id].due_at,
        risky_at=risky_at(shipment, left, view),
        raised=QUIET,
    )


def left_at(shipment: Shipment, standing: Standing) -> datetime:
    """Return when a shipment left: its carrier may have had it before somebody noted that."""
    assert shipment.handed_over_at is not None
    return min(shipment.handed_over_at, standing.moved_at or shipment.handed_over_at)


def risky_at(shipment: Shipment, left: datetime, view: Outlook) -> datetime | None:
    """Return from when on the chance to be late is too high; None: not before it is late.

    Without a history, it is too high at once where even the days of its promise are too many.
    """
    if samples := view.histories[way_of(shipment)]:
        on = view.travels[shipment.id]
        over = chances.risky_after(samples, on.allowed(left), view.settings.delivery_risk)
        if over is None:
            return None
        return left if over < 0 else on.end_of(on.after(left, over))
    coming = expecting.expected(shipment, view)
    return left if coming and coming.on > shipment.deliver_by else None


def told(journey: Journey, shipment: Shipment, standing: Standing, arrived: Travel | None) -> None:
    """Note when a journey began and ended, as far as that is known by now."""
    journey.left_at = left_at(shipment, standing)
    journey.days = None
    if standing.delivered_at and arrived:
        journey.ended_at = standing.delivered_at
        journey.days = arrived.taken(journey.left_at, standing.delivered_at)
    elif standing.status is Status.RETURNED:
        journey.ended_at = journey.ended_at or clock.now()
    else:
        journey.ended_at = None


def locked(shipment_ids: Collection[UUID]) -> dict[UUID, Journey]:
    """Return the journeys of these shipments, locked in the order of their ids."""
    theirs = select(Journey).where(Journey.shipment_id.in_(shipment_ids))
    rows = theirs.order_by(Journey.shipment_id).with_for_update()
    found = db.session.scalars(rows.execution_options(populate_existing=True))
    return {journey.shipment_id: journey for journey in found}


def unknown(shipment_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these shipments have no journey yet."""
    theirs = select(Journey.shipment_id).where(Journey.shipment_id.in_(shipment_ids))
    return set(shipment_ids) - set(db.session.scalars(theirs))


def newest() -> datetime | None:
    """Return when the shipment was handed over whose journey began last."""
    return db.session.scalar(select(func.max(Journey.handed_over_at)))
