"""The desk of the carriers' postman: which request may be tried now, and what came of the tries.

A carrier that fails five times in a row is in trouble (a circuit breaker): from then on it is tried
with one request at a time, and rests for up to a minute in between. That stands in its row, so all
workers know it and it outlives them. With the first success all that waits goes at once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select

from fulfillment.network import carriers
from fulfillment.network.models import Carrier
from fulfillment.platform import clock
from fulfillment.platform.db import db, retried, transaction
from fulfillment.platform.figures import Counter
from fulfillment.platform.webhooks import signing
from fulfillment.platform.webhooks.parcels import AT_ONCE, MARGIN, Desk, Parcel
from fulfillment.platform.webhooks.patience import TROUBLE
from fulfillment.platform.webhooks.sending import Answer
from fulfillment.shipping.carriers import answers, booking
from fulfillment.shipping.carriers.messages import TYPES
from fulfillment.shipping.carriers.models import MANIFEST, SHIPMENT, CarrierRequest
from fulfillment.shipping.models import CONFIRMED, PENDING

log = structlog.get_logger()
tries_total = Counter(
    "fulfillment_carrier_tries", "What became of requests to carriers.", ["carrier", "outcome"]
)


def tend() -> bool:
    """Do nothing: what is to be asked was queued with its cause."""
    return False


def ready() -> list[tuple[str, bool]]:
    """Return the carriers that a request is due for, and whether each is in trouble."""
    now = clock.now()
    due = select(CarrierRequest.carrier).where(CarrierRequest.next_at <= now).distinct()
    waiting = set(db.session.scalars(due))
    failures = carriers.rested(waiting, now) if waiting else {}
    return [(code, count >= TROUBLE) for code, count in failures.items()]


@retried
def claim(code: str, most: int, _seconds: float) -> list[Parcel]:
    """Take the requests of a carrier that are due, as many as it may be asked now."""
    with transaction():
        carrier, now = carriers.hold(code), clock.now()
        if carrier is None or (carrier.rest_until and carrier.rest_until > now):
            return []
        free = (1 if carrier.failures >= TROUBLE else AT_ONCE) - under_way(code, now)
        until = now + timedelta(seconds=carrier.timeout_seconds) + MARGIN
        found = due(code, min(most, free), now) if free > 0 else []
        for request in found:
            request.lease_until = request.next_at = until
            request.attempts += 1
        return [parcel(request, carrier, until) for request in found]


def under_way(code: str, now: datetime) -> int:
    leased = CarrierRequest.carrier == code, CarrierRequest.lease_until > now
    return db.session.scalar(select(func.count()).select_from(CarrierRequest).where(*leased)) or 0


def due(code: str, most: int, now: datetime) -> Sequence[CarrierRequest]:
    waiting = CarrierRequest.carrier == code, CarrierRequest.next_at <= now
    first = (CarrierRequest.next_at, CarrierRequest.id)
    chosen = select(CarrierRequest).where(*waiting).order_by(*first).limit(most)
    return db.session.scalars(chosen.with_for_update(skip_locked=True)).all()


def parcel(request: CarrierRequest, carrier: Carrier, until: datetime) -> Parcel:
    url = carrier.manifest_url if request.kind == MANIFEST else carrier.url
    return Parcel(
        receiver=carrier.code,
        url=url or "",
        secrets=[carrier.secret] if carrier.secret else [],
        event_id=request.id,
        subject=str(request.shipment_id or request.manifest_id),
        body=signing.body_of(TYPES[request.kind], request.created_at, request.payload),
        lease_until=until,
        seconds=carrier.timeout_seconds,
        headers={
            "Idempotency-Key": str(request.id),
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        },
        listen=answers.MOST_BYTES,
    )


def tell(parcel: Parcel, answer: Answer, status: str | None) -> None:
    """Count a try, and log one that was not taken, without what is secret in it."""
    tries_total.labels(parcel.receiver, status or "gone").inc()
    told = {"carrier": parcel.receiver, "request_id": str(parcel.event_id), "status": status}
    if status == CONFIRMED:
        log.debug("carrier answered", **told)
    elif status == PENDING:
        problem = answer.problem or answers.read(SHIPMENT, answer).problem
        log.warning("carrier did not answer", **told, problem=problem)
    else:
        log.error("carrier refused", **told, problem=answer.problem)


CARRIERS = Desk(tend, ready, claim, booking.settle, tell)
