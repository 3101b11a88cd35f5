"""Curves of expected lost sales, and what a sender keeps."""

import math

import numpy as np
import pytest

from fulfillment.planning.rebalancing.positions import SLICES, kept, lost_sales, spread

MEANS = [0.02, 0.7, 5.0, 60.0, 4000.0]


def of(mean, ratio=1.0):
    return spread(np.array([mean]), np.array([mean * ratio]))[0]


def poisson_loss(mean, stock):
    """Return E(D - stock)+ of Poisson demand, by summing over its units."""
    chance, expected = math.exp(-mean), mean - stock
    for units in range(stock):
        expected += (stock - units) * chance
        chance *= mean / (units + 1)
    return expected


@pytest.mark.parametrize("mean", MEANS)
@pytest.mark.parametrize("ratio", [1.0, 3.0])
def test_the_values_of_a_demand_have_its_mean(mean, ratio):
    assert of(mean, ratio).mean() == pytest.approx(mean)
    assert (np.diff(of(mean, ratio)) >= 0).all()


@pytest.mark.parametrize("stock", [0, 3, 5, 8])
def test_lost_sales_are_those_of_the_distribution(stock):
    stocks, lost = zip(*lost_sales(of(5.0), 0.0), strict=True)
    assert np.interp(stock, stocks, lost) == pytest.approx(poisson_loss(5.0, stock), abs=0.15)


@pytest.mark.parametrize("mean", MEANS)
@pytest.mark.parametrize("incoming", [0.0, 1.0, 50.0])
def test_the_curve_is_convex_and_falls_to_nothing(mean, incoming):
    points = lost_sales(of(mean), incoming)
    stocks, lost = map(np.array, zip(*points, strict=True))
    assert stocks[0] == 0
    assert lost[-1] == 0
    slopes = np.diff(lost) / np.diff(stocks)
    assert (slopes <= 1e-6).all()
    assert (np.diff(slopes) >= -1e-5).all()


def test_two_values_that_are_alike_in_print_are_one_point():
    stocks, _ = zip(*lost_sales(np.array([1, 2, 2 + 1e-8, 3]), 0.0), strict=True)
    assert len(set(stocks)) == len(stocks)


def test_units_on_their_way_are_as_good_as_stock():
    without = dict(lost_sales(of(5.0), 0.0))
    stocks, lost = zip(*lost_sales(of(5.0), 4.0), strict=True)
    assert lost[0] == pytest.approx(np.interp(4.0, list(without), list(without.values())))
    assert stocks[-1] == max(0.0, max(without) - 4.0)


def test_a_sender_keeps_what_it_needs_with_the_probability():
    mean = np.array([5.0, 5.0, 0.0])
    keep = kept(mean, mean, 0.8, np.array([0.0, 4.0, 0.0]))
    assert keep.tolist() == [7, 3, 0]
    assert of(5.0).size == SLICES
