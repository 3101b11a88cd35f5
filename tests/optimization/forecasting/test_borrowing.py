"""New SKUs and their class."""

import numpy as np
import pytest

from fulfillment.optimization.forecasting import borrow, forecast

RNG = np.random.default_rng(1)
GROUPS = np.repeat([0, 1], 50)


def world(known):
    """Two classes, of about 10 and 100 a period; the last of each is known so many periods."""
    history = RNG.poisson(np.where(GROUPS == 0, 10, 100)[:, None], (100, 60)).astype(float)
    history[[49, 99], : 60 - known] = np.nan
    return history, forecast(history, np.full(100, 2))


def test_a_sku_without_a_past_is_expected_to_sell_like_its_class():
    history, forecasts = world(known=0)
    found = borrow(forecasts, history, GROUPS)
    assert found.mean[49] == pytest.approx(10, rel=0.1)
    assert found.mean[99] == pytest.approx(100, rel=0.1)
    assert found.quantiles[99, 0] == pytest.approx(200, rel=0.1)
    assert (np.diff(found.quantiles[99]) >= 0).all()


def test_what_it_sells_counts_more_from_period_to_period():
    level = []
    for known in (1, 4, 16):
        history, _ = world(known)
        # Members that differ as much as their periods do give its own past a weight of n/(n+1).
        history[:49] *= np.random.default_rng(2).gamma(4, 1 / 4, (49, 1))
        history[49] = np.where(np.isnan(history[49]), np.nan, 40.0)
        found = borrow(forecast(history, np.full(100, 2)), history, GROUPS)
        level.append(found.mean[49])
    assert 10 < level[0] < level[1] < level[2] < 40


def test_established_skus_keep_their_forecast():
    history, forecasts = world(known=3)
    found = borrow(forecasts, history, GROUPS)
    rows = np.setdiff1d(np.arange(100), [49, 99])
    np.testing.assert_array_equal(found.mean[rows], forecasts.mean[rows])
    np.testing.assert_array_equal(found.quantiles[rows], forecasts.quantiles[rows])


def test_a_class_of_new_skus_only_borrows_from_all():
    history, forecasts = world(known=0)
    groups = GROUPS.copy()
    groups[49] = 2
    assert borrow(forecasts, history, groups).mean[49] == pytest.approx(55, rel=0.1)


def test_a_sku_that_differs_from_a_mixed_class_needs_more_safety():
    history, forecasts = world(known=0)
    alike = borrow(forecasts, history, GROUPS)
    mixed = borrow(forecasts, history, np.zeros(100, dtype=int))
    assert mixed.deviation[49] > 5 * alike.deviation[49]
