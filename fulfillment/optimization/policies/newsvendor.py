"""One order for one season or period: what is over costs, and so does what is missing.

`holding_cost` is for each unit left over, `stockout_cost` for each unit short. Source: Snyder and
Shen, Fundamentals of Supply Chain Theory (2nd edition, 2019), section 4.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.documents import Fault
from fulfillment.optimization.policies import normal
from fulfillment.optimization.policies.demand import TIE, Chances, Demand
from fulfillment.optimization.policies.families import negative_binomial, poisson


@dataclass(frozen=True)
class BaseStock:
    """How much to have, and what that is expected to cost in a period."""

    order_up_to: float
    cost: float


@dataclass(frozen=True)
class Season:
    """How much to buy for a season, and what that is expected to earn."""

    order_up_to: float
    profit: float


def newsvendor_normal(
    holding_cost: float, stockout_cost: float, demand_mean: float, demand_sd: float
) -> BaseStock:
    """The best stock for normal demand (eq. 4.30, 4.37); without spread, the demand itself."""
    chance = stockout_cost / (holding_cost + stockout_cost)
    z = normal.quantile(chance)
    cost = (holding_cost + stockout_cost) * normal.density(z) * demand_sd
    return BaseStock(demand_mean + z * demand_sd, cost)


def newsvendor_normal_profit(
    revenue: float,
    purchase_cost: float,
    salvage_value: float,
    demand_mean: float,
    demand_sd: float,
) -> Season:
    """The same in prices: a unit sold earns its margin, one left over loses what it fetches less.

    All per unit: `revenue` when sold, `purchase_cost`, `salvage_value` of what is left over.
    """
    if revenue <= purchase_cost:
        raise Fault("revenue", "must be above purchase_cost")
    if salvage_value >= purchase_cost:
        raise Fault("salvage_value", "must be below purchase_cost")
    margin = revenue - purchase_cost
    stock = newsvendor_normal(purchase_cost - salvage_value, margin, demand_mean, demand_sd)
    return Season(stock.order_up_to, margin * demand_mean - stock.cost)


def newsvendor_poisson(holding_cost: float, stockout_cost: float, demand_mean: float) -> BaseStock:
    """The best stock for Poisson demand, in whole units."""
    return newsvendor(holding_cost, stockout_cost, poisson(demand_mean))


def newsvendor_negative_binomial(
    holding_cost: float, stockout_cost: float, demand_mean: float, demand_sd: float
) -> BaseStock:
    """The best stock for demand that varies more than Poisson, in whole units."""
    if demand_sd**2 <= demand_mean:
        raise Fault("demand_sd", "squared must be above demand_mean; otherwise take Poisson")
    demand = negative_binomial(demand_mean, demand_sd**2)
    return newsvendor(holding_cost, stockout_cost, demand)


def newsvendor_discrete(
    holding_cost: float, stockout_cost: float, demand_pmf: Mapping[float, float]
) -> BaseStock:
    """The best stock for demand of so much with such a chance; amounts need not be whole.

    The least amount with P(D <= S) of at least the critical ratio (eq. 4.6). Demand lies at a few
    amounts far apart, so the sums go over them and not over what is between.
    """
    ratio, reached = holding_cost / (holding_cost + stockout_cost), 1.0
    for amount in sorted(demand_pmf):
        reached -= demand_pmf[amount]
        if reached <= ratio * (1 + TIE):
            break
    cost = sum(
        chance * max(holding_cost * (amount - wanted), stockout_cost * (wanted - amount))
        for wanted, chance in demand_pmf.items()
    )
    return BaseStock(amount, cost)


def newsvendor(holding_cost: float, stockout_cost: float, demand: Demand) -> BaseStock:
    """The best stock for any demand in whole units; the least, if several are."""
    stock = demand.quantile(stockout_cost / (holding_cost + stockout_cost))
    cost = mismatch(holding_cost, stockout_cost, demand, stock)
    return BaseStock(stock, float(cost))


def mismatch(
    holding_cost: float, stockout_cost: float, demand: Demand, stock: int | NDArray[np.int64]
) -> Chances:
    """Expected cost of a stock against a demand: h E(stock - D)+ + p E(D - stock)+."""
    short = demand.short(stock)
    return holding_cost * (stock - demand.mean + short) + stockout_cost * short
