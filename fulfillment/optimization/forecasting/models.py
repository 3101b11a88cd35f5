"""The models that compete: each is a name and a function from history to a path."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from fulfillment.optimization.forecasting import intermittent, naive, smoothing
from fulfillment.optimization.forecasting.aggregation import adida, imapa, rolling
from fulfillment.optimization.forecasting.arrays import Amounts, mean_known

HALF_LIVES = (4, 8, 16, 32)
Path = Callable[[Amounts, int], Amounts]


@dataclass(frozen=True)
class Model:
    """A forecaster of many series at once; whatever has this shape may compete.

    `path(history [S, T], lead)` gives [S, T+1]: in column t the mean demand per period over the
    `lead` periods from t on, as forecast from the first t periods alone; the last column is
    today's forecast. NaN where it has none: a model that is slow to fit gives its last columns
    only, and its errors are known only there.
    """

    name: str
    path: Path


def flat(name: str, path: Callable[[Amounts], Amounts]) -> Model:
    """A model that expects the same of every period to come."""
    return Model(name, lambda history, lead: path(history))


def recent(half_life: float) -> Model:
    """The mean that forgets half in so many periods."""
    return flat(f"recency {half_life:g}", lambda history: smoothing.recency(history, half_life))


def tsb(of_size: float, of_chance: float) -> Model:
    """TSB with these two alphas."""
    name = f"TSB {of_size:g} {of_chance:g}"
    return flat(name, lambda history: intermittent.tsb(history, of_size, of_chance))


def seasonal_naive(season: int) -> Model:
    """The same periods one season ago."""
    return Model(
        f"seasonal naive {season}",
        lambda history, lead: naive.seasonal_naive(history, season, lead),
    )


def combined(models: tuple[Model, ...], name: str = "") -> Model:
    """The mean of what several models say."""

    def path(history: Amounts, lead: int) -> Amounts:
        return mean_known(np.stack([model.path(history, lead) for model in models]), axis=0)

    return Model(name or "mean of " + ", ".join(model.name for model in models), path)


def pooled(model: Model, share: float, kind: Amounts) -> Model:
    """What a model says, this share of it being its mean over the series of `kind`. [K, T]

    Where series sell about alike, most of what sets them apart is chance, and what each of them
    says by itself errs more than with a part of what all say (Efron and Morris 1975, JASA 70).
    """

    @cache
    def common(lead: int) -> Amounts:
        return mean_known(model.path(kind, lead), axis=0)

    def path(history: Amounts, lead: int) -> Amounts:
        return mixed(model.path(history, lead), common(lead), share)

    return Model(f"{model.name}, {share:.0%} of its kind's mean", path)


def mixed(own: Amounts, common: Amounts, share: float) -> Amounts:
    """Each path with this share of the common one. [S, T+1], [T+1]"""
    return (1 - share) * own + share * common


SES = flat("SES 0.1", lambda history: smoothing.ses(history, 0.1))
NAIVE = flat("naive", naive.naive)
ZERO = flat("all zero", naive.zero)
CROSTON = flat("Croston 0.1", intermittent.croston)
SBA = flat("SBA 0.1", intermittent.sba)
TSB = tsb(0.1, 0.1)
ADAPTIVE = flat("SES adaptive", smoothing.adaptive_ses)
AVERAGE = flat("moving average 12", lambda history: naive.moving_average(history, 12))
ADIDA, IMAPA = Model("ADIDA", rolling(adida)), Model("IMAPA", rolling(imapa))

ROBUST = combined((recent(4), recent(8), ADAPTIVE, TSB, tsb(0.1, 0.2)), "mean of five")

# What the choice is made from; the others are there to be compared with in benchmarks/forecasting.
CANDIDATES = (ROBUST, *map(recent, HALF_LIVES), SES, ADAPTIVE, TSB, tsb(0.1, 0.2))
