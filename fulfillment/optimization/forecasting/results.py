"""What a forecast says of many series."""

from dataclasses import dataclass, replace

import numpy as np

from fulfillment.optimization.forecasting.arrays import Amounts, Counts
from fulfillment.optimization.forecasting.choice import Choice
from fulfillment.optimization.forecasting.distributions import quantiles
from fulfillment.optimization.forecasting.patterns import Patterns


@dataclass(frozen=True, eq=False)
class Forecasts:
    """What S series will ask for. NaN where nothing is known: see `borrow`."""

    leads: Counts  # [S] periods
    levels: tuple[float, ...]  # Q
    patterns: Patterns
    mean: Amounts  # [S] units per period
    deviation: Amounts  # [S] of demand over the lead time from its forecast, units
    quantiles: Amounts  # [S, Q] of demand over the lead time, units
    mase: Amounts  # [S] of the model's one-step forecasts of the last 26 periods
    kind: Counts  # [S] which of the choices; -1 where stopped before
    choices: tuple[Choice, ...]

    def model(self, series: int) -> str:
        """The name of the model that forecast this series."""
        kind = int(self.kind[series])
        return self.choices[kind].model.name if kind >= 0 else "none"

    def changed(self, mean: Amounts, deviation: Amounts) -> "Forecasts":
        """The same with other means and deviations, and the quantiles that follow. [S], [S]"""
        asked = np.empty_like(self.quantiles)
        for number, levels in enumerate((self.levels, *(one.levels for one in self.choices)), -1):
            rows = self.kind == number
            over = self.leads[rows] * mean[rows], deviation[rows] ** 2
            asked[rows] = quantiles(*over, np.array(levels))
        return replace(self, mean=mean, deviation=deviation, quantiles=asked)
