"""Forecasts of many series: sort them by kind of demand, choose a model for each, apply it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts, Counts, last_known
from fulfillment.optimization.forecasting.choice import Choice, choose
from fulfillment.optimization.forecasting.leadtime import variances
from fulfillment.optimization.forecasting.measures import recent_mase
from fulfillment.optimization.forecasting.models import CANDIDATES, Model
from fulfillment.optimization.forecasting.patterns import Pattern, classify
from fulfillment.optimization.forecasting.results import Forecasts
from fulfillment.optimization.forecasting.spread import steadied

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
BANDS = 4  # of lead times, at most, that a model is chosen for apart


@dataclass(frozen=True)
class Options:
    """How to forecast; the same options and history give the same forecasts."""

    models: tuple[Model, ...] = CANDIDATES
    on_average: bool = False  # quantiles reach their levels over a kind, not at least each
    sample: int = 600  # series that a model is chosen on, of each kind
    chunk: int = 2048  # series at once: some 30 numbers each for every period
    seed: int = 0  # of the sample


def forecast(
    history: Amounts,
    leads: Counts,
    levels: tuple[float, ...] = LEVELS,
    options: Options | None = None,
    stop: Callable[[], bool] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Forecasts:
    """Forecast each series' mean per period and its demand over its lead time. [S, T], [S]

    `history` is units per period, NaN where demand is not known (not listed yet, out of stock);
    `leads` are whole periods, at least 1. Ends early when `stop` says so, asked after each few
    thousand series: what is not done is NaN. `on_progress` hears the share done, 0 to 1. Raises
    ValueError for demand that is no number, infinite or below 0, a lead time below 1, or a level
    that is no probability.
    """
    _check(history, leads, levels)
    chosen, wanted = options or Options(), np.array(levels)
    tell, over = on_progress or (lambda share: None), stop or (lambda: False)
    patterns, series, done = classify(history), len(history), 0
    mean, variance, mase = np.full((3, series), np.nan)
    kind, choices = np.full(series, -1), list[Choice]()
    for rows, lead in kinds(patterns.pattern, leads):
        if over():
            break
        sample = history[_sample(rows, chosen.sample, chosen.seed)]
        choices.append(choose(sample, lead, chosen.models, wanted, chosen.on_average))
        for some, periods in _chunks(rows, leads, chosen.chunk):
            if over():
                break
            today = forecast_by(choices[-1].model, history[some], periods)
            mean[some], variance[some], mase[some] = today
            kind[some] = len(choices) - 1
            done += some.size
            tell(done / series)
        own = variance[rows]
        variance[rows] = steadied(leads[rows] * mean[rows], own, choices[-1].steady)
    empty = np.full((series, wanted.size), np.nan)
    answer = Forecasts(leads, levels, patterns, mean, variance, empty, mase, kind, tuple(choices))
    return answer.changed(mean, np.sqrt(variance))


def forecast_by(model: Model, history: Amounts, lead: int) -> tuple[Amounts, Amounts, Amounts]:
    """One model's mean per period, variance over the lead time, recent MASE. [S, T] to [S] thrice

    A model that has no forecast for today stays with its last one.
    """
    path = model.path(history, lead)
    mean = last_known(path)
    variance = last_known(variances(history, path, lead))
    return mean, variance, recent_mase(history, path)


def kinds(pattern: Counts, leads: Counts) -> Iterator[tuple[Counts, int]]:
    """The series of each pattern and band of lead times, and the band's median lead time."""
    for each in Pattern:
        rows = np.flatnonzero(pattern == each)
        if rows.size:
            edges = np.unique(np.quantile(leads[rows], np.arange(1, BANDS) / BANDS))
            band = np.searchsorted(edges, leads[rows], side="left")
            for part in np.unique(band):
                some = rows[band == part]
                yield some, int(np.median(leads[some]))


def _check(history: Amounts, leads: Counts, levels: tuple[float, ...]) -> None:
    if history.ndim != 2 or history.dtype.kind not in "iuf":
        raise ValueError("demand must be numbers, a row for each series (NaN: not known)")
    if leads.shape != history.shape[:1] or (leads < 1).any():
        raise ValueError("a lead time of at least 1 period is needed for each series")
    wrong = (history < 0) | np.isinf(history)
    if wrong.any():
        raise ValueError(f"demand below 0 or infinite in series {int(wrong.any(axis=1).argmax())}")
    if not all(0 < level < 1 for level in levels):
        raise ValueError("levels are probabilities between 0 and 1")


def _sample(rows: Counts, most: int, seed: int) -> Counts:
    if rows.size <= most:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def _chunks(rows: Counts, leads: Counts, size: int) -> Iterator[tuple[Counts, int]]:
    for lead in np.unique(leads[rows]).tolist():
        some = rows[leads[rows] == lead]
        for start in range(0, some.size, size):
            yield some[start : start + size], lead
