"""The shapes of shipments over HTTP."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from fulfillment.platform.fields import code, flag, moment, text, units
from fulfillment.platform.fields import sku as sku_field
from fulfillment.platform.money import Amount, Currency
from fulfillment.platform.pages import PageQuery
from fulfillment.shipping.models import Status
from fulfillment.shipping.picking import Line

MOST_LINES = 1_000
MOST_SHIPMENTS = 10_000


class ShipmentRow(Schema):
    """A shipment as one row of a table."""

    id = fields.UUID(required=True)
    order_id = fields.UUID(required=True)
    order_ref = fields.String(required=True)
    facility = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf([str(s) for s in Status]))
    ship_by = fields.AwareDateTime(
        required=True,
        format="iso",
        metadata={"description": "The latest handover that keeps the promise."},
    )
    minutes_left = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Until ship_by; negative when late, null once it has left."},
    )
    late = fields.Boolean(required=True)
    deliver_by = fields.Date(required=True)
    priority = fields.Integer(required=True)
    carrier = fields.String(required=True, allow_none=True)
    service = fields.String(required=True, allow_none=True)
    tracking_number = fields.String(required=True, allow_none=True)
    packages = fields.Integer(required=True, allow_none=True)
    weight_g = fields.Integer(required=True, allow_none=True)
    distance_km = fields.Float(required=True)
    cost = Amount(required=True)
    currency = Currency(required=True)
    reject_reason = fields.String(required=True, allow_none=True)
    actor = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    updated_at = fields.AwareDateTime(required=True, format="iso")
    released_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    picked_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    packed_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    handed_over_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    rejected_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    cancelled_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class ShipmentLineOut(Schema):
    """Units of one SKU in a shipment."""

    sku = fields.String(required=True)
    quantity = fields.Integer(required=True)
    picked = fields.Integer(required=True, allow_none=True)


class ShipmentOut(ShipmentRow):
    """A shipment with where it goes and what is in it."""

    destination = fields.Dict(required=True, keys=fields.String())
    lines = fields.List(fields.Nested(ShipmentLineOut), required=True)


class ShipmentQuery(PageQuery):
    """Which shipments; by default those of all facilities that are not handed over yet."""

    facility = code()
    status = fields.Enum(Status, by_value=True)
    order_id = fields.UUID()


class ReleaseIn(Schema):
    """Which planned shipments of a facility to release; by default all."""

    facility = code(required=True)
    shipment_ids = fields.List(
        fields.UUID(), load_default=None, validate=validate.Length(1, MOST_SHIPMENTS)
    )
    ship_by_until = moment(load_default=None)


class ReleaseOut(Schema):
    """What was released."""

    released = fields.Integer(required=True)
    shipment_ids = fields.List(fields.UUID(), required=True)


class PickLineIn(Schema):
    """How much of a SKU was picked; 0 when none was found."""

    sku = sku_field(required=True)
    quantity = units(0, required=True)

    @post_load
    def make_line(self, data: dict[str, Any], **_: Any) -> Line:
        return Line(**data)


class PickIn(Schema):
    """What was picked; lines that are not named were picked as asked."""

    lines = fields.List(
        fields.Nested(PickLineIn), load_default=list, validate=validate.Length(max=MOST_LINES)
    )


class PackIn(Schema):
    """How it was packed; without a weight it is the sum of the catalogue's."""

    packages = units(load_default=1)
    weight_g = units(load_default=None, allow_none=True)


class HandoverIn(Schema):
    """Whether to hand over more than is on hand: an admin's instruction, with its reason."""

    force = flag(load_default=False)
    reason = text(load_default=None, allow_none=True)


class RejectLineIn(Schema):
    """How much of a SKU is not sent; no quantity: the whole line."""

    sku = sku_field(required=True)
    quantity = units(load_default=None, allow_none=True)

    @post_load
    def make_line(self, data: dict[str, Any], **_: Any) -> Line:
        return Line(**data)


class RejectIn(Schema):
    """Why it is not sent, and which lines; no lines: the whole shipment."""

    reason = text(
        required=True,
        metadata={"description": "no_stock and short_pick also book the units as missing."},
    )
    lines = fields.List(
        fields.Nested(RejectLineIn), load_default=list, validate=validate.Length(max=MOST_LINES)
    )
