"""Distributions of demand over whole units, against sums over all that can happen."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.optimization.policies import demand as module
from fulfillment.optimization.policies import poisson, tabulated
from fulfillment.optimization.policies.demand import Demand, convolution

weights = st.dictionaries(st.integers(0, 30), st.integers(1, 9), min_size=1, max_size=8)
demands = weights.map(lambda w: {units: n / sum(w.values()) for units, n in w.items()})


@given(demands, st.integers(-5, 40))
def test_tails_and_losses_are_the_sums_that_define_them(chances, stock):
    demand = tabulated(chances)
    above = sum(p for units, p in chances.items() if units > stock)
    short = sum(p * max(units - stock, 0) for units, p in chances.items())
    assert demand.above(stock) == pytest.approx(above, abs=1e-12)
    assert demand.short(stock) == pytest.approx(short, abs=1e-12)
    assert demand.mean == pytest.approx(sum(units * p for units, p in chances.items()))


@given(demands)
def test_mean_and_variance_are_those_of_the_chances(chances):
    demand = tabulated(chances)
    units, p = np.array([*chances]), np.array([*chances.values()])
    assert demand.variance == pytest.approx(p @ (units - p @ units) ** 2, abs=1e-9)


@given(demands, st.floats(0.01, 0.999))
def test_a_quantile_is_the_least_stock_that_is_enough(chances, chance):
    demand = tabulated(chances)
    stock = demand.quantile(chance)
    assert demand.above(stock) <= (1 - chance) * (1 + 1e-6)
    assert stock == demand.start or demand.above(stock - 1) > (1 - chance)


def test_a_chance_that_is_reached_but_for_rounding_is_reached():
    # 0.25 + 0.05 + 0.1 + 0.2 is more than 0.6 in floating point, and 0.1 + 0.2 more than 0.3.
    assert tabulated({1: 0.1, 2: 0.2, 3: 0.7}).quantile(0.3) == 2
    assert tabulated({1: 0.25, 2: 0.05, 3: 0.1, 4: 0.2, 5: 0.4}).quantile(0.6) == 4


@given(demands, demands)
def test_a_sum_counts_every_pair(ours, theirs):
    total = tabulated(ours).plus(tabulated(theirs))
    for stock in range(0, 62, 7):
        pairs = itertools.product(ours.items(), theirs.items())
        above = sum(p * q for (a, p), (b, q) in pairs if a + b > stock)
        assert total.above(stock) == pytest.approx(above, abs=1e-12)


def test_long_sums_are_the_same_by_transform(monkeypatch):
    ours, theirs = np.random.default_rng(1).random((2, 900))
    expected = convolution(ours, theirs)
    monkeypatch.setattr(module, "BY_SUMS", 0)
    np.testing.assert_allclose(convolution(ours, theirs), expected, rtol=1e-11)


@pytest.mark.parametrize("periods", [0, 1, 2, 5, 13])
def test_demand_over_periods_is_their_sum(periods):
    demand, stock = poisson(0.7), np.arange(40)
    many = poisson(0.7 * periods)
    np.testing.assert_allclose(demand.over(periods).above(stock), many.above(stock), atol=1e-13)


def test_a_lead_time_that_varies_mixes_its_demands():
    demand = tabulated({0: 0.5, 3: 0.5})
    mixed = demand.over_lead_time({1: 0.25, 4: 0.75})
    for stock in range(14):
        expected = 0.25 * demand.above(stock) + 0.75 * demand.over(4).above(stock)
        assert mixed.above(stock) == pytest.approx(expected)
    # Variance of a sum of a random number of terms.
    times_variance = 1 * 0.25 + 16 * 0.75 - 3.25**2
    assert mixed.variance == pytest.approx(3.25 * demand.variance + 1.5**2 * times_variance)


@pytest.mark.parametrize(
    ("chances", "start"),
    [([], 0), ([1.0], -1), ([0.5, 0.6], 0), ([1.5, -0.5], 0), ([np.nan], 0)],
)
def test_what_is_no_distribution_is_refused(chances, start):
    with pytest.raises(ValueError, match=r"chances are|demand is for"):
        Demand(np.array(chances, dtype=float), start)
