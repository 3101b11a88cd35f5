"""Forecast demand: how much per period, and how much over the lead time at each probability.

    forecasts = forecast(history, leads, levels)

`history` is [series, periods]: units asked for, NaN where that is not known (not listed yet, out
of stock), which never counts as zero. `leads` is [series], in the same periods: lead time plus
review period, what a stock must last for. The answer has for each series its pattern, the mean
per period, the deviation over the lead time and its quantiles, and for each kind of demand which
model was chosen and how all of them did. New SKUs then `borrow` from their class, and
`reconcile` makes facilities add up to the SKU's forecast, made of their `aggregate` history.

A series' kind is its pattern (smooth, erratic, intermittent, lumpy) and band of lead times. For
each kind all models forecast a sample of it from origins in its past; the mean of the three of
least pinball loss is taken, or the best where it clearly beats that, and pooled with what all
series of the kind expect where that clearly helps. Every model gets the same distribution: its own
recent errors over the lead time give the variance, made steadier by what is usual in the kind; the
Panjer class (few units) or gamma (many) the shape. Models from outside join as a `Model`: a name
and a function.

All is deterministic and vectorised over series, by numpy alone.
"""

from fulfillment.optimization.forecasting.borrowing import borrow
from fulfillment.optimization.forecasting.choice import Choice, Score
from fulfillment.optimization.forecasting.engine import LEVELS, Options, forecast
from fulfillment.optimization.forecasting.models import CANDIDATES, Model
from fulfillment.optimization.forecasting.patterns import Pattern, Patterns, classify
from fulfillment.optimization.forecasting.reconciliation import aggregate, reconcile
from fulfillment.optimization.forecasting.results import Forecasts

__all__ = [
    "CANDIDATES",
    "LEVELS",
    "Choice",
    "Forecasts",
    "Model",
    "Options",
    "Pattern",
    "Patterns",
    "Score",
    "aggregate",
    "borrow",
    "classify",
    "forecast",
    "reconcile",
]
