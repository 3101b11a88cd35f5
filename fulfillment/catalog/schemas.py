"""The shapes of items in JSON and CSV."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates

from fulfillment.catalog.models import DEFAULT_WEIGHT_G
from fulfillment.platform.check_digits import is_checked
from fulfillment.platform.fields import printable, sku, text, units
from fulfillment.platform.money import Amount, Currency
from fulfillment.platform.pages import PageQuery
from fulfillment.platform.tags import tags

GTIN_LENGTHS = {8, 12, 13, 14}
LONGEST_CODE = 200
SIDES = ("length_mm", "width_mm", "height_mm")


def is_gtin(value: str) -> None:
    """Refuse a number that no barcode of a trade item can carry."""
    if len(value) not in GTIN_LENGTHS or not is_checked(value):
        raise ValidationError("Must have 8, 12, 13 or 14 digits, the last the GS1 check digit.")


def scanned(**options: Any) -> fields.String:
    """Return a field for what a scanner sends; FNC1 comes as the control character GS."""
    return fields.String(validate=[validate.Length(1, LONGEST_CODE), scannable], **options)


def scannable(value: str) -> None:
    printable(value.replace("\x1d", ""))


class Dimensions(Schema):
    """The box of one unit."""

    length_mm = units(allow_none=True)
    width_mm = units(allow_none=True)
    height_mm = units(allow_none=True)


class ItemIn(Schema):
    """An item as its owner describes it; what is not given takes its default."""

    name = text(200, load_default=None, metadata={"description": "Default: the SKU."})
    gtin = fields.String(validate=is_gtin, load_default=None, allow_none=True)
    weight_g = units(load_default=DEFAULT_WEIGHT_G)
    dimensions = fields.Nested(Dimensions, load_default=None, allow_none=True)
    unit_cost = Amount(load_default=None, allow_none=True)
    unit_price = Amount(load_default=None, allow_none=True)
    currency = Currency(load_only=True)
    pack_size = units(load_default=1)
    tags = tags(load_default=list)

    @post_load
    def as_columns(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Spread the box over its columns; the currency was only checked."""
        data.pop("currency", None)
        box = data.pop("dimensions", None) or {}
        return data | {side: box.get(side) for side in SIDES}


class ItemRow(ItemIn):
    """One row of an import."""

    sku = sku(required=True)

    @validates("sku")
    def fits_into_a_path(self, value: str, **_: Any) -> None:
        """Refuse a SKU that no URL could name: clients and servers tidy such paths."""
        if value.startswith("/") or "//" in value or {".", ".."} & set(value.split("/")):
            raise ValidationError("Must not begin with '/' nor have an empty, '.' or '..' part.")


class ItemOut(Schema):
    """An item."""

    sku = fields.String(required=True)
    name = fields.String(required=True)
    gtin = fields.String(required=True, allow_none=True)
    weight_g = fields.Integer(required=True)
    dimensions = fields.Nested(Dimensions, required=True, allow_none=True)
    unit_cost = Amount(required=True, allow_none=True)
    unit_price = Amount(required=True, allow_none=True)
    currency = Currency(required=True)
    pack_size = fields.Integer(required=True)
    tags = fields.List(fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class ItemQuery(PageQuery):
    """Which items to list."""

    gtin = fields.String(load_default=None)
    tag = fields.String(load_default=None)
