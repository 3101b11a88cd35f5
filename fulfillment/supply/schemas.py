"""The shapes that transfers and purchase orders share."""

from marshmallow import Schema, fields, validate

from fulfillment.platform.fields import sku, units

MOST_LINES = 1_000


class UnitsIn(Schema):
    """How many units of a SKU."""

    sku = sku(required=True)
    quantity = units(required=True)


class ApproveIn(Schema):
    """What to approve of a proposal: the lines named, or all of it."""

    lines = fields.List(
        fields.Nested(UnitsIn),
        load_default=list,
        validate=validate.Length(max=MOST_LINES),
        metadata={"description": "Units of at most what was proposed; other lines are dropped."},
    )
