"""Shapes of the planning API."""

from marshmallow import Schema, fields, validate

from fulfillment.platform.fields import flag, number, units
from fulfillment.platform.pages import PageQuery

KINDS = ["allocation"]
STATUSES = ["queued", "running", "ready", "applied", "failed", "cancelled"]


class WaveIn(Schema):
    """Limits of an allocation wave."""

    seconds = number(0, 3600, least_included=False)
    gap = number(0, 1)
    limit = units(1, metadata={"description": "At most so many orders, the most urgent first"})


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
    """Units that a facility is to ship of an order; no facility: left unfilled."""

    number = fields.Integer()
    order_id = fields.UUID()
    facility = fields.String(allow_none=True)
    sku = fields.String()
    quantity = fields.Integer()
    outcome = fields.String()


class PlanLineQuery(PageQuery):
    """Which lines."""

    outcome = fields.String(validate=validate.OneOf(["proposed", "applied", "lost", "unfilled"]))
