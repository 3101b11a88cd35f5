"""Origins that roll through the last periods: the automatic choice and single models alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.forecasting import (
    LEVELS,
    Model,
    Options,
    classify,
    forecast,
    measures,
)
from fulfillment.optimization.forecasting.choice import steps
from fulfillment.optimization.forecasting.distributions import quantiles
from fulfillment.optimization.forecasting.engine import forecast_by
from fulfillment.optimization.forecasting.patterns import Pattern

Answer = Callable[[np.ndarray, int], tuple[np.ndarray, np.ndarray]]
"""From history [S, T] and a lead time to the mean over it [S] and its quantiles [S, Q]."""


@dataclass(frozen=True)
class Record:
    """All forecasts of one method: F of them, with what came."""

    actual: np.ndarray  # [F]
    mean: np.ndarray  # [F]
    quantiles: np.ndarray  # [F, Q]
    pattern: np.ndarray  # [F] of the series as then known
    scale: np.ndarray  # [F] root mean squared step as then known

    def of(self, pattern: Pattern) -> "Record":
        """Those of one pattern."""
        return self.only(self.pattern == pattern)

    def beside(self, other: "Record") -> "Record":
        """Those for which the other had a forecast as well."""
        return self.only(~np.isnan(other.mean))

    def only(self, rows: np.ndarray) -> "Record":
        every = (self.actual, self.mean, self.quantiles, self.pattern, self.scale)
        return Record(*(values[rows] for values in every))

    @property
    def loss(self) -> float:
        """Mean pinball loss in units."""
        return float(np.nanmean(self._losses()))

    @property
    def scaled_loss(self) -> float:
        """Mean pinball loss, each series in its own scale."""
        return float(np.nanmean(self._losses() / self.scale[:, None]))

    @property
    def wape(self) -> float:
        return measures.wape(self.actual, self.mean)

    @property
    def bias(self) -> float:
        return measures.bias(self.actual, self.mean)

    @property
    def rmse(self) -> float:
        return measures.rmse(self.actual, self.mean)

    def service(self, level: float) -> float:
        """The share of lead times without a stock-out at this level, in per cent."""
        covered = measures.coverage(self.actual, self.quantiles)
        return 100 * float(covered[LEVELS.index(level)])

    def _losses(self) -> np.ndarray:
        return measures.pinball(self.actual, self.quantiles, np.array(LEVELS))


def automatic(options: Options) -> Answer:
    """The product's own forecast."""

    def answer(history: np.ndarray, lead: int) -> tuple[np.ndarray, np.ndarray]:
        found = forecast(history, np.full(len(history), lead), options=options)
        return lead * found.mean, found.quantiles

    return answer


def alone(model: Model) -> Answer:
    """One model for everything, with the distribution that every model gets."""

    def answer(history: np.ndarray, lead: int) -> tuple[np.ndarray, np.ndarray]:
        mean, variance, _ = forecast_by(model, history, lead)
        return lead * mean, quantiles(lead * mean, variance, np.array(LEVELS))

    return answer


def rolled(answer: Answer, history: np.ndarray, lead: int, origins: Sequence[int]) -> Record:
    """Forecast from each origin by what was known then."""
    parts = []
    for origin in origins:
        past, actual = history[:, :origin], history[:, origin : origin + lead].sum(axis=1)
        mean, asked = answer(past, lead)
        rows = ~np.isnan(past).all(axis=1)
        every = (actual, mean, asked, classify(past).pattern, steps(past))
        parts.append([values[rows] for values in every])
    return Record(*(np.concatenate(column) for column in zip(*parts, strict=True)))
