"""Rolling origins: what a model would have said in the past, beside what came."""

from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts, Counts, Flags
from fulfillment.optimization.forecasting.distributions import quantiles
from fulfillment.optimization.forecasting.leadtime import totals, variances
from fulfillment.optimization.forecasting.spread import steadied


@dataclass(frozen=True, eq=False)
class Backtest:
    """Demand over the lead time from O origins on, and what a model expected of it then."""

    actual: Amounts  # [S, O] NaN where not known
    mean: Amounts  # [S, O]
    variance: Amounts  # [S, O]

    @property
    def judged(self) -> Flags:
        """Where there is both a forecast and a demand. [S, O]"""
        return ~np.isnan(self.actual + self.mean + self.variance)

    def quantiles(self, levels: Amounts) -> Amounts:
        """The model's quantiles, NaN where it had none. [S, O, Q]"""
        flat = quantiles(self.mean.ravel(), self.variance.ravel(), levels)
        return flat.reshape(*self.mean.shape, levels.size)

    def only(self, rows: Flags) -> "Backtest":
        """Count demand elsewhere as not known. [S, O]"""
        return Backtest(np.where(rows, self.actual, np.nan), self.mean, self.variance)

    def steadied(self, share: float) -> "Backtest":
        """The same by variances that had this share of what was usual at each origin."""
        columns = zip(self.mean.T, self.variance.T, strict=True)
        steady = [steadied(mean, variance, share) for mean, variance in columns]
        return Backtest(self.actual, self.mean, np.stack(steady, axis=1))


def last_origins(periods: int, lead: int, reach: int, most: int) -> Counts:
    """At most `most` origins among the last `reach` whose lead time is over, evenly apart."""
    newest = periods - lead
    oldest = max(newest - reach + 1, (periods + 2) // 3)
    if newest < oldest:
        return np.empty(0, dtype=np.int64)
    count = min(most, newest - oldest + 1)
    return np.unique(np.linspace(oldest, newest, count).round().astype(np.int64))


def roll(path: Amounts, history: Amounts, lead: int, origins: Counts) -> Backtest:
    """What a path expected from each origin, beside what came. [S, T+1], [S, T], [O]"""
    variance = variances(history, path, lead)
    demand = totals(history, lead)
    return Backtest(demand[:, origins], lead * path[:, origins], variance[:, origins])
