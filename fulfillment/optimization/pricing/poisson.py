"""How likely demand uses up a stock: the upper tail of the Poisson distribution."""

import math

import numpy as np
from numpy.typing import NDArray

Quantities = NDArray[np.int64]
Amounts = NDArray[np.float64]

LARGEST_SUM = 64  # terms; above, the approximation errs by less than 1e-6
# More than any forecast, and still a number whose logarithm and root are ordinary.
LARGEST_RATE = 1e12
LOG_FACTORIAL = np.array([math.lgamma(k + 1) for k in range(LARGEST_SUM)])


def at_least(stock: Quantities, rate: Amounts) -> Amounts:
    """P(Poisson(rate) >= stock), element by element, for arrays of one shape.

    Rates are at least 0 and may be infinite. The terms below the stock are summed up to a stock
    of LARGEST_SUM (error below 1e-13); larger ones follow the normal approximation of Peizer and
    Pratt (1968, JASA 63), with an error below 1e-6.
    """
    count, mean = stock.ravel(), np.minimum(rate, LARGEST_RATE).ravel()
    large = np.flatnonzero(count > LARGEST_SUM)
    tail = _sum(np.minimum(count, LARGEST_SUM), mean)
    if large.size:
        tail[large] = _approximation(count[large], mean[large])
    return tail.reshape(stock.shape)


def _sum(count: Quantities, mean: Amounts) -> Amounts:
    k = np.arange(count.max(initial=0))
    logs = np.log(np.maximum(mean, 1e-300))[:, None] * k - LOG_FACTORIAL[k]
    below = (np.exp(logs - mean[:, None]) * (k < count[:, None])).sum(axis=1)
    tail: Amounts = np.maximum(1.0 - below, 0.0)
    return tail


def _approximation(count: Quantities, mean: Amounts) -> Amounts:
    """Treat the root of the deviance as normal, with the authors' correction of its sign term."""
    mean = np.maximum(mean, 1e-9)  # so small a rate reaches no count of this size
    middle = count - 0.5
    offset = middle - mean
    ratio = offset / mean
    # middle * log(middle / mean) - offset cancels badly where the two are close.
    close = np.abs(ratio) < 1e-4
    deviance = np.where(
        close, offset**2 / mean * (0.5 - ratio / 6), middle * np.log1p(ratio) - offset
    )
    away = np.where(offset == 0, 1.0, np.abs(offset))
    slope = np.where(offset == 0, 1 / np.sqrt(mean), np.sqrt(2 * deviance) / away)
    z = (count - 1 / 3 - mean + 0.02 / count) * slope
    return np.array([0.5 * math.erfc(value / math.sqrt(2)) for value in z.tolist()])
