"""(s, S): reviewed every period; at s or below, order up to S.

An order costs `fixed_cost`; each unit held at a period's end `holding_cost`, each unit short
`stockout_cost`; what is short is delivered later. Costs are per period.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.policies.demand import Chances, Demand, convolution
from fulfillment.optimization.policies.economic import eoq
from fulfillment.optimization.policies.families import poisson, tabulated
from fulfillment.optimization.policies.newsvendor import mismatch

Whole = NDArray[np.int64]

NOISE = 1e-12  # relative; costs that differ by less are the same
FIRST_GAP = 64
WIDEST_GAP = 2**20
TOO_FAR = f"an order is for more than {WIDEST_GAP} units: count in cases"


@dataclass(frozen=True)
class ReorderUpTo:
    """Order up to `order_up_to` when the position is at or below `reorder_point`."""

    reorder_point: int
    order_up_to: int
    cost: float


@dataclass(frozen=True)
class ApproximateReorderUpTo:
    """The same by rule, in fractions of units."""

    reorder_point: float
    order_up_to: float


def ss_exact_poisson(
    holding_cost: float, stockout_cost: float, fixed_cost: float, demand_mean: float
) -> ReorderUpTo:
    """The best (s, S) for Poisson demand that is delivered at once."""
    demand = poisson(demand_mean)
    return ss_exact(holding_cost, stockout_cost, fixed_cost, demand, demand)


def ss_exact_discrete(
    holding_cost: float,
    stockout_cost: float,
    fixed_cost: float,
    demand_pmf: Mapping[int, float],
) -> ReorderUpTo:
    """The best (s, S) for demand of so many units with such a chance, delivered at once."""
    demand = tabulated(demand_pmf)
    return ss_exact(holding_cost, stockout_cost, fixed_cost, demand, demand)


def ss_exact(
    holding_cost: float,
    stockout_cost: float,
    fixed_cost: float,
    period: Demand,
    protected: Demand,
) -> ReorderUpTo:
    """The best (s, S), after Zheng and Federgruen (1991), Operations Research 39.

    `period` is the demand between two reviews, `protected` that over lead time and review. Their
    lemma: with s the best for S, another S' has a better s of its own if and only if c(s, S') is
    below c(s, S). So the two take turns, and where neither finds anything better nothing is. Any S
    that is not below the least of G may be the first.
    """
    if period.most == 0:
        raise ValueError("an (s, S) is for SKUs with demand")
    costs = _Costs(holding_cost, stockout_cost, fixed_cost, period, protected)
    patience = stockout_cost / (holding_cost + stockout_cost)
    lot = eoq(fixed_cost, holding_cost * patience, period.mean).quantity
    found = costs.best_for(protected.quantile(patience) + min(math.ceil(lot), WIDEST_GAP))
    best = None
    while best is None or found.cost < best.cost * (1 - NOISE):
        best = found
        found = costs.best_for(costs.best_above(best))
    return best


@dataclass(frozen=True)
class _Costs:
    """c(s, S): what an (s, S) costs per period, for many of them at once.

    G(y) is what a period costs that begins with y units in stock and on order, and m(i) how often
    a cycle begins a period i units below S: c = (K + sum of m(i) G(S - i)) / sum of m(i).
    """

    holding_cost: float
    stockout_cost: float
    fixed_cost: float
    period: Demand
    protected: Demand

    def held(self, positions: Whole) -> Chances:
        return mismatch(self.holding_cost, self.stockout_cost, self.protected, positions)

    def best_for(self, order_up_to: int) -> ReorderUpTo:
        """The first s, from S down, with c(s, S) at most G(s): c falls that far, and then rises.

        The costs themselves do not tell: beyond a demand's usual reach they differ by rounding.
        """
        gap = FIRST_GAP
        while gap <= WIDEST_GAP:
            visits = renewals(self.period, gap)
            held = self.held(order_up_to - np.arange(gap + 1))
            costs = (self.fixed_cost + np.cumsum(visits * held[:-1])) / np.cumsum(visits)
            enough = np.flatnonzero(costs <= held[1:] * (1 + NOISE))
            if enough.size:
                low = order_up_to - int(enough[0]) - 1
                return ReorderUpTo(low, order_up_to, float(costs[enough[0]]))
            gap *= 2
        raise ValueError(TOO_FAR)

    def best_above(self, policy: ReorderUpTo) -> int:
        """The least of the best S for this reorder point; G(S) is below c wherever c is best."""
        low, room = policy.reorder_point, policy.cost / self.holding_cost
        if room > WIDEST_GAP:
            raise ValueError(TOO_FAR)
        gap = max(math.ceil(room + self.protected.mean) - low, policy.order_up_to - low)
        visits = renewals(self.period, gap)
        spent = convolution(visits, self.held(low + 1 + np.arange(gap)))[:gap]
        costs = (self.fixed_cost + spent) / np.cumsum(visits)
        return low + 1 + int(np.argmin(costs))


def renewals(period: Demand, size: int) -> Chances:
    """How many periods of a cycle begin i units below S, for i below `size`.

    m(i) = [i = 0] + sum over j of P(D = j) m(i - j), which counts the period after the order: as
    power series, m = 1 / (1 - P), by Newton's steps, each of which doubles the right terms.
    """
    series = np.zeros(size)
    inside = period.chances[: max(size - period.start, 0)]
    series[period.start : period.start + inside.size] = -inside
    series[0] += 1
    visits = np.array([1 / series[0]])
    while visits.size < size:
        reach = min(2 * visits.size, size)
        amiss = convolution(visits, series[:reach])[visits.size : reach]
        visits = np.append(visits, -convolution(visits, amiss)[: amiss.size])
    return np.asarray(np.maximum(visits, 0.0))


def ss_power_approximation(
    holding_cost: float,
    stockout_cost: float,
    fixed_cost: float,
    demand_mean: float,
    demand_sd: float,
) -> ApproximateReorderUpTo:
    """Near the best (s, S) by a fitted rule (Ehrhardt and Mosier 1984, Management Science 30).

    Deliveries come at once; demand has a mean and a deviation above 0. In fractions of units.
    """
    spread = (1 + demand_sd**2 / demand_mean**2) ** 0.116
    lot = 1.3 * demand_mean**0.494 * (fixed_cost / holding_cost) ** 0.506 * spread
    z = math.sqrt(lot * holding_cost / (demand_sd * stockout_cost))
    low = 0.973 * demand_mean + demand_sd * (0.183 / z + 1.063 - 2.192 * z)
    return ApproximateReorderUpTo(low, low + lot)
