"""Fulfillment orders as Shopify's GraphQL Admin API tells them."""

from collections.abc import Mapping
from typing import Any

from fulfillment.integrations.addresses import clean, destination
from fulfillment.integrations.models import Shop
from fulfillment.integrations.wishes import CANCEL, PLACE, Line, Wish

PARTS: dict[str, Any] = {
    "names": ("firstName", "lastName"),
    "state": "province",
    "zip_code": "zip",
    "country": "countryCode",
}


def wish_of(shop: Shop, node: Mapping[str, Any], *, cancel: bool) -> Wish:
    """Return what is wanted of a fulfillment order.

    Raises:
        KeyError, TypeError: it is none.
    """
    name = clean(node["orderName"]) or digits(node["id"])
    # An order may be asked for in several parts.
    reference = f"{shop.code}-{name.lstrip('#')}-{digits(node['id'])}"
    if cancel:
        return Wish(CANCEL, name, reference)
    items = node["lineItems"]["nodes"]
    lines = [line_of(item) for item in items if item["remainingQuantity"] > 0]
    goes_to = destination(node["destination"] or {}, **PARTS)
    return Wish(PLACE, name, reference, lines=lines, destination=goes_to)


def digits(gid: str) -> str:
    """Return the number in a global id: gid://shopify/FulfillmentOrder/1046000777."""
    return gid.rpartition("/")[2]


def line_of(item: Mapping[str, Any]) -> Line:
    title = clean(item.get("productTitle")) or "?"
    return Line(clean(item["sku"]), item["remainingQuantity"], title)


def request_id(node: Mapping[str, Any]) -> str:
    """Return the id of the merchant's newest request, which may ask again after a refusal."""
    requests = node["merchantRequests"]["nodes"]
    return str(requests[-1]["id"] if requests else node["id"])
