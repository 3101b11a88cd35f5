"""Plans over HTTP: ask for one, watch it, look at it, apply it."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from fulfillment.planning import queries, runs, schemas
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, location
from fulfillment.platform.later import Later

if TYPE_CHECKING:
    from fulfillment.planning.waves import decisions
else:
    decisions = Later("fulfillment.planning.waves.decisions")

routes = Room("planning", __name__, "Plans: computed jointly, looked at, applied")

PLANNER = frozenset({Role.PLANNER})


@routes.writes(
    "POST", "/plans", to=PLANNER, body=schemas.PlanIn, returns=schemas.PlanOut, status=202
)
def request_plan(body: dict[str, Any]) -> Any:
    """Queue a plan; a worker computes it, and applies it if `apply` says so."""
    plan = runs.request(**body)
    return plan, location("plans", plan.id)


@routes.lists("/plans", query=schemas.PlanQuery, item=schemas.PlanOut, row=schemas.PlanRow)
def list_plans(query: dict[str, Any]) -> Any:
    """List plans, oldest first."""
    return queries.plans(query)


@routes.reads("/plans/<uuid:plan_id>", returns=schemas.PlanOut)
def get_plan(plan_id: UUID) -> Any:
    """Read a plan: its status, progress, and what it found."""
    return runs.get(plan_id)


@routes.lists("/plans/<uuid:plan_id>/lines", query=schemas.PlanLineQuery, item=schemas.PlanLineOut)
def list_plan_lines(query: dict[str, Any], plan_id: UUID) -> Any:
    """List what a plan proposes, line by line."""
    return queries.lines(plan_id, query)


@routes.lists(
    "/plans/<uuid:plan_id>/prices", query=schemas.PlanPriceQuery, item=schemas.PlanPriceOut
)
def list_plan_prices(query: dict[str, Any], plan_id: UUID) -> Any:
    """List which stock and which capacity bind, and what one more unit is worth, dearest first."""
    return queries.prices(plan_id, query)


@routes.runs("/plans/<uuid:plan_id>/apply", to=PLANNER, returns=schemas.PlanOut)
def apply_plan(plan_id: UUID) -> Any:
    """Apply a ready plan through the gate; lines that lost their stock are reported."""
    return runs.apply(plan_id)


@routes.writes("POST", "/plans/<uuid:plan_id>/cancel", to=PLANNER, returns=schemas.PlanOut)
def cancel_plan(plan_id: UUID) -> Any:
    """Cancel a plan that is not applied."""
    return runs.cancel(plan_id)


# Of orders, but what a wave decided is known up here.
@routes.reads("/orders/<uuid:order_id>/decision", returns=schemas.DecisionOut)
def get_order_decision(order_id: UUID) -> Any:
    """Read why the order ships from where it does."""
    return decisions.explained(order_id)
