"""What each facility will be short of, and could spare: the curves that rebalancing weighs."""

import numpy as np
import numpy.typing as npt

from fulfillment.optimization.forecasting.distributions import quantiles

# As many equal slices of the demand's distribution; their middles are its points.
SLICES = 16

Amounts = npt.NDArray[np.float64]
Curve = tuple[tuple[float, float], ...]


def spread(mean: Amounts, variance: Amounts) -> Amounts:
    """Return equally likely values of demands, whose mean is theirs. [N], [N] to [N, SLICES]"""
    middles = (np.arange(SLICES) + 0.5) / SLICES
    found = quantiles(mean, variance, middles)
    told = found.mean(axis=1)
    # The slices of a long tail lose some of its mean: a short series of tall units most.
    bare = (told <= 0) & (mean > 0)
    found[bare, -1] = mean[bare] * SLICES
    scaled: Amounts = found * np.divide(mean, told, out=np.ones_like(mean), where=told > 0)[:, None]
    return scaled


def lost_sales(demand: Amounts, incoming: float) -> Curve:
    """Return the units lost by the stock at hand, with `incoming` units sure to come in time; below
    zero, so many are sure to leave.

    `demand` are equally likely values of it, ascending. [SLICES] The expectation of max(0, demand
    - stock) is linear between them: convex, never rising, nothing beyond the last.
    """
    # Rounded first: two values that are alike in print are one point.
    stocks = np.unique(np.append(np.maximum(demand - incoming, 0.0), 0.0).round(6))
    lost = np.maximum(demand[None, :] - incoming - stocks[:, None], 0.0).mean(axis=1)
    return tuple(zip(stocks.tolist(), lost.round(6).tolist(), strict=True))


def kept(mean: Amounts, variance: Amounts, level: float, incoming: Amounts) -> Amounts:
    """Return the units that a sender keeps: what it needs with this probability. [N]"""
    needed = quantiles(mean, variance, np.array([level]))[:, 0]
    keep: Amounts = np.maximum(np.ceil(needed - 1e-9) - incoming, 0.0)
    return keep
