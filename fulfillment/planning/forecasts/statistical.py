"""ETS and Theta of statsforecast: where that is installed, they compete, too."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from fulfillment.optimization.forecasting import Pattern, classify
from fulfillment.optimization.forecasting.backtest import last_origins
from fulfillment.optimization.forecasting.choice import MOST, REACH
from fulfillment.optimization.forecasting.models import Model

LIBRARY = "statsforecast"
YEAR = 52
# They are made for demand that comes every week; of the rest they say nothing.
FOR = (Pattern.SMOOTH, Pattern.ERRATIC)
FEWEST_WEEKS = 8

Amounts = npt.NDArray[np.float64]


def models() -> tuple[Model, ...]:
    """Return what the library brings to the contest; nothing where it is not installed."""
    if find_spec(LIBRARY) is None:
        return ()
    # Loading it takes seconds, which only those wait for who forecast.
    library = import_module(f"{LIBRARY}.models")
    return (
        Model("ETS", partial(path, lambda weeks: library.AutoETS(season_length=1))),
        Model("Theta", partial(path, lambda weeks: library.AutoTheta(season_length=season(weeks)))),
    )


def season(weeks: int) -> int:
    """Return the season's length, where the history has two of them."""
    return YEAR if weeks >= 2 * YEAR else 1


def path(fitted: Callable[[int], Any], history: Amounts, lead: int) -> Amounts:
    """Return what a model expects per week, from the origins of the backtest and for today."""
    periods = history.shape[1]
    found = np.full((len(history), periods + 1), np.nan)
    for row in np.flatnonzero(np.isin(classify(history).pattern, FOR)):
        for origin in (*last_origins(periods, lead, REACH, MOST).tolist(), periods):
            known = history[row, :origin][~np.isnan(history[row, :origin])]
            if known.size >= FEWEST_WEEKS:
                told = fitted(known.size).forecast(y=known, h=lead)["mean"]
                found[row, origin] = max(0.0, float(np.mean(told)))
    return found
