"""A shipment that left, told to Shopify as a fulfillment: looked for first, then created.

Two tries of one creation would be two fulfillments; so after a try whose answer was lost we look
whether it is there.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fulfillment.integrations import shipped
from fulfillment.integrations.messages import DONE, Outcome, ignored, refused
from fulfillment.integrations.models import Message
from fulfillment.integrations.shopify import asking
from fulfillment.platform import clock

TOPIC = "fulfillmentCreate"
CREATE = "create"


def said(message: Message) -> tuple[str, dict[str, Any]]:
    """Return what is asked at the present step."""
    if message.step != CREATE:
        return asking.LEFT, {"id": message.subject}
    return asking.CREATE, {"fulfillment": message.body["fulfillment"]}


def settle(message: Message, data: Mapping[str, Any]) -> Outcome | None:
    """Act on an answer: after the look the creation is next."""
    if message.step == CREATE:
        errors = data[TOPIC]["userErrors"]
        told = " ".join(str(one["message"]) for one in errors)
        return refused(told) if errors else DONE
    found = data["fulfillmentOrder"]
    if found is None:
        return refused("Shopify does not know the fulfillment order any more.")
    parcel = shipped.parcel(UUID(message.body["shipment_id"]))
    if parcel.number and parcel.number in numbers_in(found):
        return ignored("Shopify has this fulfillment.")
    lines = lines_of(found["lineItems"]["nodes"], parcel.units)
    if not lines:
        return ignored("Nothing of it is left to fulfill.")
    message.body = {**message.body, "fulfillment": fulfillment(found["id"], lines, parcel)}
    message.step, message.next_at = CREATE, clock.now()
    return None


def numbers_in(found: Mapping[str, Any]) -> set[str]:
    """Return the tracking numbers of the fulfillments that there are."""
    nodes = found["fulfillments"]["nodes"]
    return {info["number"] for node in nodes for info in node["trackingInfo"]}


def lines_of(items: list[dict[str, Any]], units: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return which of the lines, as far as they are left, the units of a shipment are."""
    left, lines = dict(units), []
    for item in items:
        quantity = min(left.get(item["sku"], 0), item["remainingQuantity"])
        if quantity:
            left[item["sku"]] -= quantity
            lines.append({"id": item["id"], "quantity": quantity})
    return lines


def fulfillment(
    fulfillment_order_id: str, lines: list[dict[str, Any]], parcel: shipped.Parcel
) -> dict[str, Any]:
    which = {"fulfillmentOrderId": fulfillment_order_id, "fulfillmentOrderLineItems": lines}
    tracked = {"number": parcel.number, "company": parcel.carrier}
    info = {"trackingInfo": tracked} if parcel.number else {}
    return {"lineItemsByFulfillmentOrder": [which], "notifyCustomer": True, **info}
