"""How good forecasts were. Unknown demand (NaN) counts nowhere."""

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts, mean_known


def wape(actual: Amounts, forecast: Amounts) -> float:
    """Absolute errors, as a share of all demand."""
    return _share(np.abs(actual - forecast), actual)


def bias(actual: Amounts, forecast: Amounts) -> float:
    """Forecast less demand, as a share of all demand: above 0 too much."""
    return _share(forecast - actual, actual)


def _share(error: Amounts, actual: Amounts) -> float:
    demand = float(np.where(np.isnan(error), 0.0, actual).sum())
    return float(np.nansum(error)) / demand if demand > 0 else float("nan")


def rmse(actual: Amounts, forecast: Amounts) -> float:
    """The root of the mean squared error, in units."""
    return float(np.sqrt(mean_known(((actual - forecast) ** 2).ravel())))


def naive_scale(history: Amounts, season: int = 1) -> Amounts:
    """The mean absolute step from one season to the next, by which MASE divides. [S, T] to [S]

    Hyndman and Koehler (2006, IJF 22). NaN where demand never moved.
    """
    steps = mean_known(np.abs(history[:, season:] - history[:, :-season]))
    return np.where(steps > 0, steps, np.nan)


def mase(actual: Amounts, forecast: Amounts, scale: Amounts) -> Amounts:
    """The mean absolute error of each series in units of its scale. [S, H] twice, [S] to [S]"""
    return mean_known(np.abs(actual - forecast)) / scale


def pinball(actual: Amounts, quantiles: Amounts, levels: Amounts) -> Amounts:
    """What a unit short (at its level) and a unit over (at the rest) cost. [N], [N, Q] to [N, Q]"""
    short = actual[..., None] - quantiles
    loss: Amounts = np.maximum(levels * short, (levels - 1) * short)
    return loss


def coverage(actual: Amounts, quantiles: Amounts) -> Amounts:
    """The share of demands that did not exceed their quantile: cycle service. [N], [N, Q] to [Q]"""
    met = (actual[:, None] <= quantiles + 1e-9).astype(float)
    return mean_known(np.where(np.isnan(actual[:, None] + quantiles), np.nan, met), axis=0)


def recent_mase(history: Amounts, path: Amounts, last: int = 26) -> Amounts:
    """MASE of one-step forecasts of the last periods; below 1 beats the naive. [S, T] to [S]"""
    actual, said = history[:, -last:], path[:, :-1][:, -last:]
    return mase(actual, said, naive_scale(history))
