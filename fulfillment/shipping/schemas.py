"""The shapes of shipments over HTTP."""

from collections import Counter
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_dump, post_load, validate

from fulfillment.catalog.schemas import Dimensions, scanned
from fulfillment.network.fields import transit
from fulfillment.platform.fields import code, flag, moment, text, units
from fulfillment.platform.fields import sku as sku_field
from fulfillment.platform.money import Amount, Currency
from fulfillment.platform.pages import PageQuery
from fulfillment.shipping.models import CONFIRMED, PENDING, REFUSED, Status
from fulfillment.shipping.packing.making import Contents
from fulfillment.shipping.packing.rule import MOST_PACKAGES
from fulfillment.shipping.picking import Line

MOST_LINES = 1_000
MOST_SHIPMENTS = 10_000
CARRIER_STATUSES = [PENDING, CONFIRMED, REFUSED]


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
    transit = transit(required=True)
    priority = fields.Integer(required=True)
    carrier = fields.String(required=True, allow_none=True)
    service = fields.String(required=True, allow_none=True)
    tracking_number = fields.String(required=True, allow_none=True)
    carrier_status = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(CARRIER_STATUSES),
        metadata={"description": "What a carrier that is asked over HTTP says; null: not asked."},
    )
    carrier_problem = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why it did not answer yet, refused, or gave no usable label."},
    )
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
    delivered_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    rejected_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    cancelled_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class ShipmentLineOut(Schema):
    """Units of one SKU in a shipment."""

    sku = fields.String(required=True)
    quantity = fields.Integer(required=True)
    picked = fields.Integer(required=True, allow_none=True)
    packed = fields.Integer(
        metadata={"description": "Scanned into packages so far; absent while nobody scans."}
    )
    returned = fields.Integer(
        required=True, metadata={"description": "What came back of them: see /v1/returns."}
    )

    @post_dump
    def drop_unscanned(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "packed" or value}


class ShipmentOut(ShipmentRow):
    """A shipment with where it goes and what is in it."""

    destination = fields.Dict(required=True, keys=fields.String())
    lines = fields.List(fields.Nested(ShipmentLineOut), required=True)


class ShipmentQuery(PageQuery):
    """Which shipments; by default those of all facilities that are not handed over yet."""

    facility = code()
    status = fields.Enum(Status, by_value=True)
    order_id = fields.UUID()
    carrier_status = fields.String(validate=validate.OneOf(CARRIER_STATUSES))


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


class ShipmentScanIn(Schema):
    """What the scanner read."""

    code = scanned(required=True)


class PackageLineIn(Schema):
    """Units of a SKU in a package."""

    sku = sku_field(required=True)
    quantity = units(required=True)


class PackageIn(Schema):
    """What is in a package, and what it weighs and measures if somebody looked."""

    lines = fields.List(
        fields.Nested(PackageLineIn), required=True, validate=validate.Length(1, MOST_LINES)
    )
    weight_g = units(load_default=None, allow_none=True)
    dimensions = fields.Nested(Dimensions, load_default=None, allow_none=True)

    @post_load
    def make_contents(self, data: dict[str, Any], **_: Any) -> Contents:
        held: Counter[str] = Counter()
        for line in data["lines"]:
            held[line["sku"]] += line["quantity"]
        sides = {name: side for name, side in (data["dimensions"] or {}).items() if side}
        return Contents(dict(held), data["weight_g"], sides)


class Packages(fields.List[Any]):
    """What is in each package, or only how many there are."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        if isinstance(value, list):
            return super()._deserialize(value, *args, **options)
        return units(1).deserialize(value)


def not_too_many(value: int | list[Contents]) -> None:
    count = value if isinstance(value, int) else len(value)
    if not 1 <= count <= MOST_PACKAGES:
        raise ValidationError(f"Must be 1 to {MOST_PACKAGES} packages.")


class PackIn(Schema):
    """How it was packed; what is not told is as the packing rule and the catalogue have it."""

    packages = Packages(
        fields.Nested(PackageIn),
        load_default=None,
        allow_none=True,
        validate=not_too_many,
        metadata={
            "type": ["array", "integer"],
            "description": "What is in each, or how many; default: as the packing rule packs them.",
        },
    )
    weight_g = units(load_default=None, allow_none=True)


class PackageLineOut(Schema):
    """Units of a SKU in a package."""

    sku = fields.String(required=True)
    quantity = fields.Integer(required=True)


class PackageRow(Schema):
    """A package as one row of a table."""

    id = fields.UUID(required=True)
    shipment_id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    sscc = fields.String(required=True)
    weight_g = fields.Integer(required=True, allow_none=True)
    dimensions = fields.Nested(Dimensions, required=True, allow_none=True)
    actor = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    voided_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class PackageOut(PackageRow):
    """A package of a shipment, with what is in it if that was told."""

    lines = fields.List(fields.Nested(PackageLineOut), required=True)


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


class PickListQuery(Schema):
    """Whose shelves, and for what leaves until when."""

    facility = code(required=True)
    ship_by_until = moment(metadata={"description": "Only what must leave by then."})


class PickListLine(Schema):
    """Units of one SKU to fetch, for how many shipments, and by when the first must leave."""

    sku = fields.String(required=True)
    name = fields.String(required=True)
    quantity = fields.Integer(required=True)
    shipments = fields.Integer(required=True)
    ship_by = fields.AwareDateTime(required=True)


class PickListOut(Schema):
    """What is to be fetched for all released shipments of a facility."""

    facility = fields.String(required=True)
    printed_at = fields.AwareDateTime(required=True)
    lines = fields.List(fields.Nested(PickListLine), required=True)
