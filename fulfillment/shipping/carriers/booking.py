"""What came of tries to ask a carrier: booked with the request, its shipment, and the carrier."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from fulfillment.network import carriers
from fulfillment.platform import clock, outbox
from fulfillment.platform.db import db, retried, transaction
from fulfillment.platform.webhooks import patience
from fulfillment.platform.webhooks.parcels import Parcel, Try
from fulfillment.platform.webhooks.patience import GIVEN_UP, TROUBLE
from fulfillment.platform.webhooks.sending import Answer
from fulfillment.shipping import states
from fulfillment.shipping.carriers import answers, requests
from fulfillment.shipping.carriers.answers import Reading
from fulfillment.shipping.carriers.models import SHIPMENT, CarrierRequest
from fulfillment.shipping.models import CONFIRMED, PENDING, REFUSED, Shipment
from fulfillment.shipping.queries import lock_many

# A carrier that is back is not to wait for long.
LONGEST_PAUSE = timedelta(minutes=5)


@retried
def settle(code: str, tries: Sequence[Try]) -> dict[UUID, str]:
    """Write down what came of a carrier's tries, and how it is; return the requests' statuses."""
    with transaction() as session:
        found, shipments = locked([parcel.event_id for parcel, _ in tries])
        health = []
        for parcel, answer in tries:
            if request := found.get(parcel.event_id):
                reading = answers.read(request.kind, answer)
                health.append((answer, reading))
                if request.status == PENDING:
                    book(request, shipments.get(request.shipment_id), parcel, answer, reading)
        session.flush()
        note_health(code, health)
        return {one.id: one.status for one in found.values()}


def locked(
    ids: Sequence[UUID],
) -> tuple[dict[UUID, CarrierRequest], dict[UUID | None, Shipment]]:
    """Return requests and the shipments that they are about, by their ids, locked."""
    these = CarrierRequest.id.in_(ids)
    # Shipments first, as at the dock: whoever withdraws a request has locked its shipment.
    about = db.session.scalars(select(CarrierRequest.shipment_id).where(these))
    shipments = lock_many({one for one in about if one is not None})
    chosen = select(CarrierRequest).where(these).order_by(CarrierRequest.id).with_for_update()
    asked = db.session.scalars(chosen.execution_options(populate_existing=True))
    return {one.id: one for one in asked}, {one.id: one for one in shipments}


def book(
    request: CarrierRequest,
    shipment: Shipment | None,
    parcel: Parcel,
    answer: Answer,
    reading: Reading,
) -> None:
    """Bring a pending request to what an answer means."""
    if reading.status == PENDING and request.lease_until != parcel.lease_until:
        return  # taken for dead: another worker tries it
    request.answer, request.tracking_number = answer.status, reading.tracking_number
    reading = given_up(request, unique(shipment, reading))
    request.problem = reading.problem
    if reading.status == PENDING:
        pause = min(patience.pause(request.attempts), LONGEST_PAUSE)
        request.lease_until = None
        request.next_at = clock.now() + max(pause, reading.wait)
    else:
        request.label, request.label_type = reading.label, reading.label_type
        requests.finish(request, reading.status)
    if request.kind == SHIPMENT and shipment is not None:
        tell_shipment(shipment, reading)
    elif reading.status == REFUSED:
        told = {"request_id": str(request.id), "carrier": request.carrier, "kind": request.kind}
        outbox.publish("carrier.request_refused", request.id, **told, problem=reading.problem)


def unique(shipment: Shipment | None, reading: Reading) -> Reading:
    """Refuse a number that another shipment of the carrier has: nobody could tell them apart."""
    if shipment is None or reading.tracking_number is None:
        return reading
    same = Shipment.carrier == shipment.carrier, Shipment.id != shipment.id
    number = Shipment.tracking_number == reading.tracking_number
    other = db.session.scalar(select(Shipment.id).where(*same, number))
    if other is None:
        return reading
    told = f"Its number {reading.tracking_number} is that of shipment {other} already."
    return Reading(REFUSED, told)


def given_up(request: CarrierRequest, reading: Reading) -> Reading:
    """Refuse what the carrier gave no useful answer to for days."""
    if reading.status != PENDING or clock.now() - request.queued_at < GIVEN_UP:
        return reading
    return Reading(REFUSED, f"Given up after {GIVEN_UP.days} days: {reading.problem}")


def tell_shipment(shipment: Shipment, reading: Reading) -> None:
    """Show on a shipment what its carrier says, and publish it once it is settled."""
    shipment.carrier_status, shipment.carrier_problem = reading.status, reading.problem
    if reading.status == PENDING:
        return
    states.touch(shipment)
    told = {"carrier": shipment.carrier, "problem": reading.problem}
    if reading.status == CONFIRMED:
        shipment.tracking_number = reading.tracking_number
        told["tracking_number"] = reading.tracking_number
    states.publish(shipment, f"shipment.carrier_{reading.status}", **told)


def note_health(code: str, tries: Sequence[tuple[Answer, Reading]]) -> None:
    """Write down how a carrier is; when it is back, let all go that waits for it."""
    carrier, now = carriers.hold(code, wait=True), clock.now()
    if carrier is None or not tries:
        return
    judged = [
        replace(answer, problem=reading.problem if reading.status == PENDING else None)
        for answer, reading in tries
    ]
    values = patience.health(carrier.failures, judged)
    wait = max(reading.wait for _, reading in tries)
    if wait:
        values["rest_until"] = max(values["rest_until"] or now, now + wait)
    if carrier.failures >= TROUBLE and not values["failures"]:
        waiting = CarrierRequest.carrier == code, CarrierRequest.status == PENDING
        free = CarrierRequest.lease_until.is_(None)
        db.session.execute(update(CarrierRequest).where(*waiting, free).values(next_at=now))
    carriers.note(code, values)
