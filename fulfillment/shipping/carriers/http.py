"""A carrier that is asked over HTTP: it answers with the number and the label of a shipment."""

from fulfillment.network.models import Carrier
from fulfillment.shipping.carriers import messages, requests, table
from fulfillment.shipping.carriers.models import MANIFEST, SHIPMENT
from fulfillment.shipping.carriers.verbs import Closed, Step
from fulfillment.shipping.models import Shipment

rate, parse_event = table.rate, table.parse_event


def label(shipment: Shipment, carrier: Carrier, step: Step) -> None:
    """Ask for a number and a label once, at the step that the carrier is set to."""
    if shipment.carrier_status is None and step in (carrier.buy_at, Step.HANDOVER):
        requests.queue(SHIPMENT, carrier.code, messages.shipment(shipment), shipment=shipment)


def manifest(closed: Closed, carrier: Carrier) -> None:
    """Tell of the packages, if the carrier has an address for that."""
    if carrier.manifest_url:
        told = {"manifest_id": str(closed.id), "facility": closed.facility}
        payload = {**told, "packages": list(closed.rows)}
        requests.queue(MANIFEST, carrier.code, payload, manifest_id=closed.id)
