"""What needs no thought, and what every forecast must therefore beat. Paths as in `smoothing`."""

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts, ratio
from fulfillment.optimization.forecasting.leadtime import totals
from fulfillment.optimization.forecasting.smoothing import ses


def zero(history: Amounts) -> Amounts:
    """Nothing will be asked for. [S, T] to [S, T+1]"""
    return np.zeros((len(history), history.shape[1] + 1))


def naive(history: Amounts) -> Amounts:
    """The last known period again. [S, T] to [S, T+1]"""
    return ses(history, 1.0)


def moving_average(history: Amounts, window: int) -> Amounts:
    """The mean of what is known of the last `window` periods. [S, T] to [S, T+1]"""
    known = _running(~np.isnan(history))
    sums = _running(np.nan_to_num(history))
    start = np.maximum(np.arange(history.shape[1] + 1) - window, 0)
    count = known - known[:, start]
    return ratio(sums - sums[:, start], count)


def seasonal_naive(history: Amounts, season: int, lead: int = 1) -> Amounts:
    """The same periods one season ago, as the mean over the lead time. [S, T] to [S, T+1]"""
    path = np.full((len(history), history.shape[1] + 1), np.nan)
    block = min(lead, season)
    if history.shape[1] >= season:
        path[:, season:] = totals(history, block)[:, : path.shape[1] - season] / block
    return path


def _running(values: Amounts) -> Amounts:
    first = np.zeros((len(values), 1))
    return np.concatenate([first, np.cumsum(values, axis=1, dtype=float)], axis=1)
