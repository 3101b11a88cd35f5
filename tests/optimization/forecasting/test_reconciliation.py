"""Facilities that add up to their SKU."""

import numpy as np
import pytest

from fulfillment.optimization.forecasting import aggregate, forecast, reconcile
from tests.optimization.forecasting.series import intermittent

SKUS = np.repeat(np.arange(20), 3)
LEADS = np.full(60, 2)


def test_facilities_add_up_to_the_forecast_of_their_sku():
    history = intermittent(60, 60, seed=1)
    whole = forecast(aggregate(history, SKUS), np.full(20, 2))
    found = reconcile(forecast(history, LEADS), SKUS, whole.mean)
    np.testing.assert_allclose(np.bincount(SKUS, found.mean), whole.mean)
    assert (np.diff(found.quantiles, axis=1) >= 0).all()


def test_each_facility_keeps_its_share_and_its_relative_deviation():
    forecasts = forecast(intermittent(60, 60, seed=2), LEADS)
    found = reconcile(forecasts, SKUS, 2 * np.bincount(SKUS, forecasts.mean))
    np.testing.assert_allclose(found.mean, 2 * forecasts.mean)
    np.testing.assert_allclose(found.deviation, 2 * forecasts.deviation)


def test_a_sku_that_no_facility_expects_is_shared_evenly():
    found = reconcile(forecast(np.zeros((3, 40)), LEADS[:3]), np.zeros(3, int), np.array([6.0]))
    assert found.mean.tolist() == [2.0] * 3
    assert found.deviation == pytest.approx(np.full(3, 2.0))


def test_a_sku_without_a_forecast_leaves_its_facilities_alone():
    forecasts = forecast(intermittent(3, 40, seed=3), LEADS[:3])
    found = reconcile(forecasts, np.zeros(3, int), np.array([np.nan]))
    np.testing.assert_array_equal(found.mean, forecasts.mean)
    np.testing.assert_array_equal(found.quantiles, forecasts.quantiles)


def test_the_others_stand_for_a_facility_whose_demand_is_unknown():
    history = np.array([[6.0, 6, 6, 6], [3.0, 3, np.nan, 3], [3.0, 3, 3, 3]])
    np.testing.assert_allclose(aggregate(history, np.zeros(3, int)), [[12.0] * 4])


def test_too_few_of_them_leave_the_sku_unknown():
    history = np.array([[6.0, np.nan, 6], [3.0, 3, 3]])
    np.testing.assert_allclose(aggregate(history, np.zeros(2, int)), [[9.0, np.nan, 9.0]])
