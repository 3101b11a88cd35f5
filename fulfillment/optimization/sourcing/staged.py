"""Search facility sets where rules come before weights."""

import math

import numpy as np

from fulfillment.optimization.sourcing import search
from fulfillment.optimization.sourcing.candidates import Candidates, Indices
from fulfillment.optimization.sourcing.plans import Found, Plan, nothing, plans_of, ranked
from fulfillment.optimization.sourcing.sets import (
    cheapest_shipments,
    cost,
    fewest_shipments,
    floor,
    shipped,
)
from fulfillment.optimization.sourcing.stages import least_rank, ranks


def search_staged(order: Candidates, most: int, options: int) -> Found:
    """Weigh all sets of 1, 2, .. `most` facilities by their stages.

    No figure of a set of k is below the least one of k facilities: so sizes end where these
    least figures, compared in turn, cannot beat the plan that is the last one asked for.
    """
    least = floor(order)
    if math.isinf(least):
        return Found((), math.inf, exact=True)
    cheapest = cheapest_shipments(order)
    plans = nothing(order)
    for size in range(fewest_shipments(order), most + 1):
        last = plans[options - 1].rank if len(plans) >= options else (math.inf,)
        if least_rank(order, size, least + cheapest[size]) >= last:
            break
        members = _worth_opening(order, size, last)
        if search.too_many(members.size, size, order.quantity.size):
            # What it costs to keep the rules has no bound but that of the lines.
            best = plans[0].cost if plans else math.inf
            return Found(plans, min(least, best), exact=False)
        sets = members[search.all_sets(members.size, size)]
        plans = ranked(plans + _best_sets(order, sets, options))[:options]
    return Found(plans, plans[0].cost if plans else math.inf, exact=True)


def _worth_opening(order: Candidates, size: int, last: tuple[float, ...]) -> Indices:
    """Facilities that a set no worse than `last` at its first stage may have."""
    stage = order.stages[0]
    short = np.maximum(order.quantity - order.supply.sum(axis=0), 0).sum()
    if stage is None or short < last[0]:
        return np.arange(order.facility.size)
    return np.flatnonzero(stage + np.sort(stage)[: size - 1].sum() <= last[1])


def _best_sets(order: Candidates, sets: Indices, options: int) -> tuple[Plan, ...]:
    if not sets.size:
        return ()
    units = shipped(order, sets)
    costs = cost(order, sets, units)
    # A member that ships nothing makes it the plan of a smaller set, already weighed.
    rows = np.flatnonzero(units.any(axis=2).all(axis=0) & np.isfinite(costs))
    figures = ranks(order, sets[rows], units[:, rows], costs[rows])
    distance = order.distance_km[sets[rows]].sum(axis=1).round(6)
    turn = np.lexsort((rows, distance, *figures.T[::-1]))[:options]
    chosen = rows[turn]
    return plans_of(order, sets[chosen], costs[chosen], figures[turn])
