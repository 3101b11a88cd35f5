"""What carriers are to be asked: queued in the transaction of the change, and withdrawn in one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from fulfillment.network import carriers
from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict
from fulfillment.platform.pages import Page, paginate
from fulfillment.shipping.carriers import messages
from fulfillment.shipping.carriers.answers import FINAL
from fulfillment.shipping.carriers.models import SHIPMENT, VOID, WITHDRAWN, CarrierRequest
from fulfillment.shipping.models import CONFIRMED, PENDING, REFUSED, Shipment


def queue(
    kind: str,
    carrier: str,
    payload: dict[str, Any],
    *,
    shipment: Shipment | None = None,
    manifest_id: UUID | None = None,
    not_before: datetime | None = None,
) -> None:
    """Ask a carrier for something once this transaction is committed."""
    now = clock.now()
    request = CarrierRequest(
        carrier=carrier,
        kind=kind,
        shipment_id=shipment.id if shipment else None,
        manifest_id=manifest_id,
        payload=payload,
        created_at=now,
        queued_at=now,
        next_at=max(now, not_before or now),
    )
    db.session.add(request)
    if shipment is not None and kind == SHIPMENT:
        shipment.carrier_status, shipment.carrier_problem = PENDING, None


def withdraw(shipment: Shipment) -> None:
    """Take back what the carrier of a locked shipment was asked, as far as it was sent.

    The carrier is told to forget a request that it may have taken: a try under way may end yet.
    """
    if shipment.carrier_status is None:
        return
    request = latest(shipment.id)
    if request is not None and request.status != WITHDRAWN:
        if request.attempts and not is_final(request):
            told, end = messages.voided(request), request.lease_until
            queue(VOID, request.carrier, told, shipment=shipment, not_before=end)
        finish(request, WITHDRAWN)
    shipment.carrier_status = shipment.carrier_problem = shipment.tracking_number = None
    db.session.flush()


def ask_again(shipment: Shipment, payload: dict[str, Any]) -> None:
    """Let a locked shipment's request go at once, or anew where the carrier refused it.

    What the carrier never answered is asked under the same key: it may have taken it before.

    Raises:
        Conflict: it was not asked, or has said yes.
    """
    request = latest(shipment.id) if shipment.carrier_status in (PENDING, REFUSED) else None
    if request is None:
        raise Conflict("conflict", "There is nothing that its carrier did not answer.")
    if is_final(request):
        queue(SHIPMENT, request.carrier, payload, shipment=shipment)
    else:
        if request.status == REFUSED:
            request.queued_at = clock.now()
        request.status, request.next_at, request.finished_at = PENDING, clock.now(), None
        shipment.carrier_status = PENDING
    db.session.flush()


def is_final(request: CarrierRequest) -> bool:
    """Tell whether a request was refused for what was answered, so that the same key is no use."""
    known = request.answer in FINAL or request.tracking_number is not None
    return request.status == REFUSED and known


def finish(request: CarrierRequest, status: str) -> None:
    """End a request."""
    request.status, request.finished_at = status, clock.now()
    request.next_at = request.lease_until = None


def latest(shipment_id: UUID) -> CarrierRequest | None:
    """Return the last request for a shipment's number and label, locked."""
    theirs = CarrierRequest.shipment_id == shipment_id, CarrierRequest.kind == SHIPMENT
    last = select(CarrierRequest).where(*theirs).order_by(CarrierRequest.id.desc()).limit(1)
    last = last.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(last)


def bought_label(shipment_id: UUID, media_type: str) -> bytes | None:
    """Return the label that a shipment's carrier gave, if it did.

    Raises:
        Conflict: it is of another type, and ours would not be what the carrier reads.
    """
    theirs = CarrierRequest.shipment_id == shipment_id, CarrierRequest.status == CONFIRMED
    columns = CarrierRequest.label, CarrierRequest.label_type
    given = select(*columns).where(*theirs, CarrierRequest.kind == SHIPMENT)
    label, label_type = db.session.execute(given).first() or (None, None)
    if label_type not in (None, media_type):
        raise Conflict("conflict", f"Its carrier gave the label as {label_type}.")
    return label


def forget_before(moment: datetime, most: int) -> int:
    """Delete the oldest requests, with their labels, that were over before a moment."""
    over = select(CarrierRequest.id).where(CarrierRequest.finished_at < moment)
    oldest = over.order_by(CarrierRequest.finished_at).limit(most)
    old = db.session.scalars(oldest).all()
    db.session.execute(delete(CarrierRequest).where(CarrierRequest.id.in_(old)))
    return len(old)


def page(code: str, query: Mapping[str, Any]) -> Page:
    """Return what a carrier was asked, oldest first."""
    which = [CarrierRequest.carrier == carriers.get(code).code]
    which += [
        column == query[column.key]
        for column in (CarrierRequest.status, CarrierRequest.shipment_id)
        if query.get(column.key)
    ]
    rows = select(CarrierRequest).where(*which)
    return paginate(rows, [CarrierRequest.id], query["limit"], query["cursor"])
