"""Quantiles of demand with a given mean and variance.

Whole units as long as they are few: the Panjer class (Panjer 1981, ASTIN Bulletin 12), which is
negative binomial where the variance is above the mean, Poisson where it equals it and binomial
below. Many units: the gamma distribution, read from a table.
"""

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts

FEW = 200.0  # units that mean and ten deviations may reach for the count to be exact
# Relative to the mean: nearer to it the variance counts as Poisson's; below, no whole numbers have
# such a variance, and their chances would be too small for the machine.
ALIKE, LEAST_OF_COUNTS = 1e-6, 0.05
LEAST = 1e-9  # relative to the squared mean: with less variance, demand is certain
# Shapes of the table, evenly apart in their logarithms; above, the cube root is as good as normal.
SMALLEST, LARGEST, SHAPES = 1e-3, 300.0, 400
BISECTIONS, TERMS = 60, 500


def quantiles(mean: Amounts, variance: Amounts, levels: Amounts) -> Amounts:
    """The least demand that is not exceeded with each probability. [S], [S], [Q] to [S, Q]

    Whole units where they are few, exact to rounding; else gamma's, within 0.5 % of the mean. 0
    where the mean is 0, NaN where unknown. A whole unit reaches more than its level, by 4 points
    at 90 % where demand is slow.
    """
    certain = np.where(np.isnan(mean), np.nan, np.maximum(mean, 0.0))
    out = np.repeat(certain[:, None], levels.size, axis=1)
    moves = (mean > 0) & (variance > LEAST * mean**2)
    reach = mean + 10 * np.sqrt(np.maximum(variance, 0.0))
    few = moves & (reach < FEW) & (variance > LEAST_OF_COUNTS * mean)
    many = moves & ~few
    out[few] = count_quantiles(mean[few], variance[few], levels)
    out[many] = gamma_quantiles(mean[many], variance[many], levels)
    return out


def count_quantiles(mean: Amounts, variance: Amounts, levels: Amounts) -> Amounts:
    """Whole numbers of the Panjer class, by its recursion p(k) = p(k-1) (a + b/k). [S, Q]"""
    alike = np.abs(variance - mean) < ALIKE * mean
    spread = np.where(alike, mean * (1 + ALIKE), variance)
    a = 1 - mean / spread
    b = mean**2 / spread - a
    chance = np.exp(mean**2 / (spread - mean) * np.log(mean / spread))
    below, out = chance.copy(), np.zeros((len(mean), levels.size))
    for k in range(1, int(2 * FEW)):
        chance = chance * np.maximum(a + b / k, 0.0)
        short = (below[:, None] < levels - 1e-12) & (chance > 0)[:, None]
        if not short.any():
            break
        out += short
        below = below + chance
    return out


def gamma_quantiles(mean: Amounts, variance: Amounts, levels: Amounts) -> Amounts:
    """Gamma with this mean and variance. [S], [S], [Q] to [S, Q]"""
    shape = mean**2 / variance
    place = np.log(np.clip(shape, SMALLEST, LARGEST) / SMALLEST)
    place *= (SHAPES - 1) / math.log(LARGEST / SMALLEST)
    left = np.minimum(place.astype(np.int64), SHAPES - 2)
    out = np.empty((len(mean), levels.size))
    for column, level in enumerate(levels.tolist()):
        logs = np.array(_table(level))
        value = np.exp(logs[left] + (place - left) * (logs[left + 1] - logs[left]))
        out[:, column] = np.where(shape > LARGEST, _cube(shape, level), value)
    return out * mean[:, None]


def _cube(shape: Amounts, level: float) -> Amounts:
    """Wilson and Hilferty (1931, PNAS 17): the cube root of gamma is nearly normal."""
    root: Amounts = 1 - 1 / (9 * shape) + NormalDist().inv_cdf(level) / (3 * np.sqrt(shape))
    return root**3


@lru_cache(maxsize=1024)
def _table(level: float) -> tuple[float, ...]:
    """Logarithm of the quantile over the mean, for each shape."""
    shape = np.geomspace(SMALLEST, LARGEST, SHAPES)
    low, high = np.full(SHAPES, -700.0), np.full(SHAPES, 9.0)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        enough = _gamma_below(shape, shape * np.exp(middle)) >= level
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return tuple(high.tolist())


def _gamma_below(shape: Amounts, amount: Amounts) -> Amounts:
    """P(Gamma(shape) <= amount), by the series of the incomplete function."""
    far = amount > shape + 7 * np.sqrt(shape) + 40
    x = np.where(far, shape, amount)
    term = np.ones(shape.shape)
    total = term.copy()
    for n in range(1, TERMS):
        term = term * x / (shape + n)
        total += term
    logs = np.array([math.lgamma(value + 1) for value in shape.tolist()])
    front = np.exp(shape * np.log(np.maximum(x, 1e-300)) - x - logs)
    return np.where(far, 1.0, front * total)
