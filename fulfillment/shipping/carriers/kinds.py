"""The kinds of carriers, and what each of them does as a shipment goes through the dock."""

from collections.abc import Mapping

from fulfillment.network import carriers
from fulfillment.shipping.carriers import csv_dropbox, http, table
from fulfillment.shipping.carriers.verbs import Adapter, Closed, Step
from fulfillment.shipping.models import Shipment

KINDS: Mapping[str, Adapter] = {"table": table, "http": http, "csv_dropbox": csv_dropbox}


def of(code: str) -> Adapter:
    """Return the adapter of a carrier."""
    return KINDS[carriers.get(code).type]


def label(shipment: Shipment, step: Step) -> None:
    """Let a shipment's carrier give it a number and a label, if it has one and does so now."""
    if shipment.carrier and shipment.tracking_number is None:
        carrier = carriers.get(shipment.carrier)
        KINDS[carrier.type].label(shipment, carrier, step)


def manifest(code: str, closed: Closed) -> None:
    """Let a carrier know of a manifest in its own way."""
    carrier = carriers.get(code)
    KINDS[carrier.type].manifest(closed, carrier)
