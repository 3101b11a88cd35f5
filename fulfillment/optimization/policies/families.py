"""Distributions of demand for movers of any kind: Poisson, overdispersed, normal, as observed."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.policies.demand import (
    NEGLIGIBLE,
    WIDEST,
    Chances,
    Demand,
    check_width,
    trimmed,
)
from fulfillment.optimization.policies.normal import above

FIRST_GUESS = 64  # terms of a tail
FARTHEST = 9  # standard deviations; a normal variable is beyond with a chance of 1e-19


def certain(units: int) -> Demand:
    """Demand of exactly so many units."""
    return Demand(np.ones(1), units)


def poisson(mean: float) -> Demand:
    """Poisson demand; a mean of 0 is no demand at all."""
    if mean == 0:
        return certain(0)
    return _from_ratios(mean, mean, lambda k: mean / (k + 1))


def negative_binomial(mean: float, variance: float) -> Demand:
    """Demand that varies more than Poisson: `variance` above `mean`, `mean` above 0."""
    if not 0 < mean < variance:
        raise ValueError("a negative binomial's variance is above its mean, and that above 0")
    size, tail = mean**2 / (variance - mean), 1 - mean / variance
    return _from_ratios(mean, variance, lambda k: tail * (k + size) / (k + 1))


def rounded_normal(mean: float, sd: float) -> Demand:
    """Normal demand to the nearest whole unit; what would be negative is no demand."""
    if sd == 0:
        return certain(round(mean))
    first, last = max(round(mean - FARTHEST * sd), 0), max(round(mean + FARTHEST * sd), 0)
    check_width(last - first)
    edges = (np.arange(first, last) + 0.5 - mean) / sd
    exceeding = np.array([1.0, *(above(z) for z in edges.tolist()), 0.0])
    return trimmed(exceeding[:-1] - exceeding[1:], first)


def observed(units: Sequence[int] | NDArray[np.int64]) -> Demand:
    """Demand as often as it was seen or drawn: a history of periods, or a bootstrap's draws."""
    counts = np.asarray(units, dtype=np.int64)
    if counts.size == 0 or counts.min() < 0:
        raise ValueError("observed demand has at least one value, none below 0")
    check_width(int(counts.max() - counts.min()))
    times = np.bincount(counts.ravel() - counts.min())
    return Demand(times / counts.size, int(counts.min()))


def tabulated(chances: Mapping[int, float]) -> Demand:
    """Demand of so many units with such a chance; the chances sum to 1."""
    least, most = min(chances), max(chances)
    check_width(most - least)
    table = np.zeros(most - least + 1)
    for units, chance in chances.items():
        table[units - least] = chance
    return Demand(table, least)


def _from_ratios(mean: float, variance: float, ratio: Callable[[Chances], Chances]) -> Demand:
    """The distribution with P(k + 1) / P(k) = ratio(k), summed up from near its mean."""
    check_width(FARTHEST * math.sqrt(variance))
    middle = math.floor(mean)
    up = _products(lambda i: ratio(middle + i), WIDEST)
    down = _products(lambda i: 1 / ratio(middle - 1 - i), middle)
    check_width(down.size + up.size)
    return trimmed(np.concatenate([down[::-1], [1.0], up]), middle - down.size)


def _products(factor: Callable[[Chances], Chances], most: int) -> Chances:
    """Running products of factor(0), factor(1) and so on, `most` at most, until negligible."""
    count = min(FIRST_GUESS, most)
    while True:
        products = np.cumprod(factor(np.arange(count, dtype=np.float64)), dtype=np.float64)
        if count == most or products[-1] < NEGLIGIBLE * products.max():
            return products
        count = min(2 * count, most)
