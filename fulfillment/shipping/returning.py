"""What comes back of shipments that left: never more of a line than went out."""

from collections.abc import Mapping
from uuid import UUID

from fulfillment.shipping import states
from fulfillment.shipping.models import UNDER_WAY, Shipment
from fulfillment.shipping.queries import lock_of_order


def left(order_id: UUID) -> list[Shipment]:
    """Return an order's shipments that were handed over, locked, the first handed over first."""
    gone = lock_of_order(order_id, UNDER_WAY)
    return sorted(gone, key=lambda shipment: (shipment.handed_over_at, shipment.id))


def take_back(shipment: Shipment, units: Mapping[str, int]) -> None:
    """Note on a locked shipment that units by SKU came back; a constraint refuses too many."""
    states.touch(shipment)
    for line in shipment.lines:
        line.returned += units.get(line.sku, 0)
