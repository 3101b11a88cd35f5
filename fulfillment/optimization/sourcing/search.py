"""Search facility sets by their size until no larger set can do better."""

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from fulfillment.optimization.sourcing.candidates import (
    Candidates,
    Indices,
    cost,
    fewest_shipments,
    floor,
    shipped,
)
from fulfillment.optimization.sourcing.problem import Amounts

# Set members times lines (times members again, which fill in turn) that one size may weigh:
# about 20 ms, the time in which a solver has only begun.
LARGEST_SIZE = 1_500_000
# Costs closer than this (relative, or absolute below one) are a tie: sums round differently.
TIE = 1e-9


@dataclass(frozen=True)
class Plan:
    """A set of candidates that all ship something, in ascending order."""

    cost: float
    members: tuple[int, ...]
    distance_km: float


@dataclass(frozen=True)
class Found:
    """The best plans, best first, and whether the search proved them."""

    plans: tuple[Plan, ...]
    lower_bound: float
    exact: bool


def search(order: Candidates, most: int, options: int) -> Found:
    """Weigh all sets of 1, 2, .. `most` facilities, as long as a size is small enough.

    A set of k costs at least the k smallest shipment costs plus the lines' floor, so sizes
    end where that bound cannot beat the plan that is the last one asked for.
    """
    least = floor(order)
    cheapest = [0.0, *np.sort(order.shipment_cost).cumsum().tolist()]
    plans = _nothing(order)
    for size in range(fewest_shipments(order), most + 1):
        cutoff = plans[options - 1].cost if len(plans) >= options else math.inf
        bound = least + cheapest[size]
        if bound >= cutoff - tie(cutoff):
            break
        members = _worth_opening(order, cutoff - least - cheapest[size - 1])
        if _work(members.size, size, order.quantity.size) > LARGEST_SIZE:
            return Found(plans, min(bound, _best(plans)), exact=False)
        plans = ranked(plans + _best_sets(order, members[_sets(members.size, size)], options))
        plans = plans[:options]
    return Found(plans, _best(plans), exact=True)


def ranked(plans: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """Sort by cost; at a tie fewer shipments, shorter total distance, lower facilities win."""
    if len(plans) < 2:
        return plans
    ordered = sorted(plans, key=lambda plan: plan.cost)
    levels = _levels(np.array([plan.cost for plan in ordered]))
    keyed = zip(levels.tolist(), ordered, strict=True)
    return tuple(plan for _, plan in sorted(keyed, key=lambda pair: _rank(*pair)))


def weigh(order: Candidates, members: tuple[int, ...]) -> tuple[Plan, ...]:
    """The plan of one set without the members that ship nothing; none if units must not miss."""
    sets = np.array([members], dtype=np.intp)
    used = sets[:, shipped(order, sets).any(axis=(1, 2))]
    total = float(cost(order, used, shipped(order, used))[0])
    plan = Plan(total, tuple(used[0].tolist()), _distance(order, used[0]))
    return (plan,) if math.isfinite(total) else ()


def distinct(plans: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """Each set of facilities once."""
    return tuple({plan.members: plan for plan in plans}.values())


def tie(cost: float) -> float:
    """The difference below which two costs are equal."""
    return TIE * max(1.0, abs(cost)) if math.isfinite(cost) else 0.0


def _rank(level: int, plan: Plan) -> tuple[int, int, float, tuple[int, ...]]:
    return level, len(plan.members), round(plan.distance_km, 6), plan.members


def _levels(costs: Amounts) -> Indices:
    """Number ascending costs so that ties share a number."""
    return (np.diff(costs, prepend=costs[:1]) > TIE * np.maximum(1.0, np.abs(costs))).cumsum()


def _nothing(order: Candidates) -> tuple[Plan, ...]:
    if order.ship_complete:
        return ()
    return (Plan(float(order.quantity @ order.unfilled_cost), (), 0.0),)


def _best(plans: tuple[Plan, ...]) -> float:
    return plans[0].cost if plans else math.inf


def _worth_opening(order: Candidates, budget: float) -> Indices:
    """Facilities whose shipment still fits the budget that the cheapest others leave."""
    return np.flatnonzero(order.shipment_cost <= budget + tie(budget))


def _work(facilities: int, size: int, lines: int) -> int:
    return math.comb(facilities, size) * size * size * lines


@lru_cache(maxsize=256)
def _sets(facilities: int, size: int) -> Indices:
    """All sets of `size` facilities in lexicographic order. [N, size]"""
    sets = np.array(list(combinations(range(facilities), size)), dtype=np.intp)
    return sets.reshape(-1, size)


def _best_sets(order: Candidates, sets: Indices, options: int) -> tuple[Plan, ...]:
    if not sets.size:
        return ()
    units = shipped(order, sets)
    costs = cost(order, sets, units)
    if options > 1:
        # A member that ships nothing makes it the plan of a smaller set, already weighed.
        costs = np.where(units.any(axis=2).all(axis=0), costs, math.inf)
    chosen = _lowest(order, sets, costs, options)
    return tuple(
        Plan(float(costs[row]), tuple(sets[row].tolist()), _distance(order, sets[row]))
        for row in chosen
    )


def _lowest(order: Candidates, sets: Indices, costs: Amounts, options: int) -> Indices:
    """Rows of the lowest costs with their ties resolved, infinite ones left out."""
    options = min(options, costs.size)
    last = np.partition(costs, options - 1)[options - 1] if options > 1 else costs.min()
    rows = np.flatnonzero((costs <= last + tie(float(last))) & np.isfinite(costs))
    if rows.size < 2:
        return rows
    rows = rows[costs[rows].argsort(kind="stable")]
    distance = order.distance_km[sets[rows]].sum(axis=1).round(6)
    return rows[np.lexsort((rows, distance, _levels(costs[rows])))][:options]


def _distance(order: Candidates, members: Indices) -> float:
    return float(order.distance_km[members].sum())
