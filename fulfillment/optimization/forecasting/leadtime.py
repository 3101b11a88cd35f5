"""Demand over the lead time, and how far forecasts of it were off."""

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts, ratio

LEAST_KNOWN = 0.5  # of the periods of a lead time; the others are taken to be like them
HALF_LIFE = 6.0  # periods after which a squared error weighs half
PRIOR = 2.0  # errors that Poisson's variance counts for, before any is known


def totals(history: Amounts, lead: int) -> Amounts:
    """Demand of `lead` periods from each one on, NaN where too little is known. [S, T-lead+1]"""
    if history.shape[1] < lead:
        return np.empty((len(history), 0))
    known = _sums((~np.isnan(history)).astype(float), lead)
    sums = _sums(np.nan_to_num(history), lead)
    scaled = ratio(sums * lead, known)
    return np.where(known >= LEAST_KNOWN * lead, scaled, np.nan)


def _sums(values: Amounts, lead: int) -> Amounts:
    running = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    sums: Amounts = running[:, lead:] - running[:, :-lead]
    return sums


def errors(history: Amounts, path: Amounts, lead: int) -> Amounts:
    """Lead-time demand less its forecast, by the period that it was made before. [S, T-lead+1]"""
    demand = totals(history, lead)
    missed: Amounts = demand - lead * path[:, : demand.shape[1]]
    return missed


def variances(history: Amounts, path: Amounts, lead: int) -> Amounts:
    """The mean squared error of lead-time forecasts, as known before each period. [S, T+1]

    Recent errors weigh more. An error is known only when its lead time is over. Each series
    starts from Poisson's variance, its forecast, which soon fades.
    """
    squares = errors(history, path, lead).T ** 2
    keep = 0.5 ** (1 / HALF_LIFE)
    series, periods = history.shape
    total, weight, prior = np.zeros(series), np.zeros(series), np.full(series, PRIOR)
    out = np.empty((periods + 1, series))
    for t in range(periods + 1):
        if t >= lead:
            square = squares[t - lead]
            known = ~np.isnan(square)
            total = np.where(known, keep * total + square, total)
            weight = np.where(known, keep * weight + 1, weight)
            prior = np.where(known, keep * prior, prior)
        out[t] = (total + prior * lead * path[:, t]) / (weight + prior)
    return out.T
