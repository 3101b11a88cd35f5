"""Shapes of the planning API."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from fulfillment.platform.fields import LARGEST, code, flag, number, sku, units
from fulfillment.platform.pages import PageQuery

KINDS = ["allocation", "rebalancing", "replenishment"]
STATUSES = ["queued", "running", "ready", "applied", "failed", "cancelled"]
OUTCOMES = ["proposed", "applied", "lost", "overtaken", "unfilled"]
PRICES = ["stock", "shipments", "units"]


class SolverIn(Schema):
    """When a solver stops."""

    seconds = number(0, 3600, least_included=False)
    gap = number(0, 1)


class WaveIn(SolverIn):
    """Limits of an allocation wave."""

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


class RebalancingIn(SolverIn):
    """Limits of a rebalancing run."""

    horizon_days = units(1, metadata={"description": "Weigh the demand of so many days"})
    keep = number(
        0, 0.999, metadata={"description": "A sender keeps what it needs with this probability"}
    )
    max_lanes = units(0, metadata={"description": "Use at most so many ways"})
    lane_units = units(0, metadata={"description": "Units that one way takes"})
    outbound_units = units(0, metadata={"description": "Units that one dock sends"})
    inbound_units = units(0, metadata={"description": "Units that one dock takes in"})


class ReplenishmentIn(SolverIn):
    """Limits of a replenishment run."""

    budget = number(0, LARGEST, metadata={"description": "Money that all orders may cost"})
    receiving_units = units(0, metadata={"description": "Units that a facility takes in a day"})
    storage_units = units(0, metadata={"description": "Units that a facility has room for"})


PARAMETERS: dict[str, type[Schema]] = {
    "allocation": WaveIn,
    "rebalancing": RebalancingIn,
    "replenishment": ReplenishmentIn,
}


class ParametersIn(WaveIn, RebalancingIn, ReplenishmentIn):
    """What a plan may be told; each kind takes its own of these."""


class PlanIn(Schema):
    """What to plan; `apply` puts it into effect as soon as it is ready."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    parameters = fields.Nested(ParametersIn, load_default=dict)
    apply = flag(load_default=False)

    @validates_schema(skip_on_field_errors=True)
    def suits(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what another kind of plan takes."""
        known = PARAMETERS[data["kind"]]().fields
        unknown = {name: ["Unknown field."] for name in data["parameters"] if name not in known}
        if unknown:
            raise ValidationError({"parameters": unknown})


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
    decision = fields.Dict(
        metadata={
            "description": "Empty while nobody decided. `by` tells who did: online, reservation, "
            "wave or resourced. In full: candidates with terms and reasons, terms, runner_up, "
            "binding. Explained later than decided: network_changed (lanes or rates were changed "
            "since), from a reservation also figures_changed (terms are at today's weights and "
            "settings, and differ from those of that moment)."
        }
    )
