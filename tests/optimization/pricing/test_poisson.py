"""The Poisson tail against exact sums."""

import math

import numpy as np
import pytest

from fulfillment.optimization.pricing import at_least


def tail(stock, rate):
    return float(at_least(np.array([stock]), np.array([float(rate)]))[0])


def exact(stock, rate):
    """Sum the terms on the shorter side, each by its logarithm."""
    if stock == 0 or rate == 0:
        return float(stock == 0)
    up = stock > rate
    terms = range(stock, int(stock + 40 * math.sqrt(stock + rate) + 200)) if up else range(stock)
    total = math.fsum(math.exp(k * math.log(rate) - rate - math.lgamma(k + 1)) for k in terms)
    return total if up else 1 - total


def around(rate):
    """Stocks up to six standard deviations from a rate."""
    return sorted({max(round(rate + z * math.sqrt(rate)), 0) for z in range(-6, 7)})


@pytest.mark.parametrize("rate", [1e-9, 0.1, 0.7, 1.0, 3.5, 10.0, 40.0])
def test_small_stocks_are_summed_exactly(rate):
    stocks = np.array([*range(12), *around(rate)])
    stocks = stocks[stocks <= 64]
    expected = [exact(int(stock), rate) for stock in stocks]
    np.testing.assert_allclose(at_least(stocks, np.full(stocks.size, rate)), expected, atol=1e-13)


@pytest.mark.parametrize("rate", [0.5, 50.0, 64.0, 70.0, 150.0, 1e3, 1e4, 1e5])
def test_large_stocks_are_right_to_a_millionth(rate):
    stocks = np.array([65, 66, 80, *[stock for stock in around(rate) if stock > 64]])
    expected = [exact(int(stock), rate) for stock in stocks]
    np.testing.assert_allclose(at_least(stocks, np.full(stocks.size, rate)), expected, atol=1e-6)


@pytest.mark.parametrize("stock", [1, 5, 64, 65, 1_000, 1_000_000])
def test_more_demand_is_never_less_likely_to_use_up_a_stock(stock):
    rates = np.concatenate([np.linspace(0, 3 * stock, 400), [1e7, math.inf]])
    chances = at_least(np.full(rates.size, stock), rates)
    assert (np.diff(chances) >= -1e-12).all()
    assert chances[0] == 0
    assert chances[-1] == 1


@pytest.mark.parametrize("rate", [0.3, 5.0, 64.0, 70.0, 1e5])
def test_more_stock_is_never_more_likely_to_be_used_up(rate):
    stocks = np.arange(200) if rate < 1e4 else np.arange(99_000, 101_000)
    chances = at_least(stocks, np.full(stocks.size, rate))
    # Where the sum hands over to the approximation, the two differ by less than a millionth.
    assert (np.diff(chances) <= 1e-6).all()


def test_no_stock_is_used_up_at_once_and_no_demand_uses_up_nothing():
    assert tail(0, 0) == tail(0, 7) == 1
    assert tail(1, 0) == tail(1_000_000, 0) == 0


def test_a_stock_far_from_the_demand_is_certain():
    assert tail(64, 1e5) == tail(1_000, 1e12) == 1
    assert tail(64, 1e-9) == tail(1_000_000, 1e5) == 0


def test_shapes_are_kept():
    stock = np.arange(6).reshape(2, 3) * 20
    assert at_least(stock, np.full((2, 3), 50.0)).shape == (2, 3)
    assert at_least(stock[:0], np.zeros((0, 3))).shape == (0, 3)
