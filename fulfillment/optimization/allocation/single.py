"""One order of the wave by the sourcing kernel, at given prices and what stock is left."""

import math
from dataclasses import dataclass

import numpy as np

from fulfillment.optimization import sourcing
from fulfillment.optimization.allocation.demand import Amounts, Demand, Quantities, Wave


@dataclass(frozen=True, eq=False)
class Prices:
    """What taking one unit of stock, of unit capacity, of shipment capacity costs others."""

    stock: Amounts  # [S, F]
    units: Amounts  # [F]
    shipments: Amounts  # [F]

    def value(self, wave: Wave) -> float:
        """What all limits together are worth at these prices."""
        limited = [
            (self.stock, wave.stock),
            (self.units, wave.capacity_units),
            (self.shipments, wave.capacity_shipments),
        ]
        return float(sum((p[p > 0] * limit[p > 0]).sum() for p, limit in limited))


@dataclass(frozen=True, eq=False)
class Choice:
    """The units [F, L] of an order's best plan, its cost with prices and a bound on that."""

    units: Quantities
    cost: float
    lower_bound: float


def no_prices(wave: Wave) -> Prices:
    """Every limit for free."""
    facilities = np.zeros(len(wave.facilities))
    return Prices(np.zeros(wave.stock.shape), facilities, facilities)


def best(wave: Wave, demand: Demand, stock: Quantities, prices: Prices) -> Choice:
    """The order's cheapest plan from `stock` [L, F], prices included; perhaps to ship nothing.

    Capacities count by their prices only.
    """
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
