"""From patterns and prices back to the words of the problem."""

import math
from collections.abc import Sequence

import numpy as np

from fulfillment.optimization.allocation.demand import Pattern, Wave
from fulfillment.optimization.allocation.problem import (
    Allocation,
    CapacityPrice,
    Problem,
    StockPrice,
)
from fulfillment.optimization.allocation.single import Prices

# What is below comes from the solver's rounding.
SMALLEST_PRICE = 1e-6


def allocations(
    problem: Problem, wave: Wave, patterns: Sequence[Pattern]
) -> tuple[Allocation, ...]:
    """What every order gets, in the order of the problem."""
    return tuple(
        Allocation(problem.orders[p.order].id, wave.facilities[f], wave.skus[sku], quantity)
        for p in patterns
        for sku, f, quantity in p.takes
    )


def stock_prices(wave: Wave, prices: Prices) -> tuple[StockPrice, ...]:
    """The scarce SKUs by facility: those whose price is above zero."""
    return tuple(
        StockPrice(wave.facilities[f], wave.skus[sku], round(float(prices.stock[sku, f]), 6))
        for sku, f in np.argwhere(prices.stock > SMALLEST_PRICE)
    )


def capacity_prices(wave: Wave, prices: Prices) -> tuple[CapacityPrice, ...]:
    """The price of each facility that has a limit."""
    return tuple(
        CapacityPrice(code, round(float(prices.units[f]), 6), round(float(prices.shipments[f]), 6))
        for f, code in enumerate(wave.facilities)
        if math.isfinite(wave.capacity_units[f]) or math.isfinite(wave.capacity_shipments[f])
    )
