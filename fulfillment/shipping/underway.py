"""A shipment between the dock and the door: where its carrier says that it stands."""

from datetime import datetime

from fulfillment.platform import context
from fulfillment.shipping import states
from fulfillment.shipping.models import UNDER_WAY, Shipment, Status


def settle(shipment: Shipment, status: Status, delivered_at: datetime | None) -> bool:
    """Bring a shipment that was handed over to a status; tell whether that is a change.

    It goes back only where its carrier corrected an event: the caller derives the status from all
    that was told.
    """
    states.require(shipment, *UNDER_WAY)
    changed = shipment.status != status
    if changed or shipment.delivered_at != delivered_at:
        states.touch(shipment)
        shipment.status, shipment.delivered_at = status, delivered_at
        shipment.actor = context.actor.get().name
    if changed and status is not Status.HANDED_OVER:
        told = {"tracking_number": shipment.tracking_number, "carrier": shipment.carrier}
        moment = delivered_at.isoformat() if delivered_at else None
        states.publish(shipment, f"shipment.{status}", **told, delivered_at=moment)
    return changed
