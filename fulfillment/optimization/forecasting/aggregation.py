"""Forecasts through coarser periods, in which intermittent demand is less so.

ADIDA: Nikolopoulos et al. (2011, JORS 62); IMAPA: Petropoulos and Kourentzes (2015, JORS 66).
Both smooth with an alpha fitted in [0.1, 0.3]. The coarse periods end today; what does not fill
one at the beginning is left out.
"""

from collections.abc import Callable

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts, Counts, mean_known
from fulfillment.optimization.forecasting.intermittent import intervals
from fulfillment.optimization.forecasting.smoothing import optimised_ses

ORIGINS = 16  # the last periods of a path: each takes a fit of its own


def adida(history: Amounts) -> Amounts:
    """Forecast at the series' mean interval, then spread evenly. [S, T] to [S]"""
    recent = to_the_right(history)
    level = mean_intervals(recent)
    forecast = np.zeros(len(history))
    for periods in np.unique(level[level > 0]).tolist():
        rows = level == periods
        forecast[rows] = _at(recent[rows], periods)
    return _where_known(forecast, history)


def imapa(history: Amounts) -> Amounts:
    """The mean of the forecasts at 1, 2, .. mean interval periods. [S, T] to [S]"""
    recent = to_the_right(history)
    level = mean_intervals(recent)
    total = np.zeros(len(history))
    for periods in range(1, int(level.max(initial=0)) + 1):
        rows = level >= periods
        total[rows] += _at(recent[rows], periods)
    return _where_known(total / np.maximum(level, 1), history)


def rolling(fit: Callable[[Amounts], Amounts], origins: int = ORIGINS) -> Callable[..., Amounts]:
    """Make a path of a forecast that has to be fitted anew at each of the last origins."""

    def path(history: Amounts, lead: int) -> Amounts:
        periods = history.shape[1]
        out = np.full((len(history), periods + 1), np.nan)
        for t in range(max(periods - origins - lead, 1), periods + 1):
            out[:, t] = fit(history[:, :t])
        return out

    return path


def to_the_right(history: Amounts) -> Amounts:
    """Move what is known together, up to today, in its order. [S, T]"""
    order = np.argsort(~np.isnan(history), axis=1, kind="stable")
    return np.take_along_axis(history, order, axis=1)


def mean_intervals(history: Amounts) -> Counts:
    """The mean interval between demands, in whole periods; 0 without demand. [S, T] to [S]"""
    return np.rint(np.nan_to_num(mean_known(intervals(history)))).astype(np.int64)


def _at(history: Amounts, periods: int) -> Amounts:
    coarse = history.shape[1] // periods
    kept = history[:, history.shape[1] - coarse * periods :]
    sums = kept.reshape(len(history), coarse, periods).sum(axis=2)
    return optimised_ses(sums) / periods


def _where_known(forecast: Amounts, history: Amounts) -> Amounts:
    return np.where(np.isnan(history).all(axis=1), np.nan, np.nan_to_num(forecast))
