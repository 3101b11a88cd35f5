"""The shapes of tracking over HTTP and in files."""

from datetime import timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from fulfillment.platform import clock
from fulfillment.platform.fields import code, moment, text
from fulfillment.platform.pages import PageQuery
from fulfillment.shipping.package_models import SSCC_DIGITS
from fulfillment.tracking.models import EVENT_ID_LENGTH, LEVELS, LONGEST_MESSAGE
from fulfillment.tracking.vocabularies import Vocabulary, Word

NAMES = ("shipment_id", "tracking_number", "sscc")
# A carrier's clock may be ahead of ours, and its local time be taken for UTC.
AHEAD = timedelta(days=1)
SSCC = rf"^(\(?00\)?)?[0-9]{{{SSCC_DIGITS}}}\Z"


class TrackingEventRow(Schema):
    """One event of a carrier, of the shipment named by its id, its number or a package's."""

    event_id = text(EVENT_ID_LENGTH, required=True)
    carrier = code(
        allow_none=True, metadata={"description": "Default: the shipment's carrier, or the key's."}
    )
    shipment_id = fields.UUID(allow_none=True)
    tracking_number = text(64, allow_none=True)
    sscc = fields.String(
        allow_none=True,
        validate=validate.Regexp(SSCC, error=f"Must be the {SSCC_DIGITS} digits of an SSCC."),
    )
    status = text(64, required=True, metadata={"description": "In the words of `vocabulary`."})
    occurred_at = moment(required=True, metadata={"description": "Not in the future."})
    status_detail = text(
        allow_none=True, metadata={"description": "The carrier's own code, or its substatus."}
    )
    location = text(allow_none=True)
    message = text(LONGEST_MESSAGE, allow_none=True)
    vocabulary = fields.Enum(Vocabulary, by_value=True, load_default=Vocabulary.EASYPOST)
    corrects = text(
        EVENT_ID_LENGTH,
        allow_none=True,
        metadata={"description": "An event of the same shipment that counts no more."},
    )

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        errors = {}
        if not any(data.get(name) for name in NAMES):
            errors["shipment_id"] = [f"Name the shipment by one of {', '.join(NAMES)}."]
        if data.get("corrects") == data.get("event_id"):
            errors["corrects"] = ["An event cannot correct itself."]
        if data.get("occurred_at") and data["occurred_at"] > clock.now() + AHEAD:
            errors["occurred_at"] = ["Must not be in the future."]
        if errors:
            raise ValidationError(errors)

    @post_load
    def without_prefix(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Drop the application identifier (00) that scanners put before an SSCC."""
        sscc = data.get("sscc")
        return data | {"sscc": sscc[-SSCC_DIGITS:]} if sscc else data


class TrackingOutcome(Schema):
    """What became of one row; rows count from 1."""

    row = fields.Integer(required=True)
    outcome = fields.String(
        required=True,
        validate=validate.OneOf(["recorded", "duplicate", "unknown_shipment", "refused"]),
    )
    event_id = fields.String(required=True, allow_none=True)
    shipment_id = fields.UUID(required=True, allow_none=True)
    word = fields.String(
        data_key="status",
        required=True,
        allow_none=True,
        metadata={"description": "What the event was understood to mean."},
    )
    problem = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why an event that was recorded had no effect."},
    )
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class TrackingReport(Schema):
    """What became of all rows."""

    rows = fields.Integer(required=True)
    recorded = fields.Integer(required=True)
    duplicate = fields.Integer(required=True)
    unknown_shipment = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    outcomes = fields.List(fields.Nested(TrackingOutcome), required=True)


class TrackingEventOut(Schema):
    """An event as it was told, and what it was understood to mean."""

    id = fields.UUID(required=True)
    event_id = fields.String(required=True)
    carrier = fields.String(required=True)
    sscc = fields.String(required=True, allow_none=True)
    word = fields.String(
        data_key="status", required=True, validate=validate.OneOf([str(w) for w in Word])
    )
    status = fields.String(data_key="carrier_status", required=True)
    status_detail = fields.String(required=True, allow_none=True)
    vocabulary = fields.String(required=True)
    occurred_at = fields.AwareDateTime(required=True, format="iso")
    received_at = fields.AwareDateTime(required=True, format="iso")
    location = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)
    corrects = fields.String(required=True, allow_none=True)
    voided = fields.Boolean(
        required=True, metadata={"description": "Another event corrects it: it counts no more."}
    )
    problem = fields.String(required=True, allow_none=True)


class ParcelOut(Schema):
    """A package under way."""

    sscc = fields.String(required=True)
    status = fields.String(required=True)


class TrackedShipmentOut(Schema):
    """Where a shipment is: promised against expected."""

    id = fields.UUID(required=True)
    status = fields.String(required=True)
    facility = fields.String(required=True)
    carrier = fields.String(required=True, allow_none=True)
    service = fields.String(required=True, allow_none=True)
    tracking_number = fields.String(required=True, allow_none=True)
    packages = fields.List(fields.Nested(ParcelOut), required=True)
    handed_over_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    delivered_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    promised_on = fields.Date(required=True)
    expected_on = fields.Date(required=True, allow_none=True)
    expected_by = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(["measured", "brochure", "promise"]),
        metadata={"description": "What was measured on its lane, or what the service says."},
    )
    late = fields.Boolean(
        required=True, metadata={"description": "Came, or is expected, after the promised day."}
    )


class OrderTrackingOut(Schema):
    """Where the shipments of an order are."""

    order_id = fields.UUID(required=True)
    order_ref = fields.String(required=True)
    status = fields.String(required=True)
    promised_on = fields.Date(required=True, allow_none=True)
    expected_on = fields.Date(required=True, allow_none=True)
    link = fields.String(
        required=True, allow_none=True, metadata={"description": "The customer's page, if made."}
    )
    shipments = fields.List(fields.Nested(TrackedShipmentOut), required=True)


class LinkOut(Schema):
    """The customer's page of an order."""

    link = fields.String(required=True)


class AtRiskQuery(PageQuery):
    """Whose shipments; by default those of all facilities."""

    facility = code()


class AtRiskRow(Schema):
    """A shipment that may miss its promise, or has."""

    shipment_id = fields.UUID(required=True)
    order_id = fields.UUID(required=True)
    order_ref = fields.String(required=True)
    status = fields.String(required=True)
    facility = fields.String(required=True)
    carrier = fields.String(required=True, allow_none=True)
    service = fields.String(required=True, allow_none=True)
    tracking_number = fields.String(required=True, allow_none=True)
    level = fields.String(required=True, validate=validate.OneOf(list(LEVELS.values())))
    chance = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "To be late, by what its lane's deliveries took; null: too few."},
    )
    left_at = fields.AwareDateTime(required=True, format="iso")
    due_at = fields.AwareDateTime(
        required=True, format="iso", metadata={"description": "The end of the promised day."}
    )
    promised_on = fields.Date(required=True)
    expected_on = fields.Date(required=True, allow_none=True)
    expected_by = fields.String(required=True, allow_none=True)
    customer_ref = fields.String(required=True, allow_none=True)
    missed_before = fields.Integer(
        required=True,
        metadata={"description": "This customer's earlier deliveries that came too late."},
    )
    last_missed_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
