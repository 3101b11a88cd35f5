"""What carriers are told of shipments."""

from typing import Any

from fulfillment.network import facilities
from fulfillment.shipping import packages
from fulfillment.shipping.carriers.models import MANIFEST, SHIPMENT, VOID, CarrierRequest
from fulfillment.shipping.models import Shipment
from fulfillment.shipping.package_models import Package

TYPES = {
    SHIPMENT: "shipment.requested",
    VOID: "shipment.voided",
    MANIFEST: "manifest.closed",
}


def shipment(one: Shipment) -> dict[str, Any]:
    """Return a shipment with all that its carrier needs to know to take it."""
    origin = facilities.get(one.facility)
    sender = {name: getattr(origin, name) for name in ("code", "name", "country", "postal_code")}
    return {
        "shipment_id": str(one.id),
        "order_ref": one.order_ref,
        "service": one.service,
        "facility": sender,
        "destination": dict(one.destination),
        "ship_by": one.ship_by.isoformat(),
        "deliver_by": one.deliver_by.isoformat(),
        "weight_g": one.weight_g,
        "packages": [package(each) for each in packages.live(one.id)],
    }


def package(one: Package) -> dict[str, Any]:
    return {"sscc": one.sscc, "weight_g": one.weight_g, "dimensions": one.dimensions}


def voided(request: CarrierRequest) -> dict[str, Any]:
    """Return which request a carrier may forget: it may have taken it, whatever we know."""
    return {
        "shipment_id": str(request.shipment_id),
        "request_id": str(request.id),
        "tracking_number": request.tracking_number,
    }
