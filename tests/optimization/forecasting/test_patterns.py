"""Kinds of demand by how often and how evenly they ask."""

import numpy as np
import pytest

from fulfillment.optimization.forecasting import Pattern, classify


@pytest.mark.parametrize(
    ("series", "pattern"),
    [
        ([5, 4, 6, 5, 5, 4, 6, 5], Pattern.SMOOTH),
        ([1, 30, 2, 1, 40, 1, 2, 1], Pattern.ERRATIC),
        ([0, 3, 0, 0, 3, 0, 4, 0], Pattern.INTERMITTENT),
        ([0, 1, 0, 0, 40, 0, 1, 0], Pattern.LUMPY),
        ([0, 0, 0, 0, 0, 0, 0, 0], Pattern.NONE),
    ],
)
def test_each_kind_of_demand_has_its_name(series, pattern):
    assert classify(np.array([series], dtype=float)).pattern.tolist() == [pattern]


def test_adi_and_cv2_are_those_of_a_loop():
    rng = np.random.default_rng(3)
    history = np.where(rng.random((40, 30)) < 0.4, rng.integers(1, 20, (40, 30)), 0).astype(float)
    history[rng.random(history.shape) < 0.1] = np.nan
    found = classify(history)
    for row, adi, cv2 in zip(history, found.adi, found.cv2, strict=True):
        known = row[~np.isnan(row)]
        sizes = known[known > 0]
        assert adi == pytest.approx(known.size / sizes.size)
        assert cv2 == pytest.approx(sizes.var() / sizes.mean() ** 2)


def test_an_unknown_period_is_no_period_without_demand():
    gaps = np.array([[5, np.nan, 5, np.nan, 5, np.nan]])
    assert classify(gaps).pattern.tolist() == [Pattern.SMOOTH]
    assert classify(np.nan_to_num(gaps)).pattern.tolist() == [Pattern.INTERMITTENT]


def test_a_series_of_which_nothing_is_known_has_no_pattern():
    found = classify(np.full((1, 4), np.nan))
    assert found.pattern.tolist() == [Pattern.NONE]
    assert np.isnan(found.adi).all()
