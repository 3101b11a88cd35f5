"""The facilities that may appear in a best plan, and what each set of them costs."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.sourcing.problem import Amounts, Problem, Quantities

Indices = NDArray[np.intp]
# Comparing every pair of facilities line by line pays only while it fits the cache.
LARGEST_COMPARISON = 2_000_000


@dataclass(frozen=True, eq=False)
class Candidates:
    """An order's facilities after the useless ones are gone; C of them, L lines."""

    facility: Indices  # [C] index in the problem
    supply: Quantities  # [C, L] usable units, never above the quantity
    unit_cost: Amounts  # [C, L]
    shipment_cost: Amounts  # [C]
    distance_km: Amounts  # [C]
    quantity: Quantities  # [L]
    unfilled_cost: Amounts  # [L]
    ship_complete: bool


def candidates(problem: Problem) -> Candidates:
    """Keep the facilities that can serve a line; for a single plan, drop dominated ones."""
    supply = _usable(problem)
    keep = np.flatnonzero(supply.any(axis=1))
    if problem.options == 1 and 1 < keep.size**2 * problem.quantity.size <= LARGEST_COMPARISON:
        keep = keep[~_dominated(problem, supply, keep)]
    return Candidates(
        facility=keep,
        supply=supply[keep],
        unit_cost=problem.unit_cost[keep],
        shipment_cost=problem.shipment_cost[keep],
        distance_km=problem.distance_km[keep],
        quantity=problem.quantity,
        unfilled_cost=problem.unfilled_cost,
        ship_complete=problem.ship_complete,
    )


def _usable(problem: Problem) -> Quantities:
    supply = np.minimum(problem.stock, problem.quantity)
    if not problem.split_lines:
        supply = np.where(supply == problem.quantity, supply, 0)
    if not problem.ship_complete:
        supply = np.where(problem.unit_cost <= problem.unfilled_cost, supply, 0)
    return supply


def _dominated(problem: Problem, supply: Quantities, keep: Indices) -> NDArray[np.bool_]:
    """Which kept facilities another one replaces in every plan at no more cost. [C]"""
    unit, ship = problem.unit_cost[keep], problem.shipment_cost[keep]
    have = supply[keep]
    covers = (have == problem.quantity)[None, :, :] & (unit[None, :, :] <= unit[:, None, :])
    lines = (covers | (have == 0)[:, None, :]).all(axis=2)
    distance = problem.distance_km[keep]
    nearer = distance[None, :] < distance[:, None]
    nearer |= np.tri(keep.size, k=-1, dtype=bool) & (distance[None, :] == distance[:, None])
    # At the same shipment cost the plans may tie: then only the tie rule's choice may stay.
    cheaper = (ship[None, :] < ship[:, None]) | ((ship[None, :] == ship[:, None]) & nearer)
    dominated: NDArray[np.bool_] = (lines & cheaper).any(axis=1)
    return dominated


def shipped(order: Candidates, sets: Indices) -> Quantities:
    """Units each member ships when a set's facilities are open. [N, k] to [k, N, L]

    With its facilities given, each line stands alone and is filled from the cheapest member
    on; where lines may not split, a member has all of a line or none, so the first takes it.
    Members are in ascending order and the earlier one fills first at the same unit cost.
    """
    # Members lead the axes: k is small, and whole [N, L] blocks are fastest.
    supply, unit = order.supply[sets.T], order.unit_cost[sets.T]
    units = np.empty_like(supply)
    for member in range(sets.shape[1]):
        left = order.quantity
        for other in range(sets.shape[1]):
            if other != member:
                first = np.less_equal if other < member else np.less
                left = left - supply[other] * first(unit[other], unit[member])
        units[member] = np.minimum(np.maximum(left, 0), supply[member])
    return units


def cost(order: Candidates, sets: Indices, units: Quantities) -> Amounts:
    """Cost of each set with its units shipped; infinite where it must be complete and is not."""
    total: Amounts = (units * order.unit_cost[sets.T]).sum(axis=(0, 2))
    total += order.shipment_cost[sets].sum(axis=1)
    missing = order.quantity - units.sum(axis=0)
    if order.ship_complete:
        return np.where(missing.any(axis=1), math.inf, total)
    total += missing @ order.unfilled_cost
    return total


def floor(order: Candidates) -> float:
    """The cost of the lines alone if every facility were open: below that no plan comes."""
    cheapest = order.unit_cost.argsort(axis=0), np.arange(order.quantity.size)
    supply = order.supply[cheapest]
    taken = np.minimum(np.maximum(order.quantity - supply.cumsum(axis=0) + supply, 0), supply)
    missing = order.quantity - taken.sum(axis=0)
    if order.ship_complete and missing.any():
        return math.inf
    lines = (taken * order.unit_cost[cheapest]).sum()
    # Complete orders have nothing missing here: their unfilled cost cannot matter.
    return float(lines + missing @ order.unfilled_cost)


def fewest_shipments(order: Candidates) -> int:
    """No plan that ships complete uses fewer facilities than the neediest line does."""
    if not order.ship_complete or not order.facility.size:
        return 1
    reach = np.sort(order.supply, axis=0)[::-1].cumsum(axis=0)
    return int((reach < order.quantity).sum(axis=0).max()) + 1


def most_shipments(order: Candidates) -> int:
    """No plan uses more facilities than the lines do, were each filled from the smallest on.

    A facility that ships nothing is in no plan, and all but the last that fill a line ship all
    they have.
    """
    supply = np.sort(order.supply, axis=0)
    before = supply.cumsum(axis=0) - supply
    return min(int(((supply > 0) & (before < order.quantity)).sum()), order.facility.size)
