"""The shapes of purchase orders over HTTP."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from fulfillment.platform.fields import code, coming_day, flag, sku, text, units
from fulfillment.platform.money import Amount, Currency
from fulfillment.platform.pages import PageQuery
from fulfillment.supply.purchasing.models import Status
from fulfillment.supply.purchasing.receiving import Receipt
from fulfillment.supply.schemas import MOST_LINES, UnitsIn

STATUSES = [str(status) for status in Status]


class PurchaseOrderLineIn(UnitsIn):
    """How many units of a SKU, and at what cost each."""

    unit_cost = Amount(
        load_default=None,
        allow_none=True,
        metadata={"description": "Default: as in the supplier's terms."},
    )


class PurchaseOrderIn(Schema):
    """What to buy of a supplier, for which facility."""

    supplier = code(required=True)
    facility = code(required=True)
    reference = text(load_default=None, allow_none=True)
    expected_on = coming_day(
        load_default=None,
        allow_none=True,
        metadata={"description": "Default: as the lead time says when it is sent."},
    )
    currency = Currency(load_only=True)
    propose = flag(
        load_default=False,
        metadata={"description": "Only propose it; a rule may approve it by its cost."},
    )
    lines = fields.List(
        fields.Nested(PurchaseOrderLineIn), required=True, validate=validate.Length(1, MOST_LINES)
    )

    @post_load
    def without_currency(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Drop the currency, which was only checked."""
        data.pop("currency", None)
        return data


class PurchaseSendIn(Schema):
    """What the supplier said of an order."""

    expected_on = coming_day(
        load_default=None,
        allow_none=True,
        metadata={"description": "The day that the supplier named; default: by the lead time."},
    )


class PurchaseCancelIn(Schema):
    """Why an order is called off."""

    reason = text(load_default=None, allow_none=True)


class PurchaseReceiptIn(Schema):
    """What arrived of a SKU, and what never will."""

    sku = sku(required=True)
    quantity = units(0, required=True)
    short = units(0, load_default=0, metadata={"description": "Units that will not come any more."})
    reason = text(
        load_default=None,
        allow_none=True,
        metadata={"description": "Needed where units are short, or more came than was ordered."},
    )

    @validates_schema
    def explains(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a row that says nothing, and missing units that nobody explains."""
        if data["short"] and not data["reason"]:
            raise ValidationError("Units that are short need a reason.", "reason")
        if not data["quantity"] + data["short"]:
            raise ValidationError("Must be at least 1 where none is short.", "quantity")

    @post_load
    def make_receipt(self, data: dict[str, Any], **_: Any) -> Receipt:
        return Receipt(**data)


class PurchaseReceiveIn(Schema):
    """What arrived: the lines given, or all that is outstanding."""

    lines = fields.List(
        fields.Nested(PurchaseReceiptIn),
        load_default=list,
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


class PurchaseOrderRow(Schema):
    """A purchase order as one row of a table."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True, allow_none=True)
    supplier = fields.String(required=True)
    facility = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    expected_on = fields.Date(required=True, allow_none=True)
    cost = Amount(required=True)
    currency = Currency(required=True)
    plan_id = fields.UUID(required=True, allow_none=True)
    actor = fields.String(required=True)
    approved_by = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": 'Who approved it; "rule" where its cost was low enough.'},
    )
    created_at = fields.AwareDateTime(required=True, format="iso")
    updated_at = fields.AwareDateTime(required=True, format="iso")
    approved_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    sent_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    received_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    cancelled_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class PurchaseOrderLineOut(Schema):
    """Units of one SKU: once sent, quantity + over = received + outstanding + short."""

    sku = fields.String(required=True)
    quantity = fields.Integer(required=True)
    unit_cost = Amount(required=True)
    outstanding = fields.Integer(required=True)
    received = fields.Integer(required=True)
    short = fields.Integer(required=True)
    over = fields.Integer(required=True)
    discrepancy_reason = fields.String(required=True, allow_none=True)


class PurchaseOrderOut(PurchaseOrderRow):
    """A purchase order with its lines."""

    lines = fields.List(fields.Nested(PurchaseOrderLineOut), required=True)


class PurchaseOrderQuery(PageQuery):
    """Which purchase orders."""

    status = fields.Enum(Status, by_value=True)
    supplier = code()
    facility = code()
    reference = text()
    plan_id = fields.UUID(metadata={"description": "The plan that proposed them."})
