"""Other ways to a distribution: they have to lose for ours to stay."""

from statistics import NormalDist

import numpy as np

from benchmarks.forecasting.rolling import Answer
from fulfillment.optimization.forecasting import LEVELS, Model
from fulfillment.optimization.forecasting.engine import forecast_by
from fulfillment.optimization.forecasting.leadtime import totals

DRAWS = 400


def normal(model: Model) -> Answer:
    """The textbook's z-score on a model's errors, cut at 0."""
    z = np.array([NormalDist().inv_cdf(level) for level in LEVELS])

    def answer(history: np.ndarray, lead: int) -> tuple[np.ndarray, np.ndarray]:
        mean, variance, _ = forecast_by(model, history, lead)
        return lead * mean, np.maximum(lead * mean[:, None] + z * np.sqrt(variance)[:, None], 0.0)

    return answer


def blocks(half_life: float) -> Answer:
    """Quantiles of the past's own lead-time demands, recent ones weighing more.

    Overlapping blocks, as in Porras and Dekker (2008, EJOR 184), who weigh all alike.
    """

    def answer(history: np.ndarray, lead: int) -> tuple[np.ndarray, np.ndarray]:
        sums = totals(history, lead)
        weight = 0.5 ** (np.arange(sums.shape[1])[::-1] / half_life) * ~np.isnan(sums)
        order = np.argsort(sums, axis=1)
        value = np.take_along_axis(sums, order, axis=1)
        below = np.cumsum(np.take_along_axis(weight, order, axis=1), axis=1)
        below /= np.maximum(below[:, -1:], 1e-300)
        place = np.stack([(below < level - 1e-9).sum(axis=1) for level in LEVELS], axis=1)
        mean = (np.nan_to_num(sums) * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-300)
        # Series of which nothing is known have no weights: their place is past the end.
        return mean, np.take_along_axis(value, np.minimum(place, value.shape[1] - 1), axis=1)

    return answer


def bootstrap(seed: int = 0) -> Answer:
    """Willemain, Smart and Schwarz (2004, IJF 20): a Markov chain of demand or none, old sizes
    drawn again and jittered, summed over the lead time."""

    def answer(history: np.ndarray, lead: int) -> tuple[np.ndarray, np.ndarray]:
        rng, past = np.random.default_rng(seed), np.nan_to_num(history)
        asked = past > 0
        before, after = asked[:, :-1], asked[:, 1:]
        rise = _chance(~before & after, ~before)
        stay = _chance(before & after, before)
        state = np.repeat(asked[:, -1:], DRAWS, axis=1)
        total = np.zeros((len(past), DRAWS))
        times = np.maximum(asked.sum(axis=1), 1)[:, None]
        sizes = np.take_along_axis(past, np.argsort(~asked, axis=1, kind="stable"), axis=1)
        for _ in range(lead):
            state = rng.random(total.shape) < np.where(state, stay, rise)
            place = (rng.random(total.shape) * times).astype(int)
            drawn = np.take_along_axis(sizes, place, axis=1)
            moved = 1 + np.rint(drawn + rng.normal(size=total.shape) * np.sqrt(drawn))
            total += np.where(state, np.where(moved > 0, moved, drawn), 0.0)
        return total.mean(axis=1), np.quantile(total, LEVELS, axis=1, method="inverted_cdf").T

    return answer


def _chance(hits: np.ndarray, of: np.ndarray) -> np.ndarray:
    return ((hits.sum(axis=1) + 0.5) / (of.sum(axis=1) + 1.0))[:, None]
