"""Replay a cycle's orders in time order against its stock, by one policy."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.online.world import Cycle, Order, World
from fulfillment.optimization import sourcing

Choose = Callable[[np.ndarray, Order], np.ndarray]
"""From the stock [S, F] and an order of L lines to the units that each facility ships [F, L]."""
Prices = Callable[[np.ndarray, Order], np.ndarray]
"""From the stock [S, F] and an order of L lines to the prices of their units [L, F]."""


@dataclass
class Outcome:
    """What a cycle's decisions come to."""

    orders: int = 0
    cost: float = 0.0
    shipments: int = 0
    split_orders: int = 0
    distance_km: float = 0.0
    unfilled: int = 0
    seconds: float = 0.0  # of CPU, in decisions alone

    def add(self, world: World, order: Order, units: np.ndarray) -> None:
        """Count an order that ships `units` [F, L]."""
        used = np.flatnonzero(units.any(axis=1))
        missing = int(order.quantity.sum() - units.sum())
        weights = units @ world.weight[order.sku]
        self.orders += 1
        self.cost += float(
            world.shipment_cost[used, order.zone].sum()
            + weights @ world.unit_cost[:, order.zone]
            + missing * world.unfilled_cost
        )
        self.shipments += used.size
        self.split_orders += used.size > 1
        self.distance_km += float(world.distance_km[used, order.zone].sum())
        self.unfilled += missing


def replay(world: World, cycle: Cycle, choose: Choose) -> Outcome:
    """Decide order by order; what is shipped is gone."""
    stock, outcome = cycle.stock.copy(), Outcome()
    for order in cycle.orders:
        started = time.process_time()
        units = choose(stock, order)
        outcome.seconds += time.process_time() - started
        stock[order.sku] -= units.T
        outcome.add(world, order, units)
    assert stock.min() >= 0
    return outcome


def nearest_first(world: World) -> Choose:
    """Each line from the nearest facility that has all of it, else from one after the other."""

    def choose(stock: np.ndarray, order: Order) -> np.ndarray:
        distance = world.distance_km[:, order.zone]
        units = np.zeros((distance.size, order.sku.size), dtype=np.int64)
        for line, (sku, quantity) in enumerate(zip(order.sku, order.quantity, strict=True)):
            held = stock[sku]
            whole = np.flatnonzero(held >= quantity)
            turn = whole[[distance[whole].argmin()]] if whole.size else distance.argsort()
            before = held[turn].cumsum() - held[turn]
            units[turn, line] = np.clip(quantity - before, 0, held[turn])
        return units

    return choose


def at_prices(world: World, prices: Prices) -> Choose:
    """The exact kernel, with the price of each unit added to its cost."""

    def choose(stock: np.ndarray, order: Order) -> np.ndarray:
        price = prices(stock, order)
        lane = world.unit_cost[:, order.zone, None] * world.weight[order.sku]
        problem = sourcing.Problem(
            quantity=order.quantity,
            stock=np.ascontiguousarray(stock[order.sku].T),
            shipment_cost=world.shipment_cost[:, order.zone],
            unit_cost=lane + price.T,
            # A price says where to ship from, never that nothing is shipped.
            unfilled_cost=world.unfilled_cost + price.max(axis=1),
            distance_km=world.distance_km[:, order.zone],
        )
        return sourcing.solve(problem).options[0].shipped

    return choose
