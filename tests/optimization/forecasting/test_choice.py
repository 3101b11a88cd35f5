"""The model that forecasts a kind of demand best."""

import numpy as np
import pytest

from fulfillment.optimization.forecasting import LEVELS, Options, forecast, models
from fulfillment.optimization.forecasting.choice import choose, steps
from fulfillment.optimization.forecasting.leadtime import totals

WANTED = np.array(LEVELS)


def sizes(series, rng):
    """How much more some series ask than others, so that they have little to tell each other."""
    return rng.uniform(1, 50, (series, 1))


def test_seasonal_demand_is_left_to_the_seasonal_model():
    season = np.array([2.0, 2, 30, 30, 2, 2, 80, 2])
    rng = np.random.default_rng(1)
    history = rng.poisson(sizes(60, rng) * np.tile(season, (60, 8))).astype(float)
    rivals = (models.SES, models.seasonal_naive(8))
    assert choose(history, 2, rivals, WANTED).model == rivals[1]


def test_still_demand_is_left_to_the_long_memory_and_moving_demand_to_the_short():
    rng = np.random.default_rng(2)
    rivals = (models.recent(4), models.recent(32))
    still = rng.poisson(10 * sizes(80, rng), (80, 80)).astype(float)
    jumps = np.repeat(rng.uniform(1, 80, (80, 10)), 8, axis=1)
    assert choose(still, 1, rivals, WANTED).model == rivals[1]
    assert choose(rng.poisson(jumps).astype(float), 1, rivals, WANTED).model == rivals[0]


def test_every_model_that_was_tried_has_a_score_and_the_least_loss_wins():
    history = np.random.default_rng(3).poisson(0.4, (100, 60)).astype(float)
    choice = choose(history, 2, models.CANDIDATES, WANTED)
    assert {model.name for model in models.CANDIDATES} < set(choice.scores)
    least = min(score.loss for score in choice.scores.values())
    assert choice.scores[choice.model.name].loss <= least * 1.01
    assert choice.scores[choice.model.name].coverage[4] == pytest.approx(0.95, abs=0.05)


def test_without_a_past_the_first_model_is_taken():
    history = np.full((5, 10), np.nan)
    assert choose(history, 1, models.CANDIDATES, WANTED).model == models.CANDIDATES[0]


def test_a_series_that_never_moves_has_no_step():
    np.testing.assert_allclose(steps(np.array([[1.0, 4.0, 8.0]])), [np.sqrt(12.5)])
    assert np.isnan(steps(np.array([[3.0, 3.0, 3.0]]))).all()


def test_a_model_that_says_nothing_of_a_kind_keeps_no_other_from_being_chosen():
    silent = models.Model(
        "silent", lambda known, lead: np.full((len(known), known.shape[1] + 1), np.nan)
    )
    rng = np.random.default_rng(4)
    history = rng.poisson(9 * sizes(50, rng), (50, 60)).astype(float)
    choice = choose(history, 1, (silent, models.SES, models.NAIVE), WANTED)
    assert choice.model == models.SES
    assert "silent" not in choice.scores


def test_series_that_sell_alike_learn_from_each_other_and_those_apart_do_not():
    rng = np.random.default_rng(5)
    alike = rng.poisson(0.5, (200, 60)).astype(float)
    assert choose(alike, 2, (models.recent(8),), WANTED).model.name.endswith("of its kind's mean")
    apart = rng.poisson(0.5 * sizes(200, rng), (200, 60)).astype(float)
    assert choose(apart, 2, (models.recent(8),), WANTED).model.name == "recency 8"


def test_variances_of_series_that_vary_alike_are_made_steadier():
    rng = np.random.default_rng(6)
    alike = rng.poisson(rng.gamma(2.0, 10.0, (200, 60))).astype(float)
    assert choose(alike, 2, (models.recent(32),), WANTED).steady >= 0.5


def test_on_average_quantiles_of_slow_movers_reach_their_levels():
    rng = np.random.default_rng(7)
    rate = rng.gamma(2.0, 0.15, (600, 1))
    history, lead = rng.poisson(rate, (600, 60)).astype(float), 2
    past, coming = history[:, :-lead], totals(history, lead)[:, -1]
    least, on_average = (
        (forecast(past, np.full(600, lead), options=Options(on_average=asked)).quantiles)
        for asked in (False, True)
    )
    for level, each, over in zip(LEVELS, least.T, on_average.T, strict=True):
        if level >= 0.9:
            assert (coming <= each).mean() > level - 0.02
            assert (coming <= over).mean() == pytest.approx(level, abs=0.03)
    assert (on_average <= least).all()
    assert on_average.sum() < 0.9 * least.sum()


def test_mase_counts_in_steps_from_one_lead_time_to_the_next():
    # 10, 10, 20, 20 and again: of two periods' demand, 20, 30, 40, 30, every other step is 20, the
    # others none. The naive forecast errs by 20 and 10 in turn; nothing at all by 30.
    history = np.tile(np.repeat([[10.0, 20.0]], 2, axis=1), (30, 15))
    history *= np.arange(1, 31)[:, None]
    found = choose(history, 2, (models.NAIVE, models.ZERO), WANTED).scores
    assert found["naive"].mase == pytest.approx(1.5, rel=0.05)
    assert found["all zero"].mase == pytest.approx(3.0, rel=0.05)
