"""Levels that follow the demand."""

import numpy as np
import pytest

from fulfillment.optimization.forecasting import smoothing
from tests.optimization.forecasting.series import intermittent, with_gaps


def test_smoothing_skips_what_is_not_known():
    gaps = np.array([[np.nan, 4.0, np.nan, 8.0, np.nan]])
    np.testing.assert_allclose(
        smoothing.ses(gaps, 0.5), [[np.nan, np.nan, 4.0, 4.0, 6.0, 6.0]], equal_nan=True
    )


def test_recency_is_a_mean_whose_weights_halve():
    path = smoothing.recency(np.array([[8.0, np.nan, 2.0]]), half_life=1)
    assert path[0, 1] == 8.0
    assert path[0, 3] == pytest.approx((8 * 0.5 + 2) / 1.5)


def test_the_fitted_alpha_errs_no_more_than_any_of_a_grid():
    history = np.cumsum(np.random.default_rng(1).normal(size=(50, 40)), axis=1) + 30
    best = np.full(50, np.inf)
    forecast = np.empty(50)
    for alpha in np.linspace(0.1, 0.3, 2001):
        path = smoothing.ses(history, alpha)
        squares = ((path[:, 1:-1] - history[:, 1:]) ** 2).sum(axis=1)
        forecast = np.where(squares < best, path[:, -1], forecast)
        best = np.minimum(squares, best)
    np.testing.assert_allclose(smoothing.optimised_ses(history), forecast, rtol=2e-4)


def test_where_every_alpha_errs_alike_the_middle_is_taken():
    assert smoothing.optimised_ses(np.array([[0.0, 10.0]])) == pytest.approx(2.0)


def test_the_adaptive_level_takes_the_alpha_that_fits():
    rng = np.random.default_rng(2)
    still = 10 + rng.normal(size=(1, 300))
    wandering = 100 + np.cumsum(rng.normal(size=(1, 300)), axis=1)
    for history, alpha in ((still, 0.02), (wandering, 0.5)):
        expected = smoothing.ses(history, alpha)[0, -1]
        assert smoothing.adaptive_ses(history)[0, -1] == expected


def test_the_adaptive_level_never_looks_ahead():
    history = with_gaps(intermittent(10, 30, seed=3), 0.2, seed=4)
    path = smoothing.adaptive_ses(history)
    for t in range(1, 31):
        np.testing.assert_allclose(path[:, t], smoothing.adaptive_ses(history[:, :t])[:, -1])
