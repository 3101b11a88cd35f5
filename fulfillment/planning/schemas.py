"""Shapes of the planning API."""

from marshmallow import Schema, fields, validate

from fulfillment.platform.fields import LARGEST, code, flag, number, sku, units
from fulfillment.platform.pages import PageQuery

KINDS = ["allocation"]
STATUSES = ["queued", "running", "ready", "applied", "failed", "cancelled"]
OUTCOMES = ["proposed", "applied", "lost", "overtaken", "unfilled"]
PRICES = ["stock", "shipments", "units"]


class WaveIn(Schema):
    """Limits of an allocation wave."""

    seconds = number(0, 3600, least_included=False)
    gap = number(0, 1)
    limit = units(1, metadata={"description": "At most so many orders, the most urgent first"})
    reconsider = units(
        0,
        metadata={
            "description": "Look again at so many orders that are allocated and not released yet, "
            "the dearest first; 0: none"
        },
    )
    move_threshold = number(
        0, LARGEST, metadata={"description": "Move an order only if that saves this much money"}
    )


class PlanIn(Schema):
    """What to plan; `apply` puts it into effect as soon as it is ready."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    parameters = fields.Nested(WaveIn, load_default=dict)
    apply = flag(load_default=False)


class PlanRow(Schema):
    """A plan as one row of a table."""

    id = fields.UUID()
    kind = fields.String()
    status = fields.String()
    progress = fields.Float()
    apply = fields.Boolean()
    inputs_hash = fields.String(allow_none=True)
    actor = fields.String()
    created_at = fields.AwareDateTime(format="iso")
    started_at = fields.AwareDateTime(format="iso", allow_none=True)
    finished_at = fields.AwareDateTime(format="iso", allow_none=True)
    applied_at = fields.AwareDateTime(format="iso", allow_none=True)


class PlanOut(PlanRow):
    """A plan, how far it is, and what it found."""

    parameters = fields.Dict()
    summary = fields.Dict()
    problem = fields.Dict(allow_none=True)


class PlanQuery(PageQuery):
    """Which plans."""

    kind = fields.String(validate=validate.OneOf(KINDS))
    status = fields.String(validate=validate.OneOf(STATUSES))


class PlanLineOut(Schema):
    """Units that a facility is to ship of an order, or to get as stock; no facility: unfilled.

    An order that moves has all its units listed, with the facility where each is held. Stock comes
    from the facility that holds it or from a supplier, and tells what that costs and saves.
    """

    number = fields.Integer()
    order_id = fields.UUID(allow_none=True)
    facility = fields.String(allow_none=True)
    held_at = fields.String(allow_none=True)
    supplier = fields.String(allow_none=True)
    sku = fields.String()
    quantity = fields.Integer()
    outcome = fields.String()
    figures = fields.Dict(allow_none=True)
    made_id = fields.UUID(
        allow_none=True, metadata={"description": "The transfer or purchase order made of it"}
    )


class PlanLineQuery(PageQuery):
    """Which lines."""

    outcome = fields.String(validate=validate.OneOf(OUTCOMES))
    moved = flag(metadata={"description": "Whether the units leave the facility that holds them"})


class PlanPriceOut(Schema):
    """What one more unit of stock, or one more shipment of a facility, would have saved."""

    number = fields.Integer()
    kind = fields.String()
    facility = fields.String()
    sku = fields.String(allow_none=True)
    quantity = fields.Integer(metadata={"description": "How much of it there was"})
    price = fields.Float()


class PlanPriceQuery(PageQuery):
    """Which prices."""

    kind = fields.String(validate=validate.OneOf(PRICES))
    facility = code()
    sku = sku()


class DecisionOut(Schema):
    """How an order's facilities were chosen, as it was at that moment."""

    order_id = fields.UUID(attribute="id")
    order_ref = fields.String()
    decision = fields.Dict()
