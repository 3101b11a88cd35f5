"""Forecasts without thought."""

import numpy as np

from fulfillment.optimization.forecasting import naive

HISTORY = np.array([[1.0, 2.0, 3.0, 4.0, 5.0, np.nan]])


def test_naive_repeats_the_last_known_period():
    assert naive.naive(HISTORY)[0, 1:].tolist() == [1, 2, 3, 4, 5, 5]


def test_zero_expects_nothing():
    assert naive.zero(HISTORY).tolist() == [[0.0] * 7]


def test_the_moving_average_counts_only_known_periods():
    assert naive.moving_average(HISTORY, 3)[0, 1:].tolist() == [1, 1.5, 2, 3, 4, 4.5]


def test_seasonal_naive_repeats_the_same_periods_of_the_last_season():
    path = naive.seasonal_naive(HISTORY, season=3, lead=2)
    assert np.isnan(path[0, :3]).all()
    assert path[0, 3:5].tolist() == [1.5, 2.5]


def test_a_lead_time_longer_than_a_season_repeats_it_whole():
    path = naive.seasonal_naive(HISTORY, season=3, lead=9)
    assert path[0, 3:5].tolist() == [2.0, 3.0]
