"""One order of the wave by the sourcing kernel, at given prices and what stock is left."""

import math
from dataclasses import dataclass

import numpy as np

from fulfillment.optimization import sourcing
from fulfillment.optimization.allocation.demand import (
    Amounts,
    Demand,
    Pattern,
    Quantities,
    Wave,
)


@dataclass(frozen=True, eq=False)
class Prices:
    """What taking one unit of stock, of unit capacity, of shipment capacity costs others."""

    stock: Amounts  # [S, F]
    units: Amounts  # [F]
    shipments: Amounts  # [F]


@dataclass(frozen=True, eq=False)
class Choice:
    """The units [F, L] of an order's best plan, its cost with prices and a bound on that."""

    units: Quantities
    cost: float
    lower_bound: float


def shaped(wave: Wave, prices: Amounts) -> Prices:
    """The vector of prices, by what they are for."""
    at = wave.stock.size
    stock, units, shipments = np.split(prices, [at, at + len(wave.facilities)])
    return Prices(stock.reshape(wave.stock.shape), units, shipments)


def worth(pattern: Pattern, prices: Prices) -> float:
    """The pattern's cost with what it takes at the prices."""
    taken = sum(n * (prices.stock[sku, f] + prices.units[f]) for sku, f, n in pattern.takes)
    boxes = sum(prices.shipments[f] for f in pattern.facilities)
    return float(pattern.cost + taken + boxes)


def best(wave: Wave, demand: Demand, stock: Quantities, prices: Prices) -> Choice:
    """The order's cheapest plan from `stock` [L, F], prices included; perhaps to ship nothing.

    Capacities count by their prices only.
    """
    if demand.quantity.size == 1 and demand.quantity[0] == 1:
        return _one_unit(demand, stock, prices)
    usable = np.flatnonzero(np.isfinite(demand.shipment_cost) & stock.any(axis=0))
    unit = np.outer(demand.lane_cost[usable], demand.weight)
    unit += prices.stock[demand.sku][:, usable].T + prices.units[usable, None]
    solution = sourcing.solve(
        sourcing.Problem(
            quantity=demand.quantity,
            stock=stock[:, usable].T,
            shipment_cost=demand.shipment_cost[usable] + prices.shipments[usable],
            unit_cost=unit,
            unfilled_cost=np.full(demand.quantity.size, demand.unfilled_cost),
            distance_km=np.zeros(usable.size),
            max_shipments=demand.max_shipments,
            ship_complete=demand.ship_complete,
            split_lines=wave.split_lines,
            group=wave.group[usable] if wave.has_groups else None,
        )
    )
    units = np.zeros((demand.shipment_cost.size, demand.quantity.size), dtype=np.int64)
    nothing = float(demand.quantity.sum() * demand.unfilled_cost)
    cost = solution.options[0].cost if solution.options else math.inf
    # An order that must ship complete may also wait.
    if nothing < cost:
        return Choice(units, nothing, min(nothing, solution.lower_bound))
    units[usable] = solution.options[0].shipped
    return Choice(units, cost, solution.lower_bound)


def _one_unit(demand: Demand, stock: Quantities, prices: Prices) -> Choice:
    """The same for the most frequent order, which needs no search."""
    cost = demand.shipment_cost + prices.shipments + demand.lane_cost * demand.weight[0]
    cost += prices.stock[demand.sku[0]] + prices.units
    cost[stock[0] < 1] = math.inf
    units = np.zeros((cost.size, 1), dtype=np.int64)
    facility = int(cost.argmin()) if demand.max_shipments != 0 and cost.size else None
    if facility is None or demand.unfilled_cost < cost[facility]:
        return Choice(units, demand.unfilled_cost, demand.unfilled_cost)
    units[facility] = 1
    return Choice(units, float(cost[facility]), float(cost[facility]))
