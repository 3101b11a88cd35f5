"""A plan within a millisecond or two: open what saves most, close what is not worth it."""

import math

import numpy as np

from fulfillment.optimization.sourcing.candidates import Candidates, Indices, cost, shipped
from fulfillment.optimization.sourcing.problem import Amounts


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
    if not order.ship_complete:
        return cost(order, sets, units)
    penalty = 1.0 + order.shipment_cost.sum() + order.unit_cost.max()
    lines = (units * order.unit_cost[sets.T]).sum(axis=(0, 2))
    missing = (order.quantity - units.sum(axis=0)).sum(axis=1)
    total: Amounts = lines + order.shipment_cost[sets].sum(axis=1) + missing * penalty
    return total
