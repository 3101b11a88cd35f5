"""Returns: announced before they come, received announced or not, and called off."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fulfillment.network import facilities
from fulfillment.orders import queries as orders
from fulfillment.orders.models import Order
from fulfillment.orders.returns import naming, queries, receiving, states
from fulfillment.orders.returns.models import Return, ReturnLine, Status
from fulfillment.orders.returns.queries import Place
from fulfillment.orders.returns.shares import Units, shared_out
from fulfillment.platform import clock, context
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid
from fulfillment.shipping import returning
from fulfillment.shipping.models import Shipment


def announce(
    order_id: UUID, facility: str, lines: Sequence[Units], external_ref: str | None = None
) -> Return:
    """Expect units of an order to come back to a facility.

    Raises:
        TooMany: more than was shipped, less what came back or is expected already.
        Invalid: an unknown facility, or a SKU of which nothing was shipped.
    """
    order = orders.get_locked(order_id)
    made = draft(order, returning.left(order_id), facility, lines, external_ref)
    states.publish("return.expected", made)
    return made


def receive_at_once(
    body: Mapping[str, Any], facility: str, lines: Sequence[Units], external_ref: str | None
) -> Return:
    """Book units that came back without having been announced.

    Raises:
        TooMany: more than was shipped, less what came back or is expected already.
        Invalid: an unknown order, shipment, number or facility, or a SKU that was not shipped.
    """
    context.require_facility(facility)
    order_id, shipment_id = naming.find(body)
    order = orders.get_locked(order_id)
    left = returning.left(order_id)
    came_from = [shipment for shipment in left if shipment_id in (None, shipment.id)]
    made = draft(order, came_from, facility, lines, external_ref)
    receiving.book(made, left, lines, complete=True)
    return made


def draft(
    order: Order,
    shipments: Sequence[Shipment],
    facility: str,
    lines: Sequence[Units],
    external_ref: str | None,
) -> Return:
    """Write a return of units of these shipments that is expected."""
    if facilities.unknown([facility]):
        raise Invalid({"facility": ["Unknown facility."]})
    moment = clock.now()
    made = Return(
        order_id=order.id,
        order_ref=order.order_ref,
        facility=facility,
        external_ref=external_ref,
        status=Status.EXPECTED,
        actor=context.actor.get().name,
        created_at=moment,
        updated_at=moment,
        lines=lines_of(lines, room_in(order, shipments)),
    )
    db.session.add(made)
    db.session.flush()
    return made


def room_in(order: Order, shipments: Sequence[Shipment]) -> dict[Place, int]:
    """Return the units that may still come back, by line of these shipments."""
    awaited = queries.awaited(order.id)
    return {
        (shipment.id, line.sku): line.quantity
        - line.returned
        - awaited.get((shipment.id, line.sku), 0)
        for shipment in shipments
        for line in shipment.lines
    }


def lines_of(asked: Sequence[Units], room: Mapping[Place, int]) -> list[ReturnLine]:
    made: dict[Place, ReturnLine] = {}
    for share in shared_out(asked, room):
        shipment_id, sku = share.place
        new = ReturnLine(
            shipment_id=shipment_id, sku=sku, quantity=0, received=0, unavailable=0, short=0
        )
        line = made.setdefault(share.place, new)
        line.quantity += share.quantity
        line.reason = share.of.reason or line.reason
    return [made[place] for place in sorted(made, key=lambda place: (place[1], place[0]))]


def cancel(return_id: UUID) -> Return:
    """Expect a return no more of which nothing has come."""
    order_id = queries.get(return_id).order_id
    orders.get_locked(order_id)
    found = queries.get_locked(return_id)
    states.require(found, Status.EXPECTED)
    for line in found.lines:
        line.short = line.quantity
    states.advance(found, Status.CANCELLED)
    states.publish("return.cancelled", found)
    db.session.flush()
    return found
