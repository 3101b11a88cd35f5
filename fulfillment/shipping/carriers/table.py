"""A carrier that is a table: prices from a file, numbers from a range, our own labels."""

from collections.abc import Sequence

from fulfillment.network import carriers
from fulfillment.network.models import Carrier
from fulfillment.network.quotes import Quote
from fulfillment.platform.tables import read
from fulfillment.shipping.carriers.verbs import Closed, Step
from fulfillment.shipping.models import Shipment

# As rows of JSON or CSV.
parse_event = read


def rate(shipment: Shipment, by_table: Sequence[Quote]) -> Sequence[Quote]:
    """Return what the table says."""
    return by_table


def label(shipment: Shipment, carrier: Carrier, step: Step) -> None:
    """Give a shipment the next number of the range when it is handed over."""
    if step is Step.HANDOVER:
        shipment.tracking_number = carriers.next_tracking_number(carrier.code)


def manifest(closed: Closed, carrier: Carrier) -> None:
    """Leave it at the paper that the driver signs."""
