"""ETS and Theta of statsforecast as models of ours: what they are told, and what they say."""

from functools import partial

import numpy as np
import pytest

from fulfillment.optimization.forecasting import Options, choice, forecast
from fulfillment.optimization.forecasting.backtest import last_origins
from fulfillment.planning.forecasts import statistical

LEAD, WEEKS = 4, 60


class LastWeekAndOne:
    """Expects the last week again, and one unit more in each week to come."""

    def forecast(self, y, h):
        return {"mean": y[-1] + 1 + np.arange(h)}


path = partial(statistical.path, lambda weeks: LastWeekAndOne())


@pytest.fixture
def steady():
    """Three series of demand in every week."""
    return np.random.default_rng(1).poisson(40, (3, WEEKS)).astype(float)


def test_the_mean_over_the_lead_time_is_told_at_the_origins_of_the_backtest_and_today(steady):
    found = path(steady, LEAD)
    origins = [*last_origins(WEEKS, LEAD, choice.REACH, choice.MOST).tolist(), WEEKS]
    assert np.flatnonzero(~np.isnan(found[0])).tolist() == origins
    np.testing.assert_allclose(found[:, origins], steady[:, np.array(origins) - 1] + 1 + 1.5)


def test_unknown_weeks_are_left_out(steady):
    steady[:, -1] = np.nan
    np.testing.assert_allclose(path(steady, 1)[:, -1], steady[:, -2] + 1)


def test_nothing_is_said_of_demand_that_comes_now_and_then():
    slow = np.where(np.arange(WEEKS) % 5 == 0, 7.0, 0.0)[None]
    assert np.isnan(path(slow, LEAD)).all()


def test_nothing_is_said_before_enough_weeks_are_known(steady):
    few = statistical.FEWEST_WEEKS - 1
    assert np.isnan(path(steady[:, :few], 1)).all()
    assert not np.isnan(path(steady[:, : few + 1], 1)[:, -1]).any()


def test_demand_is_never_expected_to_be_negative(steady):
    falling = steady - steady.min() + 1
    falling[:, -1] = 0.0

    class Falling:
        def forecast(self, y, h):
            return {"mean": np.full(h, -3.0)}

    assert not np.nan_to_num(statistical.path(lambda weeks: Falling(), falling, 1)).any()


@pytest.fixture(scope="module")
def library():
    why = "statsforecast is not installed: it comes with the extra `forecast`"
    return pytest.importorskip("statsforecast", reason=why)


def alone(library, name, series):
    """What the library says of a series by its own front door, over the lead time."""
    data = pytest.importorskip("pandas")
    table = data.DataFrame({"unique_id": 1, "ds": np.arange(series.size), "y": series})
    season = statistical.season(series.size)
    auto = library.models.AutoETS if name == "ETS" else library.models.AutoTheta
    model = auto(season_length=1 if name == "ETS" else season, alias=name)
    return library.StatsForecast([model], freq=1).forecast(df=table, h=LEAD)[name].mean()


@pytest.mark.parametrize("name", ["ETS", "Theta"])
def test_the_adapter_says_what_the_library_says_from_each_origin(library, steady, name):
    (model,) = (model for model in statistical.models() if model.name == name)
    found = model.path(steady, LEAD)
    for origin in np.flatnonzero(~np.isnan(found[0]))[::6]:
        for row in range(len(steady)):
            said = alone(library, name, steady[row, :origin])
            assert found[row, origin] == pytest.approx(said, rel=1e-6)


def test_demand_that_grows_steadily_is_left_to_them(library):
    growth = 100 + 8.0 * np.arange(WEEKS)
    history = growth + np.random.default_rng(2).normal(0, 3, (8, WEEKS))
    models = (*statistical.models(), *Options().models)
    found = forecast(history, np.full(8, LEAD), options=Options(models=models))
    coming = growth[-1] + 8 * (1 + LEAD) / 2
    assert all(found.model(row).startswith(("ETS", "Theta")) for row in range(8))
    np.testing.assert_allclose(found.mean, coming, rtol=0.02)
