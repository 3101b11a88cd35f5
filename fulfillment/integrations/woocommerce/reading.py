"""An order as WooCommerce's webhooks tell it: the document of its REST API, or only its id."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fulfillment.integrations.addresses import clean, destination
from fulfillment.integrations.models import Shop
from fulfillment.integrations.wishes import CANCEL, NOTHING, PLACE, Line, Wish
from fulfillment.platform import clock

DELETED = "order.deleted"
TOPICS = {"order.created", "order.updated", "order.restored", DELETED}
WANTS = {
    "processing": PLACE,
    "cancelled": CANCEL,
    "refunded": CANCEL,
    "failed": CANCEL,
    "trash": CANCEL,
}
PARTS: dict[str, Any] = {
    "names": ("first_name", "last_name"),
    "state": "state",
    "zip_code": "postcode",
    "country": "country",
}


def wish_of(shop: Shop, topic: str, order: Mapping[str, Any]) -> Wish:
    """Return what a webhook wants.

    Raises:
        KeyError, TypeError, ValueError: it is not the document of an order.
    """
    name = clean(order.get("number")) or str(order["id"])
    if topic == DELETED:
        # Nothing but the id is told; what comes later and is older must not bring it back.
        return Wish(CANCEL, name, reference(shop, name), said_at=clock.now())
    customer = order.get("customer_id")
    return Wish(
        WANTS.get(order["status"], NOTHING),
        name,
        reference(shop, name),
        said_at=moment(order.get("date_modified_gmt")),
        customer_ref=f"{shop.code}-{customer}" if customer else None,
        lines=[line_of(item) for item in order["line_items"] if item["quantity"]],
        destination=address_of(order),
    )


def reference(shop: Shop, name: str) -> str:
    return f"{shop.code}-{name}"


def moment(text: str | None) -> datetime | None:
    """Return a moment that is given in UTC, without saying so."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def line_of(item: Mapping[str, Any]) -> Line:
    name, quantity = clean(item.get("name")) or "?", item["quantity"]
    if quantity != int(quantity) or quantity < 0:
        raise ValueError(f"{name!r} is wanted {quantity} times, which is no number of units")
    return Line(clean(item.get("sku")), int(quantity), name)


def address_of(order: Mapping[str, Any]) -> dict[str, Any]:
    """Return where an order goes: who ships to the bill's address leaves the other one empty."""
    shipping = order.get("shipping") or {}
    filled = shipping if clean(shipping.get("address_1")) else order.get("billing") or {}
    return destination(filled, **PARTS)
