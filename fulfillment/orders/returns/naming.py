"""Whose parcel it is that stands at the dock: named by its order, its shipment or its number."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fulfillment.orders import queries as orders
from fulfillment.platform.errors import Invalid
from fulfillment.shipping import finding
from fulfillment.shipping.finding import Found

NAMES = ("order_id", "order_ref", "shipment_id", "tracking_number")


def find(body: Mapping[str, Any]) -> tuple[UUID, UUID | None]:
    """Return the order that is meant, and its shipment if one is named.

    Raises:
        Invalid: there is none, or several carriers gave their parcels the same number.
    """
    if order_id := body.get("order_id"):
        return order_id, None
    if order_ref := body.get("order_ref"):
        return known("order_ref", orders.find_by_ref(order_ref)).id, None
    if number := body.get("tracking_number"):
        shipment = known("tracking_number", by_number(number))
    else:
        shipment_id = body["shipment_id"]
        shipment = known("shipment_id", finding.by_id([shipment_id]).get(shipment_id))
    return shipment.order_id, shipment.id


def by_number(number: str) -> Found | None:
    numbered = finding.by_tracking_number([number])[number]
    if len(numbered) > 1:
        raise Invalid(
            {"tracking_number": ["Several carriers' parcels have it: name the shipment."]}
        )
    return numbered[0] if numbered else None


def known(name: str, found: Any) -> Any:
    if found is None:
        raise Invalid({name: ["There is nothing of this name."]})
    return found
