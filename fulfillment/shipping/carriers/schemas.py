"""The shapes of what carriers are asked, over HTTP."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from fulfillment.platform.fields import code, flag
from fulfillment.platform.money import Amount, Currency
from fulfillment.platform.pages import PageQuery
from fulfillment.shipping.carriers.models import KINDS, STATUSES


class ParcelPrice(Schema):
    """The price of one package in its parts."""

    base = Amount(required=True)
    fuel = Amount(required=True)
    residential = Amount(required=True)
    total = Amount(required=True)
    billed_g = fields.Integer(
        required=True, metadata={"description": "The weight that it is billed by."}
    )
    is_dimensional = fields.Boolean(
        required=True, metadata={"description": "It is billed by its size."}
    )


class RateQuote(Schema):
    """What one service asks for a shipment."""

    carrier = fields.String(required=True)
    service = fields.String(required=True)
    zone = fields.String(required=True, allow_none=True)
    total = Amount(required=True)
    currency = Currency(required=True)
    prices = fields.List(fields.Nested(ParcelPrice), required=True)
    ship_by = fields.AwareDateTime(required=True, format="iso")
    deliver_by = fields.Date(required=True)
    keeps = fields.Boolean(required=True, metadata={"description": "Comes by the promised day."})


class RatesOut(Schema):
    """What the services ask for a shipment: by promise kept, then by price."""

    shipment_id = fields.UUID(required=True)
    promised_on = fields.Date(required=True)
    carrier = fields.String(required=True, allow_none=True)
    service = fields.String(required=True, allow_none=True)
    rates = fields.List(fields.Nested(RateQuote), required=True)


class ServiceIn(Schema):
    """Which service takes a shipment; by default the cheapest that keeps its promise."""

    carrier = code(load_default=None, allow_none=True)
    service = code(load_default=None, allow_none=True)
    late = flag(
        load_default=False,
        metadata={"description": "Also one that breaks the promise though others keep it."},
    )

    @validates_schema
    def check_both(self, data: dict[str, Any], **_: Any) -> None:
        if (data["carrier"] is None) != (data["service"] is None):
            raise ValidationError("Name both the carrier and the service, or neither.", "service")


class RequestQuery(PageQuery):
    """Which requests."""

    status = fields.String(validate=validate.OneOf(STATUSES))
    shipment_id = fields.UUID()


class RequestOut(Schema):
    """One thing that a carrier was asked, and what came of it."""

    id = fields.UUID(
        required=True, metadata={"description": "The idempotency key of every try of it."}
    )
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    shipment_id = fields.UUID(required=True, allow_none=True)
    manifest_id = fields.UUID(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    attempts = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    next_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    finished_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    answer = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The last answer's status."}
    )
    problem = fields.String(required=True, allow_none=True)
    tracking_number = fields.String(required=True, allow_none=True)
    label_type = fields.String(required=True, allow_none=True)
