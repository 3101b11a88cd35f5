"""Bringing shipments to where they stand by all that was told of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from fulfillment.inventory import allocations
from fulfillment.orders import queries as orders
from fulfillment.platform import outbox
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict
from fulfillment.shipping import finding, floor, states, underway
from fulfillment.shipping.finding import Found
from fulfillment.shipping.models import Shipment, Status
from fulfillment.shipping.queries import lock_many
from fulfillment.tracking import journeys
from fulfillment.tracking.derivation import MOVED, Standing, Told, standing_of, unvoided
from fulfillment.tracking.models import TrackingEvent
from fulfillment.tracking.vocabularies import Word

COLUMNS: tuple[Any, ...] = (
    TrackingEvent.carrier,
    TrackingEvent.event_id,
    TrackingEvent.word,
    TrackingEvent.occurred_at,
    TrackingEvent.sscc,
    TrackingEvent.corrects,
)


def lock(found: Collection[Found]) -> list[Shipment]:
    """Lock the orders of these shipments and then the shipments, each in the order of their ids.

    Of two shipments of one order, the one that is settled last sees that the other has arrived.
    """
    orders.hold({one.order_id for one in found})
    return lock_many({one.id for one in found})


def told_of(shipment_ids: Collection[UUID]) -> dict[UUID, list[Told]]:
    """Return all events of these shipments, the void among them."""
    theirs = select(TrackingEvent.shipment_id, *COLUMNS)
    found: dict[UUID, list[Told]] = defaultdict(list)
    rows = theirs.where(TrackingEvent.shipment_id.in_(shipment_ids))
    for shipment_id, carrier, event_id, word, *rest in db.session.execute(rows):
        found[shipment_id].append(Told(carrier, event_id, Word(word), *rest))
    return found


def settle(shipments: Sequence[Shipment], *, news: bool) -> dict[UUID, str]:
    """Settle locked shipments; return why some could not be, by shipment.

    One that its carrier has and that nobody handed over is handed over first. `news`: tell of the
    tracking of each, changed or not.
    """
    if not shipments:
        return {}
    ids = [shipment.id for shipment in shipments]
    told, parcels = told_of(ids), finding.parcels(ids)
    problems = catch_up([s for s in shipments if s.handed_over_at is None and moved(told[s.id])])
    note(ids, problems)
    standings = {
        shipment.id: standing_of(told[shipment.id], parcels[shipment.id])
        for shipment in shipments
        if shipment.handed_over_at is not None
    }
    left = [shipment for shipment in shipments if shipment.id in standings]
    changed = [shipment for shipment in left if brought(shipment, standings[shipment.id])]
    db.session.flush()
    journeys.keep(left, standings)
    tell_of_orders(changed)
    for shipment in shipments if news else ():
        tell(shipment, problems.get(shipment.id))
    return problems


def moved(events: Sequence[Told]) -> bool:
    """Tell whether the carrier says that it has the goods."""
    return any(event.word in MOVED for event in unvoided(events))


def catch_up(shipments: Sequence[Shipment]) -> dict[UUID, str]:
    """Hand over what its carrier has, if it may be; return why the others may not."""
    packed = [shipment for shipment in shipments if shipment.status == Status.PACKED]
    # All levels at once, in key order, and then the carriers: two batches never wait in a ring.
    if promised := [line.promise_id for shipment in packed for line in shipment.lines]:
        allocations.locked(promised)
    problems = {s.id: f"Not handed over: it is {s.status}." for s in shipments if s not in packed}
    for shipment in sorted(packed, key=lambda one: (one.carrier or "", one.id)):
        try:
            with db.session.begin_nested():
                floor.hand_over(shipment.id, force=False, reason=None)
        except Conflict as conflict:
            problems[shipment.id] = f"Not handed over: {conflict.detail}"
    return problems


def note(shipment_ids: Collection[UUID], problems: Mapping[UUID, str]) -> None:
    """Keep with the events why they have no effect, and forget it where they have."""
    theirs = TrackingEvent.shipment_id.in_(shipment_ids), TrackingEvent.problem.is_not(None)
    db.session.execute(update(TrackingEvent).where(*theirs).values(problem=None))
    for shipment_id in sorted(problems):
        flagged = TrackingEvent.shipment_id == shipment_id, TrackingEvent.word.in_(MOVED)
        values = {"problem": problems[shipment_id]}
        db.session.execute(update(TrackingEvent).where(*flagged).values(values))


def brought(shipment: Shipment, standing: Standing) -> bool:
    return underway.settle(shipment, standing.status, standing.delivered_at)


def tell_of_orders(changed: Sequence[Shipment]) -> None:
    """Tell of orders all of whose shipments have arrived now."""
    arrived = {s.order_id for s in changed if s.status == Status.DELIVERED}
    described = orders.described(orders.lock_many(sorted(arrived))) if arrived else []
    for order in described:
        if order["status"] == "delivered":
            told = {"order_id": str(order["id"]), "order_ref": order["order_ref"]}
            outbox.publish("order.delivered", order["id"], **told)


def tell(shipment: Shipment, problem: str | None) -> None:
    told: dict[str, Any] = {"status": shipment.status, "carrier": shipment.carrier}
    states.publish(
        shipment,
        "tracking.updated",
        **told,
        tracking_number=shipment.tracking_number,
        promised_on=shipment.deliver_by.isoformat(),
        problem=problem,
    )
