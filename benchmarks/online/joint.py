"""Orders decided together: a wave each day, and all of a cycle at once, which bounds them all."""

import time

import numpy as np

from benchmarks.online.replay import Outcome
from benchmarks.online.world import Cycle, Order, World
from fulfillment.optimization import allocation


def daily_wave(world: World, cycle: Cycle, seconds: float) -> Outcome:
    """Each day's orders wait for a wave in the evening."""
    stock, outcome = cycle.stock.copy(), Outcome()
    for day in range(int(np.ceil(cycle.days))):
        today = [order for order in cycle.orders if day <= order.at < day + 1]
        started = time.process_time()
        solution = allocation.solve(_problem(world, stock, today, seconds, gap=0.002))
        outcome.seconds += time.process_time() - started
        shipped = [np.zeros((stock.shape[1], order.sku.size), dtype=np.int64) for order in today]
        for a in solution.allocations:
            order = today[int(a.order)]
            line = int(np.flatnonzero(order.sku == int(a.sku))[0])
            shipped[int(a.order)][int(a.facility), line] += a.quantity
        for order, units in zip(today, shipped, strict=True):
            stock[order.sku] -= units.T
            outcome.add(world, order, units)
    return outcome


def clairvoyant(world: World, cycle: Cycle, seconds: float) -> float:
    """No policy costs less: the lower bound of a wave over all orders of the cycle."""
    problem = _problem(world, cycle.stock, cycle.orders, seconds, gap=0.0005)
    return allocation.solve(problem).lower_bound


def _problem(
    world: World, stock: np.ndarray, orders: list[Order], seconds: float, gap: float
) -> allocation.Problem:
    facilities = [f"{f:02d}" for f in range(stock.shape[1])]
    wanted = np.unique(np.concatenate([order.sku for order in orders])) if orders else []
    return allocation.Problem(
        facilities=tuple(allocation.Facility(code) for code in facilities),
        lanes=tuple(
            allocation.Lane(
                str(zone),
                code,
                float(world.shipment_cost[f, zone]),
                float(world.unit_cost[f, zone]),
            )
            for zone in sorted({order.zone for order in orders})
            for f, code in enumerate(facilities)
        ),
        stock=tuple(
            allocation.Stock(facilities[f], str(sku), int(stock[sku, f]))
            for sku in wanted
            for f in np.flatnonzero(stock[sku])
        ),
        orders=tuple(_order(i, order, world) for i, order in enumerate(orders)),
        items=tuple(allocation.Item(str(sku), float(world.weight[sku])) for sku in wanted),
        options=allocation.Options(seconds=seconds, gap=gap),
    )


def _order(index: int, order: Order, world: World) -> allocation.Order:
    pairs = zip(order.sku.tolist(), order.quantity.tolist(), strict=True)
    lines = tuple(allocation.Line(str(sku), quantity) for sku, quantity in pairs)
    return allocation.Order(str(index), str(order.zone), lines, unfilled_cost=world.unfilled_cost)
