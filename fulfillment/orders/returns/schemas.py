"""The shapes of returns over HTTP."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from fulfillment.orders.returns.models import Condition, Status
from fulfillment.orders.returns.naming import NAMES
from fulfillment.orders.returns.shares import Units
from fulfillment.platform.fields import code, flag, sku, text, units
from fulfillment.platform.pages import PageQuery

MOST_LINES = 500


class AnnouncedLineIn(Schema):
    """Units that are to come back, and why."""

    sku = sku(required=True)
    quantity = units(required=True)
    reason = text(load_default=None, allow_none=True)

    @post_load
    def make_units(self, data: dict[str, Any], **_: Any) -> Units:
        return Units(**data)


class ReceivedLineIn(AnnouncedLineIn):
    """Units that came back, and whether they can be sold again."""

    condition = fields.Enum(Condition, by_value=True, required=True)

    @validates_schema(skip_on_field_errors=True)
    def check_reason(self, data: dict[str, Any], **_: Any) -> None:
        if data["condition"] is Condition.UNAVAILABLE and not data["reason"]:
            raise ValidationError("Units that cannot be sold need a reason.", "reason")


class AnnounceIn(Schema):
    """What is to come back, and where."""

    facility = code(required=True)
    external_ref = text(load_default=None, allow_none=True)
    lines = fields.List(
        fields.Nested(AnnouncedLineIn), required=True, validate=validate.Length(1, MOST_LINES)
    )


class ReturnIn(AnnounceIn):
    """What came back unannounced; of an order, or of the shipment that is named."""

    order_id = fields.UUID(allow_none=True)
    order_ref = text(allow_none=True)
    shipment_id = fields.UUID(allow_none=True)
    tracking_number = text(64, allow_none=True)
    lines = fields.List(
        fields.Nested(ReceivedLineIn), required=True, validate=validate.Length(1, MOST_LINES)
    )

    @validates_schema
    def is_named_once(self, data: dict[str, Any], **_: Any) -> None:
        if sum(bool(data.get(name)) for name in NAMES) != 1:
            raise ValidationError(f"Name it by one of {', '.join(NAMES)}.", "order_id")


class ReturnReceiveIn(Schema):
    """What came of a return that was announced."""

    lines = fields.List(
        fields.Nested(ReceivedLineIn), load_default=list, validate=validate.Length(max=MOST_LINES)
    )
    complete = flag(
        load_default=False,
        metadata={"description": "Nothing more will come; what is missing is short."},
    )

    @validates_schema(skip_on_field_errors=True)
    def says_something(self, data: dict[str, Any], **_: Any) -> None:
        if not data["lines"] and not data["complete"]:
            raise ValidationError("Give lines, or complete.", "lines")


class ReturnRow(Schema):
    """A return as one row of a table."""

    id = fields.UUID(required=True)
    order_id = fields.UUID(required=True)
    order_ref = fields.String(required=True)
    facility = fields.String(required=True)
    external_ref = fields.String(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf([str(s) for s in Status]))
    actor = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    updated_at = fields.AwareDateTime(required=True, format="iso")
    received_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    cancelled_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class ReturnLineOut(Schema):
    """Units of one line of a shipment: quantity = received + outstanding + short."""

    shipment_id = fields.UUID(required=True)
    sku = fields.String(required=True)
    quantity = fields.Integer(required=True)
    received = fields.Integer(required=True)
    unavailable = fields.Integer(
        required=True, metadata={"description": "Of those received, the ones not to be sold."}
    )
    outstanding = fields.Integer(required=True)
    short = fields.Integer(required=True)
    reason = fields.String(required=True, allow_none=True)


class ReturnOut(ReturnRow):
    """A return with its lines."""

    lines = fields.List(fields.Nested(ReturnLineOut), required=True)


class ReturnQuery(PageQuery):
    """Which returns."""

    status = fields.Enum(Status, by_value=True)
    facility = code()
    order_id = fields.UUID()
    external_ref = text()
