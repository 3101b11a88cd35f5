"""Sending purchase orders: from now on their units are incoming."""

from datetime import date
from uuid import UUID

from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.supply.purchasing import expected, queries, states
from fulfillment.supply.purchasing.models import PurchaseOrder, Status
from fulfillment.supply.purchasing.schemas import PurchaseOrderOut


def send(order_id: UUID, expected_on: date | None = None) -> PurchaseOrder:
    """Mark an order as sent; `expected_on` is the day that the supplier named, if it did.

    The news of it, `purchase_order.sent`, carries the whole order, for whoever delivers it.
    """
    order = queries.get_locked(order_id)
    states.require(order, Status.APPROVED)
    order.expected_on = expected_on or expected.day(order, clock.now())
    for line in order.lines:
        line.outstanding = line.quantity
    expected.change(order, {line.sku: line.quantity for line in order.lines})
    states.advance(order, Status.SENT)
    states.publish(order, purchase_order=PurchaseOrderOut().dump(order))
    db.session.flush()
    return order
