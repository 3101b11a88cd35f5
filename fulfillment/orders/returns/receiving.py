"""Receiving what comes back: into the ledger, to be sold again or not, in parts or to its end."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fulfillment.inventory import ledger
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.models import Kind
from fulfillment.orders import queries as orders
from fulfillment.orders.returns import queries, states
from fulfillment.orders.returns.models import OPEN, Condition, Return, Status
from fulfillment.orders.returns.shares import Share, Units, shared_out
from fulfillment.platform import context
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid
from fulfillment.shipping import returning
from fulfillment.shipping.models import Shipment

CAUSE = "return"


def receive(return_id: UUID, lines: Sequence[Units], complete: bool) -> Return:
    """Book what came of a return that was announced; `complete`: nothing more will.

    Raises:
        TooMany: more came than is outstanding.
        Invalid: a SKU that is not in the return, or `complete` where nothing ever came.
    """
    order_id = queries.get(return_id).order_id
    orders.get_locked(order_id)
    found = queries.get_locked(return_id)
    context.require_facility(found.facility)
    states.require(found, *OPEN)
    book(found, returning.left(order_id), lines, complete)
    return found


def book(
    found: Return, shipments: Sequence[Shipment], lines: Sequence[Units], complete: bool
) -> None:
    """Book what came of a return; it, its order and the order's shipments are locked."""
    room = {(line.shipment_id, line.sku): line.outstanding for line in found.lines}
    shares = shared_out(lines, room)
    post(found, lines)
    note_on_shipments(shipments, shares)
    note_on_lines(found, shares)
    conclude(found, complete)
    states.publish("return.received", found, lines=[told(share) for share in shares])
    db.session.flush()


def post(found: Return, lines: Sequence[Units]) -> None:
    """Enter what came into the ledger; what cannot be sold is on hand and unavailable."""
    entries = []
    for units in lines:
        cause: dict[str, Any] = {
            "reason": units.reason,
            "reference": found.external_ref or found.order_ref,
            "cause": CAUSE,
            "cause_id": str(found.id),
        }
        place = (units.sku, found.facility, units.quantity)
        entries.append(Entry(Kind.RETURN, *place, **cause))
        if units.condition is Condition.UNAVAILABLE:
            entries.append(Entry(Kind.HOLD, *place, **cause, just_come=True))
    ledger.post_all(entries)


def note_on_shipments(shipments: Sequence[Shipment], shares: Sequence[Share]) -> None:
    came: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
    for share in shares:
        shipment_id, sku = share.place
        came[shipment_id][sku] += share.quantity
    for shipment in shipments:
        if shipment.id in came:
            returning.take_back(shipment, came[shipment.id])


def note_on_lines(found: Return, shares: Sequence[Share]) -> None:
    lines = {(line.shipment_id, line.sku): line for line in found.lines}
    for share in shares:
        line = lines[share.place]
        line.received += share.quantity
        if share.of.condition is Condition.UNAVAILABLE:
            line.unavailable += share.quantity
        line.reason = share.of.reason or line.reason


def conclude(found: Return, complete: bool) -> None:
    """Bring a return to its new status: what has not come is short, if nothing more comes."""
    if complete and not any(line.received for line in found.lines):
        raise Invalid({"complete": ["Nothing of it has come: cancel it."]})
    for line in found.lines:
        line.short += line.outstanding if complete else 0
    rest = any(line.outstanding for line in found.lines)
    states.advance(found, Status.PARTLY_RECEIVED if rest else Status.RECEIVED)


def told(share: Share) -> dict[str, Any]:
    shipment_id, sku = share.place
    return {
        "shipment_id": str(shipment_id),
        "sku": sku,
        "quantity": share.quantity,
        "condition": str(share.of.condition),
        "reason": share.of.reason,
    }
