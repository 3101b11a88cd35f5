"""Plans of an order by their sets of facilities, and which of two is better."""

import math

import numpy as np
from msgspec import Struct

from fulfillment.optimization.sourcing.candidates import Candidates, Indices
from fulfillment.optimization.sourcing.problem import Amounts
from fulfillment.optimization.sourcing.sets import cost, shipped
from fulfillment.optimization.sourcing.stages import ranks

# Costs closer than this (relative, or absolute below one) are a tie: sums round differently.
TIE = 1e-9


class Plan(Struct, frozen=True):
    """A set of candidates that all ship something, ascending; `rank` is empty without stages."""

    cost: float
    members: tuple[int, ...]
    distance_km: float
    rank: tuple[float, ...] = ()


class Found(Struct, frozen=True):
    """The best plans, best first, and whether the search proved them."""

    plans: tuple[Plan, ...]
    lower_bound: float
    exact: bool

    @property
    def best(self) -> float:
        """The cost of the best plan, infinite without one."""
        return self.plans[0].cost if self.plans else math.inf


def ranked(plans: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """Sort by stages, or else by cost; at a tie fewer shipments, shorter total distance and
    lower facilities win.
    """
    if len(plans) < 2:
        return plans
    ordered = sorted(plans, key=lambda plan: plan.cost)
    levels = cost_levels(np.array([plan.cost for plan in ordered])).tolist()
    keyed = [(plan.rank or (level,), plan) for level, plan in zip(levels, ordered, strict=True)]
    return tuple(plan for _, plan in sorted(keyed, key=lambda pair: _place(*pair)))


def weigh(order: Candidates, members: tuple[int, ...]) -> tuple[Plan, ...]:
    """The plan of one set without the members that ship nothing; none if units must not miss."""
    sets = np.array([members], dtype=np.intp)
    used = sets[:, shipped(order, sets).any(axis=(1, 2))]
    units = shipped(order, used)
    costs = cost(order, used, units)
    figures = ranks(order, used, units, costs) if order.stages else None
    return plans_of(order, used, costs, figures) if math.isfinite(costs[0]) else ()


def plans_of(
    order: Candidates, sets: Indices, costs: Amounts, figures: Amounts | None = None
) -> tuple[Plan, ...]:
    """The plans of these sets, with the figures of their stages where there are any."""
    distances = order.distance_km[sets].sum(axis=1).tolist()
    members = map(tuple, sets.tolist())
    if figures is None:
        return tuple(map(Plan, costs.tolist(), members, distances))
    return tuple(map(Plan, costs.tolist(), members, distances, map(tuple, figures.tolist())))


def nothing(order: Candidates) -> tuple[Plan, ...]:
    """The plan that ships nothing, where an order need not be complete."""
    if order.ship_complete:
        return ()
    if order.stages:
        return weigh(order, ())
    return (Plan(float(order.quantity @ order.unfilled_cost), (), 0.0),)


def distinct(plans: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """Each set of facilities once."""
    return tuple({plan.members: plan for plan in plans}.values())


def cost_levels(costs: Amounts) -> Indices:
    """Number ascending costs so that ties share a number."""
    return (np.diff(costs, prepend=costs[:1]) > TIE * np.maximum(1.0, np.abs(costs))).cumsum()


def tie(cost: float) -> float:
    """The difference below which two costs are equal."""
    return TIE * max(1.0, abs(cost)) if math.isfinite(cost) else 0.0


def _place(rank: tuple[float, ...], plan: Plan) -> tuple[object, ...]:
    return rank, len(plan.members), round(plan.distance_km, 6), plan.members
