"""Variances between a series' own and what is usual among its like."""

import numpy as np
import pytest

from fulfillment.optimization.forecasting.spread import steadied, usual

MEAN = 10 ** np.random.default_rng(1).uniform(-1, 3, 500)


def test_the_variance_function_of_the_series_is_found():
    variance = 2 * MEAN + 0.5 * MEAN**2
    np.testing.assert_allclose(usual(MEAN, variance), variance, rtol=0.05)


def test_what_is_usual_adds_up_to_what_the_series_have():
    variance = MEAN * np.random.default_rng(2).gamma(1.0, 3.0, MEAN.size)
    found = usual(MEAN, variance)
    assert (found > 0).all()
    assert found.sum() == pytest.approx(variance.sum())


def test_steadied_variances_err_less_than_their_own_and_than_the_usual():
    rng = np.random.default_rng(3)
    true = (2 * MEAN + 0.1 * MEAN**2) * rng.gamma(8.0, 1 / 8, MEAN.size)
    seen = true * rng.chisquare(6, MEAN.size) / 6

    def error(share):
        return np.abs(np.log(steadied(MEAN, seen, share) / true)).mean()

    assert error(0.5) < min(error(0.0), error(1.0))


def test_a_share_of_none_and_few_series_leave_variances_as_they_are():
    variance = MEAN * 3
    assert steadied(MEAN, variance, 0.0) is variance
    assert steadied(MEAN[:9], variance[:9], 1.0) is not None
    np.testing.assert_array_equal(steadied(MEAN[:9], variance[:9], 1.0), variance[:9])


def test_series_without_demand_or_without_a_forecast_stay_out():
    mean = np.concatenate([[0.0, np.nan, 5.0], MEAN])
    variance = np.concatenate([[0.0, np.nan, np.nan], 3 * MEAN])
    found = steadied(mean, variance, 0.5)
    np.testing.assert_array_equal(found[:3], variance[:3])
    np.testing.assert_allclose(found[3:], 3 * MEAN, rtol=0.05)


def test_variances_that_fall_with_the_mean_have_one_part_only():
    found = usual(MEAN, 4 / MEAN)
    assert (found > 0).all()
    assert np.isfinite(found).all()
