"""How a shipment changes: its status, its lines, and the news of both."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fulfillment.platform import clock, context, outbox
from fulfillment.platform.errors import WrongStatus
from fulfillment.shipping import packages
from fulfillment.shipping.models import GONE, Shipment, Status


def require(shipment: Shipment, *allowed: Status) -> None:
    """Refuse a shipment in any other status."""
    if shipment.status not in allowed:
        raise WrongStatus("shipment", shipment.status, allowed)


def advance(shipment: Shipment, status: Status, **told: Any) -> None:
    """Bring a shipment to a status, with its moment, its actor and the news of it."""
    touch(shipment)
    shipment.status = status
    shipment.actor = context.actor.get().name
    setattr(shipment, f"{status}_at", shipment.updated_at)
    if status in GONE and shipment.packages:
        packages.void(shipment)
    publish(shipment, f"shipment.{status}", **told)


def unpack(shipment: Shipment) -> None:
    """Bring a packed shipment back to picked: the one step backwards, and by instruction."""
    touch(shipment)
    shipment.status = Status.PICKED
    shipment.actor = context.actor.get().name
    shipment.packages = shipment.weight_g = shipment.packed_at = None
    for line in shipment.lines:
        line.packed = None


def publish(shipment: Shipment, kind: str, **told: Any) -> None:
    """Tell of a shipment; the subject is its order, so that news stays in order per order."""
    outbox.publish(
        kind,
        shipment.order_id,
        shipment_id=str(shipment.id),
        order_id=str(shipment.order_id),
        order_ref=shipment.order_ref,
        facility=shipment.facility,
        **told,
    )


def touch(shipment: Shipment) -> None:
    # The lines have no version of their own: this write moves the ETag of the whole.
    shipment.updated_at = clock.now()


def covers_all(shipment: Shipment, units: Mapping[str, int]) -> bool:
    """Tell whether taking these units by SKU would leave nothing in the shipment."""
    return all(units.get(line.sku, 0) == line.quantity for line in shipment.lines)


def by_promise(shipment: Shipment, units: Mapping[str, int]) -> dict[UUID, int]:
    """Return the units by the promise that backs them, instead of by SKU."""
    return {line.promise_id: units[line.sku] for line in shipment.lines if units.get(line.sku)}


def shrink(shipment: Shipment, units: Mapping[str, int]) -> None:
    """Take units by SKU out of the lines; a line that comes to nothing goes."""
    touch(shipment)
    if shipment.packages:
        packages.take_out(shipment, units)
    for line in list(shipment.lines):
        rest = line.quantity - units.get(line.sku, 0)
        if rest == 0:
            shipment.lines.remove(line)
        elif rest < line.quantity:
            line.picked = None if line.picked is None else min(line.picked, rest)
            line.packed = None if line.packed is None else min(line.packed, rest)
            line.quantity = rest
