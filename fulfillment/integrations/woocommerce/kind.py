"""What a WooCommerce shop is told: a note with the number, and the order's status."""

import base64
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fulfillment.integrations import messages, shipped
from fulfillment.integrations.messages import DONE, Outcome
from fulfillment.integrations.models import OUT, Message, Shop, ShopOrder
from fulfillment.integrations.words import Kind, Request
from fulfillment.orders import queries as orders
from fulfillment.platform.errors import Invalid

ORDERS = "/wp-json/wc/v3/orders"
NOTE, ORDER = "order.note", "order.update"
TRACKING = "fulfillment_tracking"
ALL_SENT = ("shipped", "delivered")


def answer(_shop: Shop, _message: Message, _outcome: Outcome) -> None:
    """Say nothing: nobody there waits for it."""


def handed_over(shop: Shop, known: ShopOrder, shipment_id: UUID) -> None:
    """Tell that a shipment left: the customer by a note, the order by what it is now."""
    body = {"shipment_id": str(shipment_id)}
    for topic in (NOTE, ORDER):
        key = f"{topic}:{shipment_id}"
        messages.keep(shop.code, OUT, topic, known.external_id, body, key)


def request(shop: Shop, message: Message) -> Request:
    """Return a message as the REST API takes it."""
    if not shop.token:
        raise Invalid({"token": ["The shop has no consumer key and secret."]})
    headers = {"Authorization": "Basic " + base64.b64encode(shop.token.encode()).decode()}
    shipment_id, path = UUID(message.body["shipment_id"]), f"{ORDERS}/{message.subject}"
    if message.topic == NOTE:
        return Request(f"{path}/notes", note(shipment_id), headers=headers)
    return Request(path, update(shipment_id), "PUT", headers)


def note(shipment_id: UUID) -> dict[str, Any]:
    parcel = shipped.parcel(shipment_id)
    told = f"Shipped with {parcel.carrier}" if parcel.carrier else "Shipped"
    number = f": {parcel.number}" if parcel.number else ""
    return {"note": f"{told}{number}.", "customer_note": True}


def update(shipment_id: UUID) -> dict[str, Any]:
    """Return all numbers of the order, however often it is told, and its end once all is sent."""
    order_id = shipped.parcel(shipment_id).order_id
    [order] = orders.described([orders.get(order_id)])
    sent = [
        {"carrier": one.carrier, "tracking_number": one.number, "shipped_at": one.left_at}
        for one in shipped.parcels(order_id)
    ]
    over = {"status": "completed"} if order["status"] in ALL_SENT else {}
    return {"meta_data": [{"key": TRACKING, "value": sent}], **over}


def settle(_shop: Shop, _message: Message, _said: Mapping[str, Any]) -> Outcome:
    """Take any answer of success for what it is."""
    return DONE


WOOCOMMERCE = Kind(answer, handed_over, request, settle, hears_no=False)
