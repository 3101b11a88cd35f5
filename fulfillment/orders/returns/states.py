"""How a return changes its status, and the news of it."""

from typing import Any

from fulfillment.orders.returns.models import Return, Status
from fulfillment.platform import clock, context, outbox
from fulfillment.platform.errors import WrongStatus

MOMENTS = {Status.RECEIVED: "received_at", Status.CANCELLED: "cancelled_at"}


def require(returned: Return, *allowed: Status) -> None:
    """Refuse a return in any other status."""
    if returned.status not in allowed:
        raise WrongStatus("return", returned.status, allowed)


def advance(returned: Return, status: Status) -> None:
    """Bring a return to a status, with its moment and its actor."""
    # The lines have no version of their own: this write moves the ETag of the whole.
    returned.updated_at = clock.now()
    returned.status = status
    returned.actor = context.actor.get().name
    if status in MOMENTS:
        setattr(returned, MOMENTS[status], returned.updated_at)


def publish(kind: str, returned: Return, **told: Any) -> None:
    """Tell of a return; the subject is its order, so that news stays in order per order."""
    outbox.publish(
        kind,
        returned.order_id,
        return_id=str(returned.id),
        order_id=str(returned.order_id),
        order_ref=returned.order_ref,
        external_ref=returned.external_ref,
        facility=returned.facility,
        status=returned.status,
        **told,
    )
