"""Which model forecasts a kind of demand best, measured on its own past."""

from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.forecasting import measures
from fulfillment.optimization.forecasting.arrays import Amounts, Counts, Flags, mean_known
from fulfillment.optimization.forecasting.backtest import Backtest, last_origins, roll
from fulfillment.optimization.forecasting.distributions import quantiles
from fulfillment.optimization.forecasting.leadtime import totals
from fulfillment.optimization.forecasting.models import Model, combined, mixed, pooled

REACH, MOST = 26, 13  # origins: among the last so many, and how many of them are tried
TOGETHER = 3  # models whose mean is tried too
CLEARLY = 0.01  # by this share a single model must beat that mean: means err less by chance
SHARES = (0.1, 0.2, 0.3, 0.4)  # of the kind's mean that are tried; they, too, must win clearly
STEADY = 0.5  # of what is usual in the kind, in the variances that models are compared by
ODDS = np.linspace(-1.5, 1.5, 61)  # log-odds by which a level may be off
CHANCES = np.arange(1, 400) / 400
STEADIER = (0.25, 0.5, 0.75, 1.0)  # shares that are tried for the chosen one: never none of it


@dataclass(frozen=True)
class Score:
    """How a model did in the backtest, over the lead time."""

    loss: float  # mean pinball loss, each series in its own scale
    wape: float
    bias: float
    rmse: float
    mase: float  # errors by the steps from one lead time's demand to the next, mean over series
    coverage: tuple[float, ...]  # cycle service reached, by level


@dataclass(frozen=True)
class Choice:
    """The model for one kind of demand, and how all of them did."""

    model: Model
    scores: dict[str, Score]
    levels: tuple[float, ...]  # [Q] that quantiles are asked for
    steady: float = 0.0  # how much of its variances is what is usual in the kind


@dataclass(frozen=True, eq=False)
class Contest:
    """Models on the same series, origins and lead time: their paths, and how they did."""

    history: Amounts  # [S, T]
    lead: int
    levels: Amounts  # [Q]
    origins: Counts  # [O]
    scale: Amounts  # [S]
    naive: Amounts  # [S] the mean absolute step from one lead time's demand to the next
    counts: Flags  # [S, O] where all that ever had a forecast had one
    paths: dict[Model, Amounts]  # [S, T+1]
    scores: dict[Model, Score]

    def enter(self, model: Model, path: Amounts) -> None:
        """Let one more model take part."""
        self.paths[model] = path
        self.scores[model] = self.scored(self.past(model).steadied(STEADY))

    def past(self, model: Model) -> Backtest:
        """Return what a model expected, where its forecasts count."""
        return roll(self.paths[model], self.history, self.lead, self.origins).only(self.counts)

    def scored(self, past: Backtest) -> Score:
        return score(past, self.scale, self.naive, self.levels)

    def clear(self, model: Model, other: Model) -> bool:
        """Tell whether one beats another by more than chance."""
        return self.scores[model].loss < (1 - CLEARLY) * self.scores[other].loss


def choose(
    history: Amounts,
    lead: int,
    models: tuple[Model, ...],
    levels: Amounts,
    on_average: bool = False,
) -> Choice:
    """The mean of the best models on these series, or the best where it is clear. [S, T], [Q]

    By mean pinball loss over the levels, where all of them had a forecast that ever had one;
    without any such past, the first model. Where it clearly helps, what each series expects is
    pooled with the mean of all; and its variances with what is usual, by the share that was best.
    `on_average` asks for the levels that reach the given ones over all series of the kind.
    """
    held = contest(history, lead, models, levels)
    if not held.scores:
        return Choice(models[0], {}, tuple(levels.tolist()))
    best = with_kind(held, of_best(held))
    past = held.past(best)
    tried = {share: held.scored(past.steadied(share)) for share in STEADIER}
    steady = min(tried, key=lambda share: tried[share].loss)
    scores = {model.name: found for model, found in held.scores.items()}
    asked = reaching(past.steadied(steady), levels) if on_average else levels
    return Choice(best, scores | {best.name: tried[steady]}, tuple(asked.tolist()), steady)


def contest(history: Amounts, lead: int, models: tuple[Model, ...], levels: Amounts) -> Contest:
    """Score all models that have a past; none where nothing can be judged."""
    origins, scale = last_origins(history.shape[1], lead, REACH, MOST), steps(history)
    paths = {model: model.path(history, lead) for model in models}
    judged = {model: roll(path, history, lead, origins).judged for model, path in paths.items()}
    some = {model: flags for model, flags in judged.items() if flags.any()}
    counts = np.repeat((scale > 0)[:, None], origins.size, axis=1)
    counts = np.logical_and.reduce([counts, *some.values()])
    naive = measures.naive_scale(totals(history, lead), lead)
    held = Contest(history, lead, levels, origins, scale, naive, counts, {}, {})
    for model in some if counts.any() else ():
        held.enter(model, paths[model])
    return held


def of_best(held: Contest) -> Model:
    """Return the mean of the best, or the best of all where it beats that."""
    first = sorted(held.scores, key=lambda model: held.scores[model].loss)[:TOGETHER]
    if len(first) < TOGETHER:
        return first[0]
    mean = combined(tuple(first))
    held.enter(mean, mean_known(np.stack([held.paths[model] for model in first]), axis=0))
    return first[0] if held.clear(first[0], mean) else mean


def with_kind(held: Contest, alone: Model) -> Model:
    """Return the model pooled with the mean of all series, by the share that is best, or alone."""
    best, own = alone, held.paths[alone]
    common = mean_known(own, axis=0)
    for share in SHARES:
        shared = pooled(alone, share, held.history)
        held.enter(shared, mixed(own, common, share))
        best = shared if held.clear(shared, best) else best
    return best


def reaching(past: Backtest, levels: Amounts) -> Amounts:
    """The levels whose quantiles are not exceeded as often as `levels` say, over all. [Q] to [Q]

    Of slow movers a whole unit less or more is several points, so that most quantiles' service is
    above their level.
    """
    known = ~np.isnan(past.mean[:, -1] + past.variance[:, -1])
    latest = past.mean[known, -1], past.variance[known, -1]
    every, found = quantiles(*latest, CHANCES)[:, None], list[float]()
    for level in levels.tolist():
        tried = 1 / (1 + (1 / level - 1) * np.exp(-ODDS))
        reached = (every <= quantiles(*latest, tried)[..., None] + 1e-9).mean(axis=(0, 2))
        found.append(float(tried[np.abs(reached - level).argmin()]))
    return np.array(found)


def score(past: Backtest, scale: Amounts, naive: Amounts, levels: Amounts) -> Score:
    """Measure one model's past. `scale` [S], `naive` [S], `levels` [Q]"""
    rows = past.judged
    actual, mean, asked = past.actual[rows], past.mean[rows], past.quantiles(levels)[rows]
    scales = np.broadcast_to(scale[:, None], rows.shape)[rows]
    losses = measures.pinball(actual, asked, levels).mean(axis=1) / scales
    return Score(
        float(mean_known(losses)),
        measures.wape(actual, mean),
        measures.bias(actual, mean),
        measures.rmse(actual, mean),
        float(mean_known(measures.mase(past.actual, past.mean, naive))),
        tuple(measures.coverage(actual, asked).tolist()),
    )


def steps(history: Amounts) -> Amounts:
    """The root mean squared step of each series, NaN where it never moves. [S, T] to [S]

    The scale of RMSSE (Makridakis, Spiliotis and Assimakopoulos 2022, IJF 38).
    """
    root = np.sqrt(mean_known(np.diff(history, axis=1) ** 2))
    return np.where(root > 0, root, np.nan)
