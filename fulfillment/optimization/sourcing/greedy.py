"""A plan within a millisecond or two: open what saves most, close what is not worth it."""

import math

import numpy as np

from fulfillment.optimization.sourcing.candidates import Candidates, Indices
from fulfillment.optimization.sourcing.problem import Amounts
from fulfillment.optimization.sourcing.sets import cost, fixed_cost, shipped


def cover(order: Candidates, most: int) -> tuple[int, ...]:
    """A good set of at most `most` facilities; it may still leave units missing."""
    members: tuple[int, ...] = ()
    best = math.inf
    while len(members) < most:
        rest = np.setdiff1d(np.arange(order.facility.size), members)
        sets = np.sort(np.column_stack([np.tile(members, (rest.size, 1)), rest]).astype(np.intp))
        costs = _penalised(order, sets)
        if not costs.size or costs.min() >= best:
            break
        best, members = float(costs.min()), tuple(sets[costs.argmin()].tolist())
    return _without_needless(order, members, best)


def _without_needless(order: Candidates, members: tuple[int, ...], best: float) -> tuple[int, ...]:
    while len(members) > 1:
        sets = np.array([[m for m in members if m != out] for out in members], dtype=np.intp)
        costs = _penalised(order, sets)
        if costs.min() > best:
            break
        best, members = float(costs.min()), tuple(sets[costs.argmin()].tolist())
    return members


def _penalised(order: Candidates, sets: Indices) -> Amounts:
    """Cost of each set; what a complete order misses costs more than any unit shipped. [N]"""
    units = shipped(order, sets)
    if not order.ship_complete and not order.stages:
        return cost(order, sets, units)
    penalty = 1.0 + order.shipment_cost.sum() + order.unit_cost.max()
    lines = (units * order.unit_cost[sets.T]).sum(axis=(0, 2))
    missing = (order.quantity - units.sum(axis=0)).sum(axis=1)
    total: Amounts = lines + fixed_cost(order, sets) + missing * penalty
    first = order.stages[0] if order.stages else None
    if first is not None:
        # The first rule goes before money, and units before the rule.
        total += (first[sets].sum(axis=1) + missing * (1 + first.sum())) * penalty
    return total
