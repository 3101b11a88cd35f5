"""Questions as loaded bodies: plain ones in a few microseconds, the others by their schema.

What is plain is loaded to the same result as by the schema; a test holds both together.
"""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, missing

from fulfillment.platform.columns import SKU_LENGTH
from fulfillment.platform.plain import is_text, is_whole
from fulfillment.sourcing.checkout.bodies import MOST_CHANNEL, are_lines, is_count, plain_place
from fulfillment.sourcing.schemas import MOST_OPTIONS, MOST_SKUS, AvailabilityIn, SourcingIn

SOURCING, AVAILABILITY = SourcingIn(unknown=RAISE), AvailabilityIn(unknown=RAISE)
DEFAULTS = {
    name: field.load_default
    for name, field in SOURCING.load_fields.items()
    if field.load_default is not missing
}
FIELDS = {"destination", "lines", "channel", "max_shipments", *DEFAULTS}
FLAGS = ("explain", "ship_complete")


def sourcing(body: Any) -> dict[str, Any] | None:
    """Return a question of sourcing as its schema loads it; None where that refuses it."""
    return plain_sourcing(body) or loaded(SOURCING, body)


def availability(body: Any) -> dict[str, Any] | None:
    """Return a question of availability as its schema loads it; None where that refuses it."""
    return plain_availability(body) or loaded(AVAILABILITY, body)


def loaded(schema: Schema, body: Any) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = schema.load(body)
    except ValidationError:
        return None
    return found


def plain_sourcing(body: Any) -> dict[str, Any] | None:
    """Return what the schema would load, or None where it must be asked."""
    if type(body) is not dict or not body.keys() <= FIELDS:
        return None
    place = plain_place(body.get("destination"))
    good = (
        place is not None
        and are_lines(body.get("lines"))
        and ("options" not in body or is_whole(body["options"], 1, MOST_OPTIONS))
        and ("max_shipments" not in body or is_count(body["max_shipments"]))
        and ("channel" not in body or is_text(body["channel"], MOST_CHANNEL))
        and all(type(body[name]) is bool for name in FLAGS if name in body)
    )
    return {**DEFAULTS, **body, "destination": place} if good else None


def plain_availability(body: Any) -> dict[str, Any] | None:
    """Return what the schema would load, or None where it must be asked."""
    if type(body) is not dict or not body.keys() <= {"skus", "destination"}:
        return None
    skus, place = body.get("skus"), plain_place(body.get("destination"))
    if type(skus) is not list or not 1 <= len(skus) <= MOST_SKUS:
        return None
    if not all(is_text(sku, SKU_LENGTH) for sku in skus):
        return None
    if "destination" not in body:
        return {"skus": skus}
    return {"skus": skus, "destination": place} if place else None
