"""From patterns and prices back to the words of the problem."""

import math
from collections.abc import Sequence

import numpy as np

from fulfillment.optimization.allocation.demand import Amounts, Pattern, Wave
from fulfillment.optimization.allocation.problem import (
    Allocation,
    CapacityPrice,
    Problem,
    StockPrice,
)
from fulfillment.optimization.allocation.single import shaped

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


def stock_prices(wave: Wave, prices: Amounts) -> tuple[StockPrice, ...]:
    """The scarce SKUs by facility: those whose price is above zero."""
    price = shaped(wave, prices).stock
    return tuple(
        StockPrice(wave.facilities[f], wave.skus[sku], round(float(price[sku, f]), 6))
        for sku, f in np.argwhere(price > SMALLEST_PRICE)
    )


def capacity_prices(wave: Wave, prices: Amounts) -> tuple[CapacityPrice, ...]:
    """The price of each facility that has a limit."""
    shape = shaped(wave, prices)
    return tuple(
        CapacityPrice(code, round(float(shape.units[f]), 6), round(float(shape.shipments[f]), 6))
        for f, code in enumerate(wave.facilities)
        if math.isfinite(wave.capacity_units[f]) or math.isfinite(wave.capacity_shipments[f])
    )
