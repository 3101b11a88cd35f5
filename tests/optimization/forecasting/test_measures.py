"""Measures against figures worked out by hand."""

import math

import numpy as np
import pytest

from fulfillment.optimization.forecasting import measures

ACTUAL = np.array([[2.0, 0.0, np.nan, 6.0]])
SAID = np.array([[4.0, 1.0, 9.0, 3.0]])


def test_errors_are_shares_of_known_demand():
    assert measures.wape(ACTUAL, SAID) == pytest.approx(6 / 8)
    assert measures.bias(ACTUAL, SAID) == pytest.approx(0.0)
    assert measures.rmse(ACTUAL, SAID) == pytest.approx(math.sqrt(14 / 3))
    assert math.isnan(measures.wape(np.zeros((1, 2)), SAID[:, :2]))


def test_mase_is_in_steps_of_the_naive():
    history = np.array([[1.0, 3.0, np.nan, 5.0, 4.0], [2.0, 2.0, 2.0, 2.0, 2.0]])
    scale = measures.naive_scale(history)
    assert scale[0] == pytest.approx((2 + 1) / 2)
    assert math.isnan(scale[1])
    assert measures.mase(ACTUAL, SAID, scale[:1]).tolist() == pytest.approx([2 / 1.5])


def test_the_naive_has_a_recent_mase_of_one():
    history = np.random.default_rng(1).poisson(5, (4, 27)).astype(float)
    path = np.concatenate([np.full((4, 1), np.nan), history], axis=1)
    np.testing.assert_allclose(measures.recent_mase(history, path), 1.0)


def test_a_unit_short_costs_its_level_and_a_unit_over_the_rest():
    levels = np.array([0.5, 0.9])
    short = measures.pinball(np.array([5.0]), np.array([[3.0, 3.0]]), levels)
    over = measures.pinball(np.array([3.0]), np.array([[5.0, 5.0]]), levels)
    np.testing.assert_allclose(short, [[1.0, 1.8]])
    np.testing.assert_allclose(over, [[1.0, 0.2]])


def test_demand_that_just_meets_its_quantile_is_covered():
    actual = np.array([3.0, 4.0, np.nan, 1.0])
    asked = np.array([[3.0, 4.0]] * 4)
    assert measures.coverage(actual, asked).tolist() == pytest.approx([2 / 3, 1.0])
