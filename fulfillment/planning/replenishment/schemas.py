"""The shapes of replenishment policies over HTTP."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from fulfillment.platform.fields import LARGEST, code, number, sku, units
from fulfillment.platform.pages import PageQuery

KINDS = ["s_S", "R_Q", "base_stock", "min_max", "none"]
MEASURES = ["cycle_service", "fill_rate"]
MOST_SERVICE = 0.9999
LONGEST_REVIEW = 366


def stock(**options: Any) -> fields.Integer:
    """Return a field for a level of stock; below 0 it is of units that are owed."""
    return fields.Integer(strict=True, validate=validate.Range(-LARGEST, LARGEST), **options)


class PolicyIn(Schema):
    """How a stock level is replenished; what is not given follows from forecast and service."""

    kind = fields.String(
        load_default="s_S",
        validate=validate.OneOf(KINDS),
        metadata={
            "description": "s_S: up to order_up_to, at or below reorder_point; R_Q: lots of "
            "quantity; base_stock: what was taken; min_max: both levels by hand; none"
        },
    )
    service_measure = fields.String(load_default="cycle_service", validate=validate.OneOf(MEASURES))
    service_level = number(0, MOST_SERVICE, least_included=False, load_default=0.95)
    review_days = fields.Integer(
        strict=True, validate=validate.Range(1, LONGEST_REVIEW), load_default=1
    )
    reorder_point = stock(load_default=None, allow_none=True)
    order_up_to = stock(load_default=None, allow_none=True)
    quantity = units(load_default=None, allow_none=True)
    source_facility = code(load_default=None, allow_none=True)
    supplier = code(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def is_whole(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse levels that say nothing together."""
        least, most = data.get("reorder_point"), data.get("order_up_to")
        needed = [n for n in ("reorder_point", "order_up_to") if data.get(n) is None]
        if data.get("kind") == "min_max" and needed:
            raise ValidationError({name: ["Needed for min_max."] for name in needed})
        if least is not None and most is not None and least >= most:
            raise ValidationError("Must be above reorder_point.", "order_up_to")
        if data.get("source_facility") and data.get("supplier"):
            raise ValidationError("Give this or source_facility.", "supplier")


class PolicyRow(PolicyIn):
    """A policy as one row of a table."""

    facility = code(required=True)
    sku = sku(required=True)


class PolicyOut(PolicyRow):
    """A policy as it stands."""

    created_at = fields.AwareDateTime(format="iso", dump_only=True)
    updated_at = fields.AwareDateTime(format="iso", dump_only=True)
    version = fields.Integer(dump_only=True)


class PolicyQuery(PageQuery):
    """Which policies."""

    facility = code()
    sku = sku()
