"""How a purchase order changes its status, and the news of it."""

from typing import Any

from fulfillment.platform import clock, context, outbox
from fulfillment.platform.errors import WrongStatus
from fulfillment.supply.purchasing.models import PurchaseOrder, Status

MOMENTS = {
    Status.APPROVED: "approved_at",
    Status.SENT: "sent_at",
    Status.RECEIVED: "received_at",
    Status.CANCELLED: "cancelled_at",
}


def require(order: PurchaseOrder, *allowed: Status) -> None:
    """Refuse an order in any other status."""
    if order.status not in allowed:
        raise WrongStatus("purchase order", order.status, allowed)


def advance(order: PurchaseOrder, status: Status, actor: str | None = None) -> None:
    """Bring an order to a status, with its moment and its actor (default: who calls)."""
    touch(order)
    order.status = status
    order.actor = actor or context.actor.get().name
    if status in MOMENTS:
        setattr(order, MOMENTS[status], order.updated_at)


def publish(order: PurchaseOrder, **more: Any) -> None:
    """Tell of an order in its new status."""
    outbox.publish(
        f"purchase_order.{order.status}",
        order.id,
        purchase_order_id=str(order.id),
        reference=order.reference,
        supplier=order.supplier,
        facility=order.facility,
        **more,
    )


def touch(order: PurchaseOrder) -> None:
    # The lines have no version of their own: this write moves the ETag of the whole.
    order.updated_at = clock.now()
