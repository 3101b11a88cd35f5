"""Search facility sets by their size until no larger set can do better."""

import math
from functools import lru_cache
from itertools import combinations

import numpy as np

from fulfillment.optimization.sourcing.candidates import Candidates, Indices
from fulfillment.optimization.sourcing.plans import (
    Found,
    Plan,
    cost_levels,
    nothing,
    plans_of,
    ranked,
    tie,
)
from fulfillment.optimization.sourcing.problem import Amounts
from fulfillment.optimization.sourcing.sets import (
    cheapest_shipments,
    cost,
    fewest_shipments,
    floor,
    shipped,
)

# Set members times lines (times members again, which fill in turn) that one size may weigh:
# about 20 ms, the time in which a solver has only begun.
LARGEST_SIZE = 1_500_000


def search(order: Candidates, most: int, options: int) -> Found:
    """Weigh all sets of 1, 2, .. `most` facilities, as long as a size is small enough.

    A set of k costs at least the least that k shipments cost plus the lines' floor, so sizes
    end where that bound cannot beat the plan that is the last one asked for.
    """
    least = floor(order)
    cheapest = cheapest_shipments(order)
    plans = nothing(order)
    for size in range(fewest_shipments(order), most + 1):
        cutoff = plans[options - 1].cost if len(plans) >= options else math.inf
        bound = least + cheapest[size]
        if bound >= cutoff - tie(cutoff):
            break
        members = _worth_opening(order, size, cutoff - least, cheapest)
        if too_many(members.size, size, order.quantity.size):
            best = plans[0].cost if plans else math.inf
            return Found(plans, min(bound, best), exact=False)
        plans = ranked(plans + _best_sets(order, members[all_sets(members.size, size)], options))
        plans = plans[:options]
    return Found(plans, plans[0].cost if plans else math.inf, exact=True)


def too_many(facilities: int, size: int, lines: int) -> bool:
    """Whether weighing all sets of this size takes longer than a solver."""
    return math.comb(facilities, size) * size * size * lines > LARGEST_SIZE


@lru_cache(maxsize=256)
def all_sets(facilities: int, size: int) -> Indices:
    """All sets of `size` facilities in lexicographic order. [N, size]"""
    sets = np.array(list(combinations(range(facilities), size)), dtype=np.intp)
    return sets.reshape(-1, size)


def _worth_opening(order: Candidates, size: int, budget: float, cheapest: list[float]) -> Indices:
    """Facilities whose shipment still fits the budget that the cheapest others leave."""
    # Beside a member of a group, the others of it may cost nothing.
    free = max((members.size for members in order.groups), default=1)
    budget -= cheapest[max(size - free, 0)]
    return np.flatnonzero(order.shipment_cost <= budget + tie(budget))


def _best_sets(order: Candidates, sets: Indices, options: int) -> tuple[Plan, ...]:
    if not sets.size:
        return ()
    units = shipped(order, sets)
    costs = cost(order, sets, units)
    if options > 1:
        # A member that ships nothing makes it the plan of a smaller set, already weighed.
        costs = np.where(units.any(axis=2).all(axis=0), costs, math.inf)
    chosen = _lowest(order, sets, costs, options)
    return plans_of(order, sets[chosen], costs[chosen])


def _lowest(order: Candidates, sets: Indices, costs: Amounts, options: int) -> Indices:
    """Rows of the lowest costs with their ties resolved, infinite ones left out."""
    options = min(options, costs.size)
    last = np.partition(costs, options - 1)[options - 1] if options > 1 else costs.min()
    rows = np.flatnonzero((costs <= last + tie(float(last))) & np.isfinite(costs))
    if rows.size < 2:
        return rows
    rows = rows[costs[rows].argsort(kind="stable")]
    distance = order.distance_km[sets[rows]].sum(axis=1).round(6)
    return rows[np.lexsort((rows, distance, cost_levels(costs[rows])))][:options]
