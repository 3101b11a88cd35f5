"""Economic order quantities: demand is steady and known, what matters is how much at a time.

Rates are per unit of time, costs in money: `fixed_cost` for each order, `holding_cost` for each
unit held through a unit of time. Source of all: Snyder and Shen, Fundamentals of Supply Chain
Theory (2nd edition, 2019), chapter 3; equations in the docstrings.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fulfillment.optimization.documents import Fault


@dataclass(frozen=True)
class Lot:
    """How much to order at a time, and what that costs per unit of time."""

    quantity: float
    cost: float


@dataclass(frozen=True)
class BackorderedLot:
    """A lot that is ordered late on purpose; a fraction of demand waits for it."""

    quantity: float
    stockout_fraction: float
    cost: float


@dataclass(frozen=True)
class DiscountedLot:
    """A lot, the price break that it earns (0 is the first), and its cost with the goods."""

    quantity: float
    region: int
    cost: float


def eoq(fixed_cost: float, holding_cost: float, demand_rate: float) -> Lot:
    """The lot that balances ordering and holding, without the price of the goods (eq. 3.4)."""
    cost = math.sqrt(2 * fixed_cost * demand_rate * holding_cost)
    return Lot(cost / holding_cost, cost)


def eoq_backorders(
    fixed_cost: float, holding_cost: float, stockout_cost: float, demand_rate: float
) -> BackorderedLot:
    """The same where demand may wait, at `stockout_cost` per unit and time (section 3.5)."""
    patience = stockout_cost / (holding_cost + stockout_cost)
    lot = eoq(fixed_cost, holding_cost * patience, demand_rate)
    return BackorderedLot(lot.quantity, 1 - patience, lot.cost)


def epq(fixed_cost: float, holding_cost: float, demand_rate: float, production_rate: float) -> Lot:
    """The same where a lot comes in at `production_rate` while it is sold (section 3.6)."""
    if production_rate <= demand_rate:
        raise Fault("production_rate", "must be above demand_rate")
    return eoq(fixed_cost, holding_cost * (1 - demand_rate / production_rate), demand_rate)


def eoq_all_units_discount(
    fixed_cost: float,
    holding_cost_rate: float,
    demand_rate: float,
    breakpoints: Sequence[float],
    unit_costs: Sequence[float],
) -> DiscountedLot:
    """The cheapest lot where one from a breakpoint on gets all its units cheaper (section 3.4.1).

    `holding_cost_rate` is the share of a unit's price that holding it costs. A region's cheapest
    lot is its own economic one, or the first lot of the region where that would be too small.
    """
    _check(breakpoints, unit_costs)
    lots = []
    for region, (least, price) in enumerate(zip(breakpoints, unit_costs, strict=True)):
        holding = holding_cost_rate * price
        quantity = max(eoq(fixed_cost, holding, demand_rate).quantity, least)
        if _inside(quantity, region, breakpoints):
            cost = price * demand_rate + _running(fixed_cost, holding, demand_rate, quantity)
            lots.append(DiscountedLot(quantity, region, cost))
    return min(lots, key=lambda lot: lot.cost)


def eoq_incremental_discount(
    fixed_cost: float,
    holding_cost_rate: float,
    demand_rate: float,
    breakpoints: Sequence[float],
    unit_costs: Sequence[float],
) -> DiscountedLot:
    """The cheapest lot where only the units beyond a breakpoint are cheaper (section 3.4.2).

    What the units before the breakpoint cost more is a fixed cost of every lot of the region.
    """
    _check(breakpoints, unit_costs)
    lots, extra = [], 0.0
    for region, (least, price) in enumerate(zip(breakpoints, unit_costs, strict=True)):
        extra += least * (unit_costs[region - 1] - price) if region else 0.0
        holding = holding_cost_rate * price
        quantity = eoq(fixed_cost + extra, holding, demand_rate).quantity
        if quantity >= least and _inside(quantity, region, breakpoints):
            goods = price * demand_rate + holding_cost_rate * extra / 2
            running = _running(fixed_cost + extra, holding, demand_rate, quantity)
            lots.append(DiscountedLot(quantity, region, goods + running))
    return min(lots, key=lambda lot: lot.cost)


def _running(fixed_cost: float, holding_cost: float, demand_rate: float, quantity: float) -> float:
    """What ordering and holding lots of this quantity cost per unit of time."""
    return fixed_cost * demand_rate / quantity + holding_cost * quantity / 2


def _inside(quantity: float, region: int, breakpoints: Sequence[float]) -> bool:
    return region + 1 == len(breakpoints) or quantity < breakpoints[region + 1]


def _check(breakpoints: Sequence[float], unit_costs: Sequence[float]) -> None:
    if breakpoints[0] != 0:
        raise Fault("breakpoints[0]", "must be 0, where the first price begins")
    for i in range(1, len(breakpoints)):
        if breakpoints[i] <= breakpoints[i - 1]:
            raise Fault(f"breakpoints[{i}]", "must be above the one before")
    if len(unit_costs) != len(breakpoints):
        raise Fault("unit_costs", "must be as many as the breakpoints")
    for i in range(1, len(unit_costs)):
        if unit_costs[i] > unit_costs[i - 1]:
            raise Fault(f"unit_costs[{i}]", "must be at most the one before")
