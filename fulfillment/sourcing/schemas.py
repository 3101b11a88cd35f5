"""Shapes of the sourcing API."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from fulfillment.network.fields import transit
from fulfillment.platform.fields import code, coming_day, flag, number, sku, text, units

KINDS = ("residence", "business")
MOST_LINES = 500
MOST_OPTIONS = 10
MOST_SKUS = 500


class DestinationIn(Schema):
    """Where it goes: coordinates, a US ZIP code, or a postal code of an imported table."""

    postal_code = text(16, allow_none=True)
    country = fields.String(validate=validate.Regexp(r"^[A-Z]{2}\Z"), load_default="US")
    lat = number(-90, 90, allow_none=True)
    lng = number(-180, 180, allow_none=True)
    kind = fields.String(validate=validate.OneOf(KINDS))
    name = text(allow_none=True)
    street = text(allow_none=True)
    city = text(allow_none=True)
    state = text(64, allow_none=True)


class LineIn(Schema):
    """Units of one SKU; lines of the same SKU are summed."""

    sku = sku(required=True)
    quantity = units(1, required=True)


def lines(**options: Any) -> fields.List[Any]:
    """Return the field for an order's lines."""
    return fields.List(fields.Nested(LineIn), validate=validate.Length(1, MOST_LINES), **options)


class SourcingIn(Schema):
    """What to source, and within which limits."""

    destination = fields.Nested(DestinationIn, required=True)
    lines = lines(required=True)
    options = fields.Integer(strict=True, load_default=3, validate=validate.Range(1, MOST_OPTIONS))
    max_shipments = units(1, allow_none=True)
    deliver_by = coming_day(allow_none=True)
    channel = text(64, allow_none=True)
    strategy = code(
        allow_none=True,
        metadata={"description": "Try this shipping strategy, without putting it in force."},
    )
    strategy_version = units(
        0, allow_none=True, metadata={"description": "Of that strategy; default: the latest."}
    )
    ship_complete = flag(
        load_default=True,
        metadata={"description": "false: the best partial plan, with the rest unfilled"},
    )
    explain = flag(
        load_default=True,
        metadata={"description": "false: faster, without cost terms, runner-up and binding limits"},
    )

    @validates_schema
    def version_of_something(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("strategy_version") is not None and data.get("strategy") is None:
            raise ValidationError("Needs the name of the strategy.", "strategy_version")


class ReservationIn(SourcingIn):
    """A cart to source and hold; it replaces what the cart held before."""

    class Meta:
        exclude = ("options", "ship_complete", "strategy", "strategy_version", "explain")

    cart_ref = text(required=True)
    ttl_seconds = units(1, allow_none=True)


class ExtendIn(Schema):
    """How long a reservation is to live from now."""

    ttl_seconds = units(1, allow_none=True)


class AvailabilityIn(Schema):
    """Which SKUs, and where they would go."""

    skus = fields.List(sku(), required=True, validate=validate.Length(1, MOST_SKUS))
    destination = fields.Nested(DestinationIn, allow_none=True)


class LineOut(Schema):
    """Units of one SKU."""

    sku = fields.String()
    quantity = fields.Integer()


class CostOut(Schema):
    """Money, as decimal strings."""

    shipping = fields.String()
    handling = fields.String()
    total = fields.String(required=True)
    currency = fields.String(required=True)


class PlannedShipmentOut(Schema):
    """One facility's share."""

    facility = fields.String()
    lines = fields.List(fields.Nested(LineOut))
    carrier = fields.String(allow_none=True)
    service = fields.String(allow_none=True)
    distance_km = fields.Float()
    cost = fields.Nested(CostOut)
    ship_by = fields.String(metadata={"format": "date-time"})
    deliver_by = fields.String(metadata={"format": "date"})
    transit = transit()


class OptionOut(Schema):
    """One way to serve the order."""

    shipments = fields.List(fields.Nested(PlannedShipmentOut))
    unfilled = fields.List(fields.Nested(LineOut))
    cost = fields.Nested(CostOut)
    deliver_by = fields.String(allow_none=True, metadata={"format": "date"})
    complete = fields.Boolean()
    explanation = fields.Dict()


class SourcingOut(Schema):
    """The best plans, best first."""

    options = fields.List(fields.Nested(OptionOut))


class ReservationOut(OptionOut):
    """A cart's reservation, and the plan that it holds."""

    id = fields.UUID()
    cart_ref = fields.String()
    status = fields.String()
    expires_at = fields.AwareDateTime(format="iso")
    created_at = fields.AwareDateTime(format="iso")


class FacilityStockOut(Schema):
    """What one facility can promise."""

    facility = fields.String()
    promisable = fields.Integer()


class SkuAvailabilityOut(Schema):
    """What can be promised of one SKU."""

    sku = fields.String()
    promisable = fields.Integer()
    deliver_by = fields.Date(allow_none=True)
    facilities = fields.List(fields.Nested(FacilityStockOut))


class AvailabilityOut(Schema):
    """What can be promised, in the order of the SKUs asked."""

    items = fields.List(fields.Nested(SkuAvailabilityOut))
