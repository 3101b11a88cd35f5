"""What one package of a shipment may be: as the settings say, and as its service carries."""

from flask import current_app

from fulfillment.network import rates
from fulfillment.platform.config import Settings
from fulfillment.shipping.models import Shipment
from fulfillment.shipping.packing.rule import Limits

MM3_PER_LITRE = 1_000_000


def limits_of(shipment: Shipment) -> Limits:
    """Return the limits of a package of this shipment."""
    settings: Settings = current_app.config["SETTINGS"]
    return Limits(
        min(settings.package_weight_g, heaviest_of_service(shipment, settings)),
        settings.package_litres * MM3_PER_LITRE,
        settings.package_side_mm,
    )


def heaviest_of_service(shipment: Shipment, settings: Settings) -> int:
    """Return the heaviest parcel that the shipment's service has a price for, anywhere."""
    ours = shipment.carrier, shipment.service
    theirs = [one.bands for one in rates.loaded() if (one.carrier, one.service) == ours]
    heaviest = [band.bands[-1][0] for bands in theirs for band in bands if band.bands]
    return max(heaviest, default=settings.package_weight_g)
