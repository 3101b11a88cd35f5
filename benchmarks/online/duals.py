"""Prices of stock from the Lagrangian dual of imagined future orders, renewed each day."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from benchmarks.online.world import Cycle, Order, World

ROUNDS = 30
PATIENCE = 4
LARGEST_ORDER = 6  # lines; the few larger imagined orders are left out


@dataclass(frozen=True, eq=False)
class Batch:
    """B orders of L lines each."""

    sku: np.ndarray  # [L, B]
    quantity: np.ndarray  # [L, B]
    shipment_cost: np.ndarray  # [B, F]
    line_cost: np.ndarray  # [L, B, F], infinite where there is no stock
    unfilled_cost: np.ndarray  # [L, B]


class Duals:
    """Mean prices over samples; each sample's own are where its next day's ascent starts."""

    def __init__(self, world: World, cycle: Cycle, samples: int) -> None:
        self.world = world
        self.futures = [cycle.future(np.random.default_rng(i)) for i in range(samples)]
        self.prices = [np.zeros(cycle.stock.shape) for _ in range(samples)]
        self.mean = np.zeros(cycle.stock.shape)
        self.day = -1

    def at(self, stock: np.ndarray, moment: float) -> np.ndarray:
        """The prices in force, renewed when a day begins. [S, F]"""
        if int(moment) != self.day:
            self.day = int(moment)
            for i, future in enumerate(self.futures):
                left = [order for order in future if order.at >= self.day]
                self.prices[i] = ascend(self.world, stock, left, self.prices[i])
            self.mean = np.mean(self.prices, axis=0)
        return self.mean


def ascend(world: World, stock: np.ndarray, orders: list[Order], start: np.ndarray) -> np.ndarray:
    """Raise prices of what is over-asked while the bound improves (Polyak's subgradient step)."""
    batches = _batches(world, stock, orders)
    best = prices = start * (stock > 0)
    bound, aim, step, since = -np.inf, np.inf, 1.0, 0
    for _ in range(ROUNDS):
        value, wanted = _ask(batches, prices)
        value -= float((prices * stock).sum())
        since += 1
        if value > bound:
            best, bound, since = prices, value, 0
        aim = 1.01 * bound
        if since > PATIENCE:
            step, since, prices = step / 2, 0, best
            continue
        slope = wanted - stock
        slope[(prices <= 0) & (slope < 0)] = 0
        square = float((slope**2).sum())
        if not square:
            break
        prices = np.maximum(prices + step * (aim - value) / square * slope, 0)
    return best


def _batches(world: World, stock: np.ndarray, orders: list[Order]) -> list[Batch]:
    by_lines = defaultdict(list)
    for order in orders:
        by_lines[order.sku.size].append(order)
    small = (same for lines, same in sorted(by_lines.items()) if lines <= LARGEST_ORDER)
    return [_batch(world, stock, same) for same in small]


def _batch(world: World, stock: np.ndarray, orders: list[Order]) -> Batch:
    sku = np.array([order.sku for order in orders]).T
    quantity = np.array([order.quantity for order in orders]).T
    zone = [order.zone for order in orders]
    lane = world.unit_cost[:, zone].T * (quantity * world.weight[sku])[:, :, None]
    return Batch(
        sku=sku,
        quantity=quantity,
        shipment_cost=world.shipment_cost[:, zone].T,
        line_cost=np.where(stock[sku] > 0, lane, np.inf),
        unfilled_cost=quantity * world.unfilled_cost,
    )


def _ask(batches: list[Batch], prices: np.ndarray) -> tuple[float, np.ndarray]:
    """The cost of all orders' best shipments at the prices, and the units they take. [S, F]"""
    wanted, total = np.zeros(prices.shape), 0.0
    for batch in batches:
        costs, facility = _best(batch, prices)
        total += float(costs.sum())
        taken = facility >= 0
        np.add.at(wanted, (batch.sku[taken], facility[taken]), batch.quantity[taken])
    return total, wanted


def _best(batch: Batch, prices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cost [B] and facility of each line (-1: unfilled) [L, B], by subsets of lines."""
    lines, size = batch.sku.shape
    line = batch.line_cost + batch.quantity[:, :, None] * prices[batch.sku]
    sums, cheapest, by = [batch.shipment_cost], [np.zeros(size)], [np.full(size, -1)]
    for subset in range(1, 1 << lines):
        sums.append(sums[subset & (subset - 1)] + line[(subset & -subset).bit_length() - 1])
        by.append(sums[subset].argmin(axis=1))
        cheapest.append(np.take_along_axis(sums[subset], by[subset][:, None], axis=1)[:, 0])
    best = [np.zeros(size)]
    chosen = [np.full((lines, size), -1)]
    for subset in range(1, 1 << lines):
        lowest = subset & -subset
        row = lowest.bit_length() - 1
        cost, where = best[subset ^ lowest] + batch.unfilled_cost[row], chosen[subset ^ lowest]
        rest = part = subset ^ lowest
        while True:
            together = part | lowest
            other = cheapest[together] + best[subset ^ together]
            members = np.array([together >> i & 1 for i in range(lines)], dtype=bool)[:, None]
            there = np.where(members, by[together], chosen[subset ^ together])
            better = other < cost
            cost, where = np.where(better, other, cost), np.where(better, there, where)
            if not part:
                break
            part = (part - 1) & rest
        best.append(cost)
        chosen.append(where)
    return best[-1], chosen[-1]
