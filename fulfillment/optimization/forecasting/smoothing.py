"""Levels that follow the demand: exponential smoothing and means that forget.

A path [S, T+1] holds in column t what was expected of a period when t periods were known; the
last column is today's forecast. It is NaN as long as nothing was known. Unknown periods (NaN)
leave a level where it is.
"""

import math

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts, last_known

ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
GOLDEN = (math.sqrt(5) - 1) / 2
ROUNDS = 45  # of the golden section: the range shrinks to 1e-9 of itself
MEMORY = 0.98  # of past errors per period, where rivals are compared


def ses(history: Amounts, alpha: float | Amounts) -> Amounts:
    """Simple exponential smoothing that starts at the first known value. [S, T] to [S, T+1]"""
    series, periods = history.shape
    level = np.full(series, np.nan)
    path = np.full((periods + 1, series), np.nan)
    for t, value in enumerate(np.ascontiguousarray(history.T)):
        moved = np.where(np.isnan(level), value, level + alpha * (value - level))
        level = np.where(np.isnan(value), level, moved)
        path[t + 1] = level
    return path.T


def recency(history: Amounts, half_life: float) -> Amounts:
    """The mean of all that is known, each period weighing half of one `half_life` later."""
    series, periods = history.shape
    keep = 0.5 ** (1 / half_life)
    known = ~np.isnan(history.T)
    values = np.where(known, history.T, 0.0)
    total, weight = np.zeros(series), np.zeros(series)
    path = np.full((periods + 1, series), np.nan)
    for t in range(periods):
        total = np.where(known[t], keep * total + values[t], total)
        weight = np.where(known[t], keep * weight + 1, weight)
        np.divide(total, weight, out=path[t + 1], where=weight > 0)
    return path.T


def optimised_ses(history: Amounts, low: float = 0.1, high: float = 0.3) -> Amounts:
    """Today's forecast by the alpha of least squared one-step errors in [low, high]. [S]

    By golden section, each series at its own alpha; for several local minima it finds one. The
    middle where all err alike, as with a single step.
    """
    left, right = np.full(len(history), low), np.full(len(history), high)
    first, second = right - GOLDEN * (right - left), left + GOLDEN * (right - left)
    at_first, at_second = _squares(history, first), _squares(history, second)
    for _ in range(ROUNDS):
        lower = at_first < at_second
        left, right = np.where(lower, left, first), np.where(lower, second, right)
        probe = np.where(lower, right - GOLDEN * (right - left), left + GOLDEN * (right - left))
        at_probe = _squares(history, probe)
        first, second = np.where(lower, probe, second), np.where(lower, first, probe)
        at_first, at_second = (
            np.where(lower, at_probe, at_second),
            np.where(lower, at_first, at_probe),
        )
    middle = (low + high) / 2
    ends = _squares(history, low), _squares(history, middle), _squares(history, high)
    alike = np.ptp(ends, axis=0) <= 1e-9 * ends[1]
    return last_known(ses(history, np.where(alike, middle, (left + right) / 2)))


def _squares(history: Amounts, alpha: float | Amounts) -> Amounts:
    error = ses(history, alpha)[:, :-1] - history
    squares: Amounts = np.nansum(error**2, axis=1)
    return squares


def adaptive_ses(history: Amounts) -> Amounts:
    """Smoothing by the alpha that has erred least so far, chosen anew in each period. [S, T+1]"""
    return least_erring([ses(history, alpha) for alpha in ALPHAS], history)


def least_erring(paths: list[Amounts], history: Amounts) -> Amounts:
    """Follow, in each period and series, the path of least squared error until then. [S, T+1]"""
    errors = np.stack([path[:, :-1] - history for path in paths])
    squares = np.where(np.isnan(errors), 0.0, errors**2)
    total = np.zeros(squares.shape[:2])
    best = np.zeros((history.shape[1] + 1, len(history)), dtype=np.int64)
    for t in range(history.shape[1]):
        total = MEMORY * total + squares[:, :, t]
        best[t + 1] = total.argmin(axis=0)
    path: Amounts = np.take_along_axis(np.stack(paths), best.T[None], axis=0)[0]
    return path
