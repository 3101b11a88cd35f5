"""What a set of facilities ships and costs, and what no set can come below."""

import math

import numpy as np

from fulfillment.optimization.sourcing.candidates import Candidates, Indices
from fulfillment.optimization.sourcing.problem import Amounts, Quantities


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


def fixed_cost(order: Candidates, sets: Indices) -> Amounts:
    """What the shipments of each set cost: a group's as much as its dearest member's. [N]"""
    total: Amounts = order.lone_cost[sets].sum(axis=1)
    for shared in order.shared_costs:
        total += shared[sets].max(axis=1, initial=0.0)
    return total


def cost(order: Candidates, sets: Indices, units: Quantities) -> Amounts:
    """Cost of each set with its units shipped; infinite where it must be complete and is not."""
    total: Amounts = (units * order.unit_cost[sets.T]).sum(axis=(0, 2))
    total += fixed_cost(order, sets)
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


def cheapest_shipments(order: Candidates) -> list[float]:
    """The least that the shipments of 0, 1, .. C facilities cost.

    Of a group, j members cost at least its j-th smallest shipment cost; groups are added one
    by one, each by as many members as is cheapest.
    """
    lone = order.shipment_cost
    if order.groups:
        lone = np.delete(lone, np.concatenate(order.groups))
    best = [0.0, *np.sort(lone).cumsum().tolist()]
    for members in order.groups:
        best = _joined(best, [0.0, *np.sort(order.shipment_cost[members]).tolist()])
    return best


def _joined(best: list[float], group: list[float]) -> list[float]:
    most = len(best) + len(group) - 1
    return [
        min(best[k - j] + group[j] for j in range(len(group)) if 0 <= k - j < len(best))
        for k in range(most)
    ]


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
