"""Demand over the lead time, and errors of its forecasts."""

import numpy as np
import pytest

from fulfillment.optimization.forecasting import leadtime, smoothing
from tests.optimization.forecasting.series import intermittent, with_gaps


def test_totals_are_sums_of_consecutive_periods():
    assert leadtime.totals(np.array([[1.0, 2.0, 3.0, 4.0]]), 3).tolist() == [[6.0, 9.0]]
    assert leadtime.totals(np.array([[1.0, 2.0]]), 3).shape == (1, 0)


def test_unknown_periods_are_taken_to_be_like_the_known_ones_up_to_half():
    found = leadtime.totals(np.array([[4.0, np.nan, np.nan, np.nan, 2.0, 6.0]]), 2)
    np.testing.assert_allclose(found, [[8.0, np.nan, np.nan, 4.0, 8.0]])


def test_variances_are_those_of_a_loop_that_knows_only_the_past():
    lead, history = 3, with_gaps(intermittent(20, 30, seed=1), 0.1, seed=2)
    path = smoothing.recency(history, 8)
    found = leadtime.variances(history, path, lead)
    errors = leadtime.errors(history, path, lead)
    for t in (10, 20, 30):
        for row in range(20):
            past = errors[row, : t - lead + 1]
            past = past[~np.isnan(past)][::-1]
            weights = 0.5 ** (np.arange(past.size) / leadtime.HALF_LIFE)
            prior = leadtime.PRIOR * 0.5 ** (past.size / leadtime.HALF_LIFE)
            squares = (weights * past**2).sum() + prior * lead * path[row, t]
            assert found[row, t] == pytest.approx(squares / (weights.sum() + prior))
