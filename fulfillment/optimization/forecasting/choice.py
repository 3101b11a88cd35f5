"""Which model forecasts a kind of demand best, measured on its own past."""

from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.forecasting import measures
from fulfillment.optimization.forecasting.arrays import Amounts, mean_known
from fulfillment.optimization.forecasting.backtest import Backtest, last_origins, roll
from fulfillment.optimization.forecasting.models import Model, combined

REACH, MOST = 26, 13  # origins: among the last so many, and how many of them are tried
TOGETHER = 3  # models whose mean is tried too
CLEARLY = 0.005  # by this share a single model must beat that mean: means err less by chance


@dataclass(frozen=True)
class Score:
    """How a model did in the backtest, over the lead time."""

    loss: float  # mean pinball loss, each series in its own scale
    wape: float
    bias: float
    rmse: float
    coverage: tuple[float, ...]  # cycle service reached, by level


@dataclass(frozen=True)
class Choice:
    """The model for one kind of demand, and how all of them did."""

    model: Model
    scores: dict[str, Score]


def choose(history: Amounts, lead: int, models: tuple[Model, ...], levels: Amounts) -> Choice:
    """The mean of the best models on these series, or the best where it is clear. [S, T], [Q]

    By mean pinball loss over the levels, where all of them had a forecast that ever had one;
    without any such past, the first model.
    """
    origins = last_origins(history.shape[1], lead, REACH, MOST)
    scale = steps(history)
    every = {model: roll(model, history, lead, origins) for model in models}
    pasts = {model: past for model, past in every.items() if past.judged.any()}
    if not pasts:
        return Choice(models[0], {})
    common = np.logical_and.reduce([past.judged for past in pasts.values()])
    common &= (scale > 0)[:, None]
    if not common.any():
        return Choice(models[0], {})
    scores = {model: score(past.only(common), scale, levels) for model, past in pasts.items()}
    ranked = sorted(pasts, key=lambda model: scores[model].loss)
    best = ranked[0]
    if len(ranked) >= TOGETHER:
        mean = combined(tuple(ranked[:TOGETHER]))
        scores[mean] = score(roll(mean, history, lead, origins).only(common), scale, levels)
        clear = scores[best].loss < (1 - CLEARLY) * scores[mean].loss
        best = best if clear else mean
    return Choice(best, {model.name: found for model, found in scores.items()})


def score(past: Backtest, scale: Amounts, levels: Amounts) -> Score:
    """Measure one model's past. `scale` [S], `levels` [Q]"""
    rows = past.judged
    actual, mean, asked = past.actual[rows], past.mean[rows], past.quantiles(levels)[rows]
    scales = np.broadcast_to(scale[:, None], rows.shape)[rows]
    losses = measures.pinball(actual, asked, levels).mean(axis=1) / scales
    return Score(
        float(mean_known(losses)),
        measures.wape(actual, mean),
        measures.bias(actual, mean),
        measures.rmse(actual, mean),
        tuple(measures.coverage(actual, asked).tolist()),
    )


def steps(history: Amounts) -> Amounts:
    """The root mean squared step of each series, NaN where it never moves. [S, T] to [S]

    The scale of RMSSE (Makridakis, Spiliotis and Assimakopoulos 2022, IJF 38).
    """
    root = np.sqrt(mean_known(np.diff(history, axis=1) ** 2))
    return np.where(root > 0, root, np.nan)
