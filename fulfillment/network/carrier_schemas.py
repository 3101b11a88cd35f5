"""The shapes of carriers and their rates in JSON and CSV."""

import base64
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from fulfillment.network.fields import days
from fulfillment.network.schemas import Holidays, WorkweekIn
from fulfillment.platform.fields import code, number, units
from fulfillment.platform.money import Amount, Currency

LONGEST_KM = 25_000
CARRIER_TYPES = ["table"]
SECRET_PREFIX = "whsec_"
SECRET_BYTES = range(24, 65)


def is_secret(value: str) -> None:
    try:
        size = len(base64.b64decode(value.removeprefix(SECRET_PREFIX), validate=True))
    except ValueError:
        size = 0
    if not value.startswith(SECRET_PREFIX) or size not in SECRET_BYTES:
        raise ValidationError("Must be whsec_ and 24 to 64 bytes in base64.")


class CarrierIn(WorkweekIn):
    """A carrier; what is not given takes its default."""

    type = fields.String(validate=validate.OneOf(CARRIER_TYPES), load_default="table")
    tracking_prefix = fields.String(
        validate=validate.Regexp(r"^[A-Z0-9]{0,16}\Z", error="Must be up to 16 of A-Z and 0-9."),
        load_default="",
    )
    next_number = fields.Integer(
        strict=True,
        validate=validate.Range(1, 10**12 - 1),
        load_default=None,
        metadata={"description": "The next parcel's number; default: as it is, or 1. Only grows."},
    )
    event_secret = fields.String(
        validate=is_secret,
        allow_none=True,
        load_only=True,
        metadata={
            "description": "What the carrier signs its events by (Standard Webhooks: `whsec_` and "
            "24 to 64 bytes in base64). Never shown; kept where it is not given, null ends it."
        },
    )


class CarrierRow(CarrierIn):
    """A carrier with its code."""

    code = code(required=True)


class CarrierOut(Schema):
    """A carrier."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    type = fields.String(required=True)
    active = fields.Boolean(required=True)
    tracking_prefix = fields.String(required=True)
    next_number = fields.Integer(required=True)
    working_days = fields.List(fields.Integer(), required=True)
    holidays = fields.Nested(Holidays, required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class RateRow(Schema):
    """The price of one parcel up to a distance and a weight."""

    service = code(required=True)
    zone = code(load_default=None, metadata={"description": "A name for the distance band."})
    max_distance_km = number(
        0,
        LONGEST_KM,
        least_included=False,
        load_default=None,
        metadata={"description": "Default: any distance."},
    )
    max_weight_g = units(required=True)
    price = Amount(required=True)
    currency = Currency(load_only=True)
    transit_days = days(required=True)

    @post_load
    def as_columns(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Drop the currency, which was only checked."""
        data.pop("currency", None)
        return data


class RateOut(Schema):
    """A row of a carrier's rate table."""

    service = fields.String(required=True)
    zone = fields.String(required=True, allow_none=True)
    max_distance_km = fields.Float(required=True, allow_none=True)
    max_weight_g = fields.Integer(required=True)
    price = Amount(required=True)
    currency = Currency(required=True)
    transit_days = fields.Integer(required=True)
