"""Forecasts of demand that comes now and then: its sizes and its times, smoothed apart.

Croston (1972, ORQ 23); SBA: Syntetos and Boylan (2005, IJF 21); TSB: Teunter, Syntetos and Babai
(2011, EJOR 214). Paths as in `smoothing`; 0 as long as there was no demand.
"""

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts, ratio
from fulfillment.optimization.forecasting.smoothing import ses


def croston(history: Amounts, alpha: float = 0.1) -> Amounts:
    """Smoothed size over smoothed interval, both moved only by demand. [S, T] to [S, T+1]"""
    sizes = ses(np.where(history > 0, history, np.nan), alpha)
    return _from_first(ratio(sizes, ses(intervals(history), alpha), empty=0.0), history)


def sba(history: Amounts, alpha: float = 0.1) -> Amounts:
    """Croston without its bias, by the factor 1 - alpha/2. [S, T] to [S, T+1]"""
    return (1 - alpha / 2) * croston(history, alpha)


def tsb(history: Amounts, of_size: float = 0.1, of_chance: float = 0.1) -> Amounts:
    """Smoothed size times the smoothed chance of demand, which fades when none comes. [S, T+1]"""
    sizes = ses(np.where(history > 0, history, np.nan), of_size)
    asked = np.where(np.isnan(history), np.nan, (history > 0).astype(float))
    return ses(asked, of_chance) * np.nan_to_num(sizes)


def intervals(history: Amounts) -> Amounts:
    """In each period with demand the known periods since the last one, elsewhere NaN. [S, T]"""
    asked = history > 0
    clock = np.cumsum(~np.isnan(history), axis=1).astype(float)
    latest = np.maximum.accumulate(np.where(asked, clock, 0.0), axis=1)
    before = np.concatenate([np.zeros((len(history), 1)), latest[:, :-1]], axis=1)
    return np.where(asked, clock - before, np.nan)


def _from_first(path: Amounts, history: Amounts) -> Amounts:
    """Unknown as long as nothing was known."""
    some = np.cumsum(~np.isnan(history), axis=1) > 0
    path[:, 0] = np.nan
    path[:, 1:][~some] = np.nan
    return path
