"""(r, Q): watched all the time; at r or below, order Q.

An order costs `fixed_cost` and takes `lead_time`; `holding_cost` is per unit held and time;
`stockout_cost` per unit short and time, or, in the EIL rule, for each unit that was short. Demand
has its mean and deviation per unit of time. Source: Snyder and Shen, Fundamentals of Supply Chain
Theory (2nd edition, 2019), chapter 5.
"""

import math
from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.documents import Fault
from fulfillment.optimization.policies import normal
from fulfillment.optimization.policies.demand import Demand
from fulfillment.optimization.policies.economic import eoq, eoq_backorders
from fulfillment.optimization.policies.families import poisson
from fulfillment.optimization.policies.newsvendor import mismatch

PRECISE = 1e-13  # relative
MOST_ROUNDS = 100_000
FIRST_WIDTH = 64
WIDEST = 2**20


@dataclass(frozen=True)
class ReorderQuantity:
    """Order `quantity` when the position is at or below `reorder_point`; cost per unit of time."""

    reorder_point: float
    quantity: float
    cost: float


@dataclass(frozen=True)
class Continuous:
    """What an (r, Q) under normal demand costs: g(y) is the cost rate with y in the pipeline."""

    holding_cost: float
    stockout_cost: float
    mean: float
    sd: float

    def held(self, position: float) -> float:
        """g(y) = h E(y - D)+ + p E(D - y)+, with D the demand over the lead time."""
        short = normal.short(self.mean, self.sd, position)
        return self.holding_cost * (position - self.mean + short) + self.stockout_cost * short

    def held_between(self, low: float, high: float) -> float:
        """The integral of g from `low` to `high`."""
        middle = (low + high) / 2 - self.mean
        short = normal.short_from(self.mean, self.sd, low)
        short -= normal.short_from(self.mean, self.sd, high)
        both = self.holding_cost + self.stockout_cost
        return self.holding_cost * middle * (high - low) + both * short

    @property
    def best(self) -> float:
        """The position with the least g, the newsvendor's."""
        chance = self.stockout_cost / (self.holding_cost + self.stockout_cost)
        return self.mean + self.sd * normal.quantile(chance)


def over_lead_time(
    holding_cost: float, stockout_cost: float, mean: float, sd: float, lead_time: float
) -> Continuous:
    """Demand that is independent from one unit of time to the next, over a lead time."""
    return Continuous(holding_cost, stockout_cost, mean * lead_time, sd * math.sqrt(lead_time))


def rq_cost(
    holding_cost: float,
    stockout_cost: float,
    fixed_cost: float,
    demand_mean: float,
    demand_sd: float,
    lead_time: float,
    reorder_point: float,
    quantity: float,
) -> ReorderQuantity:
    """This (r, Q) with what it costs per unit of time under normal demand (eq. 5.7)."""
    lead = over_lead_time(holding_cost, stockout_cost, demand_mean, demand_sd, lead_time)
    held = lead.held_between(reorder_point, reorder_point + quantity)
    cost = (fixed_cost * demand_mean + held) / quantity
    return ReorderQuantity(reorder_point, quantity, cost)


def rq_eoqb(
    holding_cost: float,
    stockout_cost: float,
    fixed_cost: float,
    demand_mean: float,
    demand_sd: float,
    lead_time: float,
) -> ReorderQuantity:
    """Q as if demand were steady and could wait; r the best for that Q, g(r) = g(r + Q) (5.9)."""
    lot = eoq_backorders(fixed_cost, holding_cost, stockout_cost, demand_mean).quantity
    lead = over_lead_time(holding_cost, stockout_cost, demand_mean, demand_sd, lead_time)
    low, high = lead.best - lot, lead.best
    while low < (middle := (low + high) / 2) < high:
        if lead.held(middle) > lead.held(middle + lot):
            low = middle
        else:
            high = middle
    held = lead.held_between(high, high + lot)
    return ReorderQuantity(high, lot, (fixed_cost * demand_mean + held) / lot)


def rq_eoqss(
    holding_cost: float,
    stockout_cost: float,
    fixed_cost: float,
    demand_mean: float,
    demand_sd: float,
    lead_time: float,
) -> ReorderQuantity:
    """Q as if demand were steady; r the newsvendor's stock over the lead time (eq. 5.21)."""
    lot = eoq(fixed_cost, holding_cost, demand_mean).quantity
    lead = over_lead_time(holding_cost, stockout_cost, demand_mean, demand_sd, lead_time)
    held = lead.held_between(lead.best, lead.best + lot)
    return ReorderQuantity(lead.best, lot, (fixed_cost * demand_mean + held) / lot)


def rq_eil(
    holding_cost: float,
    stockout_cost: float,
    fixed_cost: float,
    demand_mean: float,
    demand_sd: float,
    lead_time: float,
) -> ReorderQuantity:
    """The expected-inventory-level rule: `stockout_cost` for each unit short (eq. 5.16 to 5.18).

    r leaves a stock-out as likely as Q h / (p times demand) allows; Q adds what is then short to
    the fixed cost; the two are settled in turns (algorithm 5.1).
    """
    mean, sd = demand_mean * lead_time, demand_sd * math.sqrt(lead_time)
    lot = eoq(fixed_cost, holding_cost, demand_mean).quantity
    for _ in range(MOST_ROUNDS):
        chance = lot * holding_cost / (stockout_cost * demand_mean)
        if chance >= 1:
            raise Fault("stockout_cost", "is too low for this rule: no stock would be worth it")
        z = -normal.quantile(chance)
        short = sd * normal.loss(z)
        before = lot
        lot = eoq(fixed_cost + stockout_cost * short, holding_cost, demand_mean).quantity
        if abs(lot - before) <= PRECISE * lot:
            break
    point = mean + z * sd
    held = holding_cost * (point - mean + lot / 2)
    orders = (fixed_cost + stockout_cost * short) * demand_mean / lot
    return ReorderQuantity(point, lot, held + orders)


def rq_exact_poisson(
    holding_cost: float,
    stockout_cost: float,
    fixed_cost: float,
    demand_mean: float,
    lead_time: float,
) -> ReorderQuantity:
    """The best (r, Q) for Poisson demand, in whole units."""
    lead = poisson(demand_mean * lead_time)
    return rq_exact(holding_cost, stockout_cost, fixed_cost, demand_mean, lead)


def rq_exact(
    holding_cost: float, stockout_cost: float, fixed_cost: float, demand_rate: float, lead: Demand
) -> ReorderQuantity:
    """The best (r, Q) for demand of single units, by Federgruen and Zheng (1992), OR 40.

    `lead` is the demand over the lead time. The position is equally often at each of r + 1 to
    r + Q, so the best Q positions are those with the Q least g, which lie side by side as g is
    convex; one more is worth having while its g is below the average cost so far.
    """
    best, width = lead.quantile(stockout_cost / (holding_cost + stockout_cost)), FIRST_WIDTH
    while width <= WIDEST:
        positions = np.arange(best - width, best + width + 1)
        held = mismatch(holding_cost, stockout_cost, lead, positions)
        order = np.argsort(held, kind="stable")
        lots = np.arange(1, held.size)
        costs = (fixed_cost * demand_rate + np.cumsum(held[order])[:-1]) / lots
        enough = np.flatnonzero(held[order[1:]] >= costs)
        if enough.size and held[order[enough[0]]] < min(held[0], held[-1]):
            lot = int(lots[enough[0]])
            point = int(positions[order[:lot]].min()) - 1
            return ReorderQuantity(point, lot, float(costs[enough[0]]))
        width *= 2
    raise ValueError(f"an order is for more than {WIDEST} units: count in cases")
