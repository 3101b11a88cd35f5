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
    # Also where its carrier takes no more orders: what it was promised for must fit.
    heaviest = rates.heaviest(shipment.carrier, shipment.service) or settings.package_weight_g
    return Limits(
        min(settings.package_weight_g, heaviest),
        settings.package_litres * MM3_PER_LITRE,
        settings.package_side_mm,
    )
