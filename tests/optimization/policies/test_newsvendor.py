"""The newsvendor's stock against every stock that could be bought."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.optimization.documents import Fault
from fulfillment.optimization.policies import negative_binomial, poisson, rounded_normal, tabulated
from fulfillment.optimization.policies.newsvendor import (
    mismatch,
    newsvendor,
    newsvendor_discrete,
    newsvendor_negative_binomial,
    newsvendor_normal,
    newsvendor_normal_profit,
    newsvendor_poisson,
)

prices = st.floats(0.01, 100)
chances = st.dictionaries(st.integers(0, 40), st.integers(1, 9), min_size=1, max_size=9).map(
    lambda weights: {units: n / sum(weights.values()) for units, n in weights.items()}
)


@given(prices, prices, chances)
def test_no_stock_costs_less(holding, stockout, pmf):
    best = newsvendor(holding, stockout, tabulated(pmf))
    costs = [
        sum(p * max(holding * (y - d), stockout * (d - y)) for d, p in pmf.items())
        for y in range(42)
    ]
    assert best.cost == pytest.approx(min(costs))
    assert costs[int(best.order_up_to)] == pytest.approx(min(costs))


@given(prices, prices, chances)
def test_far_amounts_and_near_ones_have_the_same_rule(holding, stockout, pmf):
    near = newsvendor(holding, stockout, tabulated(pmf))
    far = newsvendor_discrete(holding, stockout, {units * 1e6: p for units, p in pmf.items()})
    assert far.order_up_to == near.order_up_to * 1e6
    assert far.cost == pytest.approx(near.cost * 1e6)


@given(prices, prices, st.floats(1, 1e4), st.floats(0.1, 1e3))
def test_no_stock_costs_less_under_normal_demand(holding, stockout, mean, sd):
    best = newsvendor_normal(holding, stockout, mean, sd)
    draws = rounded_normal(10_000, 1000)  # in thousandths of a deviation, at its place
    stocks = (best.order_up_to - mean) / sd * 1000 + 10_000
    places = np.rint(stocks + np.array([0, -500, 500])).astype(int)
    costs = mismatch(holding, stockout, draws, places) * sd / 1000
    assert costs[0] == pytest.approx(best.cost, rel=1e-2)
    assert costs[0] <= costs[1:].min()


def test_money_says_the_same_as_costs():
    season = newsvendor_normal_profit(1, 0.3, 0.12, 50, 8)
    costs = newsvendor_normal(0.18, 0.7, 50, 8)
    assert season.order_up_to == pytest.approx(costs.order_up_to)
    assert season.profit == pytest.approx(0.7 * 50 - costs.cost)


def test_families_are_those_of_their_names():
    assert newsvendor_poisson(1, 4, 6) == newsvendor(1, 4, poisson(6))
    expected = newsvendor(1, 4, negative_binomial(6, 36))
    assert newsvendor_negative_binomial(1, 4, 6, 6) == expected
    assert expected.cost > newsvendor_poisson(1, 4, 6).cost


def test_steady_demand_is_bought_as_it_is():
    best = newsvendor_normal(1, 4, 50, 0)
    assert (best.order_up_to, best.cost) == (50, 0)


def test_of_two_stocks_that_cost_the_same_the_less_is_bought():
    # P(D <= 1) is the critical ratio, in spite of rounding.
    assert newsvendor_discrete(0.7, 0.3, {0: 0.1, 1: 0.2, 2: 0.7}).order_up_to == 1


@pytest.mark.parametrize(
    ("revenue", "salvage", "told"), [(3, 1, "revenue must be above"), (9, 3, "salvage_value must")]
)
def test_prices_that_make_no_sense_are_refused(revenue, salvage, told):
    with pytest.raises(Fault, match=told):
        newsvendor_normal_profit(revenue, 3, salvage, 50, 8)


def test_demand_that_spreads_less_than_poisson_is_no_negative_binomial():
    with pytest.raises(Fault, match="demand_sd squared must be above demand_mean"):
        newsvendor_negative_binomial(1, 4, 6, 2)
