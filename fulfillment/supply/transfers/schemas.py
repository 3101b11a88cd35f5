"""The shapes of transfers over HTTP."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from fulfillment.platform.fields import code, flag, sku, text, units
from fulfillment.platform.pages import PageQuery
from fulfillment.supply.schemas import MOST_LINES, UnitsIn
from fulfillment.supply.transfers.models import Status
from fulfillment.supply.transfers.receiving import Receipt


class TransferIn(Schema):
    """What to move between two facilities."""

    from_facility = code(required=True)
    to_facility = code(required=True)
    reference = text(load_default=None, allow_none=True)
    propose = flag(
        load_default=False,
        metadata={"description": "Only propose it: nothing is reserved until it is approved."},
    )
    lines = fields.List(
        fields.Nested(UnitsIn), required=True, validate=validate.Length(1, MOST_LINES)
    )

    @validates_schema
    def goes_somewhere(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a transfer to where the units are already."""
        if data["from_facility"] == data["to_facility"]:
            raise ValidationError("Must be another facility than from_facility.", "to_facility")


class ReceiptIn(Schema):
    """What arrived of a SKU, and what never will."""

    sku = sku(required=True)
    quantity = units(0, required=True)
    discrepancy = units(0, load_default=0)
    reason = text(load_default=None, allow_none=True)

    @validates_schema
    def explains(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a row that says nothing, and a discrepancy that nobody explains."""
        if data["discrepancy"] and not data["reason"]:
            raise ValidationError("A discrepancy needs a reason.", "reason")
        if not data["quantity"] + data["discrepancy"]:
            raise ValidationError("Must be at least 1 where there is no discrepancy.", "quantity")

    @post_load
    def make_receipt(self, data: dict[str, Any], **_: Any) -> Receipt:
        return Receipt(**data)


class ReceiveIn(Schema):
    """What arrived: the lines given, or all that is in transit."""

    lines = fields.List(
        fields.Nested(ReceiptIn),
        load_default=list,
        data_key="lines",
        attribute="receipts",
        validate=validate.Length(max=MOST_LINES),
    )
    complete = flag(
        load_default=False,
        metadata={"description": "Nothing more will come; what is missing must be explained."},
    )

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if data["complete"] and not data["receipts"]:
            raise ValidationError({"lines": ["Say what came: without lines, all of it did."]})


class TransferRow(Schema):
    """A transfer as one row of a table."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True, allow_none=True)
    from_facility = fields.String(required=True)
    to_facility = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf([str(s) for s in Status]))
    plan_id = fields.UUID(required=True, allow_none=True)
    actor = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    updated_at = fields.AwareDateTime(required=True, format="iso")
    ready_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    shipped_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    received_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    cancelled_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class TransferLineOut(Schema):
    """Units of one SKU: shipped = received + in transit + discrepancy."""

    sku = fields.String(required=True)
    quantity = fields.Integer(required=True)
    shipped = fields.Integer(required=True)
    in_transit = fields.Integer(required=True)
    received = fields.Integer(required=True)
    discrepancy = fields.Integer(required=True)
    discrepancy_reason = fields.String(required=True, allow_none=True)


class TransferOut(TransferRow):
    """A transfer with its lines."""

    lines = fields.List(fields.Nested(TransferLineOut), required=True)


class TransferQuery(PageQuery):
    """Which transfers."""

    status = fields.Enum(Status, by_value=True)
    from_facility = code()
    to_facility = code()
    reference = text()
    plan_id = fields.UUID(metadata={"description": "The plan that proposed them."})
