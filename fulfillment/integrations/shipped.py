"""What a shop may know of parcels that left: their numbers, and who carries them."""

from uuid import UUID

from msgspec import Struct

from fulfillment.integrations.messages import Later
from fulfillment.network import carriers
from fulfillment.platform.errors import NotFound
from fulfillment.shipping import queries as shipping
from fulfillment.shipping.models import PENDING, UNDER_WAY, Shipment


class Parcel(Struct, frozen=True):
    """A shipment that left, with the units in it by SKU."""

    order_id: UUID
    carrier: str | None
    number: str | None
    left_at: str
    units: dict[str, int]


def parcel(shipment_id: UUID) -> Parcel:
    """Return one of them.

    Raises:
        Later: its carrier has not given it a number yet.
    """
    shipment = shipping.find([shipment_id]).get(shipment_id)
    if shipment is None:
        raise NotFound("shipment", shipment_id)
    if shipment.carrier_status == PENDING:
        raise Later("Its carrier has not given it a number yet.")
    return parcel_of(shipment)


def parcels(order_id: UUID) -> list[Parcel]:
    """Return those of an order that left, the first of them first."""
    theirs = shipping.of_orders([order_id]).get(order_id, [])
    left = [shipment for shipment in theirs if shipment.status in UNDER_WAY]
    return sorted(map(parcel_of, left), key=lambda one: one.left_at)


def parcel_of(shipment: Shipment) -> Parcel:
    assert shipment.handed_over_at is not None
    return Parcel(
        shipment.order_id,
        carriers.get(shipment.carrier).name if shipment.carrier else None,
        shipment.tracking_number,
        shipment.handed_over_at.isoformat(),
        {line.sku: line.quantity for line in shipment.lines},
    )
