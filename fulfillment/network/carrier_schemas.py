"""The shapes of carriers in JSON."""

import base64
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from fulfillment.network.models import HANDOVER, HTTP, PACKING
from fulfillment.network.schemas import Holidays, WorkweekIn
from fulfillment.platform.fields import code, number

CARRIER_TYPES = ["table", HTTP, "csv_dropbox"]
SECRET_PREFIX = "whsec_"
SECRET_BYTES = range(24, 65)
LONGEST_URL = 2_000
LONGEST_SECONDS = 60


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
    url = fields.String(
        validate=validate.Length(1, LONGEST_URL),
        allow_none=True,
        load_default=None,
        metadata={"description": "Where a carrier of type http is asked for numbers and labels."},
    )
    manifest_url = fields.String(
        validate=validate.Length(1, LONGEST_URL),
        allow_none=True,
        load_default=None,
        metadata={"description": "Where it is told of closed manifests; default: it is not."},
    )
    secret = fields.String(
        validate=is_secret,
        allow_none=True,
        load_only=True,
        metadata={
            "description": "What requests to it are signed by, as `event_secret`. Never shown; "
            "kept where it is not given; without one they are not signed."
        },
    )
    buy_at = fields.String(
        validate=validate.OneOf([PACKING, HANDOVER]),
        load_default=HANDOVER,
        metadata={"description": "When it is asked for the number and the label of a shipment."},
    )
    timeout_seconds = number(
        0.1,
        LONGEST_SECONDS,
        load_default=10.0,
        metadata={"description": "Longest try, from looking up its host to its answer's end."},
    )

    @validates_schema
    def check_url(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("type") == HTTP and not data.get("url"):
            raise ValidationError("A carrier of type http needs one.", "url")


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
    url = fields.String(required=True, allow_none=True)
    manifest_url = fields.String(required=True, allow_none=True)
    buy_at = fields.String(required=True, validate=validate.OneOf([PACKING, HANDOVER]))
    timeout_seconds = fields.Float(required=True)
    failures = fields.Integer(
        required=True, metadata={"description": "Tries in a row that it did not answer well."}
    )
    rest_until = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    problem = fields.String(
        required=True, allow_none=True, metadata={"description": "What was last wrong with it."}
    )
    working_days = fields.List(fields.Integer(), required=True)
    holidays = fields.Nested(Holidays, required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)
