"""Forecasts of many series, from history to quantiles over the lead time."""

import numpy as np
import pytest

from fulfillment.optimization.forecasting import LEVELS, Model, Options, Pattern, forecast, models
from fulfillment.optimization.forecasting.engine import kinds
from tests.optimization.forecasting.series import intermittent, with_gaps


def of(history, lead=2, **options):
    return forecast(history, np.full(len(history), lead), options=Options(**options))


def test_constant_demand_is_forecast_exactly():
    found = of(np.full((3, 40), 7.0), lead=3)
    np.testing.assert_allclose(found.mean, 7.0)
    np.testing.assert_allclose(found.quantiles, 21.0, rtol=0.05)


def test_no_demand_is_forecast_as_none():
    found = of(np.zeros((3, 40)))
    assert found.mean.tolist() == [0.0] * 3
    assert not found.quantiles.any()


def test_nothing_known_is_nothing_forecast():
    found = of(np.vstack([np.full(40, np.nan), np.full(40, 3.0)]))
    assert np.isnan(found.mean).tolist() == [True, False]
    assert np.isnan(found.quantiles).all(axis=1).tolist() == [True, False]


def test_unknown_periods_are_no_periods_without_demand():
    rng = np.random.default_rng(1)
    history = rng.poisson(6, (40, 80)).astype(float)
    gaps = with_gaps(history, 0.4, seed=2)
    assert of(gaps).mean.mean() == pytest.approx(6, rel=0.1)
    assert of(np.nan_to_num(gaps)).mean.mean() < 4.5


def test_ten_times_the_demand_is_ten_times_the_forecast():
    history = intermittent(60, 60, seed=3, size=40)
    few, many = (forecast_means(history * times) for times in (1.0, 10.0))
    np.testing.assert_allclose(many, 10 * few)


def forecast_means(history):
    return of(history, models=(models.recent(8),)).mean


def test_higher_levels_never_need_less():
    history = with_gaps(intermittent(300, 60, seed=4), 0.1, seed=5)
    assert (np.diff(of(history).quantiles, axis=1) >= 0).all()


@pytest.mark.parametrize("lead", [1, 4])
def test_simulated_demand_is_covered_as_often_as_promised(lead):
    history = np.random.default_rng(6).poisson(40, (1500, 60 + lead)).astype(float)
    found = of(history[:, :60], lead)
    actual = history[:, 60:].sum(axis=1)
    covered = (actual[:, None] <= found.quantiles).mean(axis=0)
    # Whole units cover a little more, estimated variances a little less; three standard errors.
    error = 3 * np.sqrt(np.array(LEVELS) * (1 - np.array(LEVELS)) / 1500)
    assert (np.abs(covered - LEVELS) < error + 0.02).all()


def test_the_same_history_gives_the_same_forecast_in_any_chunks():
    history = intermittent(500, 60, seed=7)
    whole, parts = of(history, sample=100), of(history, sample=100, chunk=64)
    np.testing.assert_array_equal(whole.quantiles, parts.quantiles)
    np.testing.assert_array_equal(whole.deviation, parts.deviation)


def test_each_series_has_its_own_lead_time():
    history = np.random.default_rng(8).poisson(5, (40, 60)).astype(float)
    leads = np.tile([1, 2, 4, 8], 10)
    one = Options(models=(models.recent(16),))
    found = forecast(history, leads, options=one)
    for lead in (1, 2, 4, 8):
        rows = leads == lead
        alone = forecast(history[rows], leads[rows], options=one)
        np.testing.assert_array_equal(found.quantiles[rows], alone.quantiles)


def test_a_model_from_outside_competes_and_wins_where_it_knows_better():
    rng = np.random.default_rng(9)
    often = rng.uniform(1, 50, (50, 1))
    history = often * (np.tile([4.0, 60.0], (50, 30)) + rng.poisson(2, (50, 60)))

    def path(past, lead):
        out = np.full((len(past), past.shape[1] + 1), np.nan)
        out[:, 2:] = (
            past[:, -2:].mean()
            if lead > 1
            else np.stack([past[:, t - 2] for t in range(2, past.shape[1] + 1)], axis=1)
        )
        return out

    outside = Model("two periods ago", path)
    found = of(history, lead=1, models=(models.SES, outside))
    assert {found.model(row) for row in range(50)} == {"two periods ago"}


def test_who_stops_gets_what_is_done():
    told = []
    history = np.vstack([intermittent(200, 60, seed=10), np.full((50, 60), 5.0)])
    options = Options(chunk=32)
    found = forecast(
        history,
        np.full(250, 2),
        options=options,
        stop=lambda: len(told) > 2,
        on_progress=told.append,
    )
    done = ~np.isnan(found.mean)
    assert 0 < done.sum() < 250
    assert ((found.kind >= 0) == done).all()
    assert told == sorted(told)
    assert found.model(int(np.flatnonzero(~done)[0])) == "none"


def test_series_are_sorted_by_pattern_and_band_of_lead_times():
    pattern = np.repeat([Pattern.SMOOTH, Pattern.LUMPY], 50)
    leads = np.tile(np.arange(1, 51), 2)
    found = list(kinds(pattern, leads))
    assert sorted(np.concatenate([rows for rows, _ in found]).tolist()) == list(range(100))
    assert [lead for _, lead in found] == [7, 19, 31, 44] * 2


@pytest.mark.parametrize(
    ("history", "leads", "levels"),
    [
        ([[1.0, -2.0]], [1], (0.5,)),
        ([[1.0, np.inf]], [1], (0.5,)),
        ([[1.0, None]], [1], (0.5,)),
        ([["1", "2"]], [1], (0.5,)),
        ([1.0, 2.0], [1, 1], (0.5,)),
        ([[1.0, 2.0]], [0], (0.5,)),
        ([[1.0, 2.0]], [1, 1], (0.5,)),
        ([[1.0, 2.0]], [1], (1.0,)),
    ],
)
def test_what_makes_no_sense_is_refused(history, leads, levels):
    with pytest.raises(ValueError, match=r"numbers|below 0|lead time|probabilities"):
        forecast(np.array(history), np.array(leads), levels)


ODD = {
    "zeros first": [0] * 90 + [4, 6, 5, 5] * 3,
    "one demand, today": [0] * 103 + [7],
    "one demand, long ago": [7] + [0] * 103,
    "one period": [5],
    "two periods": [0, 5],
    "three periods": [1, 0, 2],
    "a billion each time": [10**9] * 104,
    "a billion once": [0] * 60 + [10**9] + [0] * 43,
    "whole numbers": [3, 4] * 52,
}


@pytest.mark.parametrize("lead", [1, 4, 12])
@pytest.mark.parametrize("name", ODD)
def test_odd_series_have_a_forecast_within_what_was_ever_asked(name, lead):
    history = np.array([ODD[name]])
    found = of(history, lead)
    assert 0 <= found.mean[0] <= history.max()
    assert (np.diff(found.quantiles[0]) >= 0).all()
    assert np.isfinite(found.quantiles).all()
    assert found.quantiles[0, 0] <= lead * history.max()


def test_zeros_before_the_first_demand_fade():
    (late,) = of(np.array([ODD["zeros first"]]), lead=1).mean
    assert late == pytest.approx(5, rel=0.3)


def test_odd_series_do_not_spoil_their_neighbours():
    steady = np.random.default_rng(11).poisson(5, (50, 104)).astype(float)
    odd = [np.array(one, dtype=float) for one in ODD.values() if len(one) == 104]
    found = of(np.vstack([steady, *odd]), lead=4)
    assert np.isfinite(found.quantiles).all()
    np.testing.assert_allclose(found.mean[:50], 5, rtol=0.6)
