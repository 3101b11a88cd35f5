"""Every order's best pattern at given prices, and the lower bound that this proves."""

from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.allocation.batches import MOST_LINES, Batch, assign, batches, is_plain
from fulfillment.optimization.allocation.demand import (
    Amounts,
    Demand,
    Indices,
    Pattern,
    Quantities,
    Wave,
    pattern,
)
from fulfillment.optimization.allocation.single import Prices, best


@dataclass(frozen=True, eq=False)
class Oracle:
    """The wave's orders, in batches or one by one.

    `known` remembers the pattern of each assignment already met.
    """

    wave: Wave
    batches: tuple[Batch, ...]
    singles: tuple[Demand, ...]
    known: dict[tuple[int, bytes], Pattern]


@dataclass(frozen=True, eq=False)
class Answer:
    """The best pattern of each order with its cost at the prices, and the bound."""

    patterns: list[Pattern]
    cost: Amounts
    lower_bound: float


def exact(wave: Wave) -> Oracle:
    """Plain orders in batches, the few others one by one."""
    return _oracle(wave, [is_plain(wave, demand) for demand in wave.demands])


def quick(wave: Wave) -> Oracle:
    """All but the largest orders in batches: still a bound, but not all its patterns fit."""
    return _oracle(wave, [demand.quantity.size <= MOST_LINES for demand in wave.demands])


def _oracle(wave: Wave, batched: list[bool]) -> Oracle:
    together = [demand for demand, batch in zip(wave.demands, batched, strict=True) if batch]
    singles = [demand for demand, batch in zip(wave.demands, batched, strict=True) if not batch]
    return Oracle(wave, tuple(batches(wave, together)), tuple(singles), {})


def ask(oracle: Oracle, prices: Prices) -> Answer:
    """Price every order.

    Lagrangian bound: any prices of the limits give sum of the orders' best costs with prices,
    minus what the limits are worth (Geoffrion 1974, section 2).
    """
    chosen: dict[int, Pattern] = {}
    cost = np.zeros(len(oracle.wave.demands))
    slack = 0.0
    for batch in oracle.batches:
        assignment, values = assign(batch, prices)
        cost[batch.order] = values
        for row, order in enumerate(batch.order.tolist()):
            chosen[order] = _remember(oracle, order, assignment[row])
    for demand in oracle.singles:
        choice = best(oracle.wave, demand, oracle.wave.stock[demand.sku], prices)
        cost[demand.order] = choice.cost
        slack += choice.cost - choice.lower_bound
        chosen[demand.order] = pattern(demand, choice.units)
    patterns = [chosen[order] for order in range(len(oracle.wave.demands))]
    return Answer(patterns, cost, float(cost.sum()) - slack - prices.value(oracle.wave))


def _remember(oracle: Oracle, order: int, facilities: Indices) -> Pattern:
    key = order, facilities.tobytes()
    if key not in oracle.known:
        oracle.known[key] = pattern(
            demand := oracle.wave.demands[order], _units(demand, facilities)
        )
    return oracle.known[key]


def _units(demand: Demand, facilities: Indices) -> Quantities:
    units = np.zeros((demand.shipment_cost.size, demand.quantity.size), dtype=np.int64)
    served = np.flatnonzero(facilities >= 0)
    units[facilities[served], served] = demand.quantity[served]
    return units
