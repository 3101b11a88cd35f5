"""Families of demand: their moments, their tails, and what they refuse."""

import math

import numpy as np
import pytest

from fulfillment.optimization.policies import (
    certain,
    negative_binomial,
    normal,
    observed,
    poisson,
    rounded_normal,
    tabulated,
)


@pytest.mark.parametrize("mean", [1e-6, 0.3, 1.0, 7.5, 400.0, 1e6])
def test_a_poisson_demand_has_its_mean_as_variance(mean):
    demand = poisson(mean)
    assert demand.mean == pytest.approx(mean, rel=1e-10)
    assert demand.variance == pytest.approx(mean, rel=1e-8)


def test_poisson_chances_are_those_of_the_formula():
    demand = poisson(4.2)
    for k in range(25):
        chance = math.exp(-4.2) * 4.2**k / math.factorial(k)
        assert demand.above(k - 1) - demand.above(k) == pytest.approx(chance, rel=1e-9)


@pytest.mark.parametrize(("mean", "variance"), [(0.05, 0.3), (3, 3.1), (4, 60), (900, 40_000)])
def test_a_negative_binomial_has_its_mean_and_variance(mean, variance):
    demand = negative_binomial(mean, variance)
    assert demand.mean == pytest.approx(mean, rel=1e-9)
    assert demand.variance == pytest.approx(variance, rel=1e-8)


def test_negative_binomial_chances_are_those_of_the_formula():
    demand, size, p = negative_binomial(4, 12), 2, 1 / 3
    for k in range(30):
        chance = math.comb(k + size - 1, k) * p**size * (1 - p) ** k
        assert demand.above(k - 1) - demand.above(k) == pytest.approx(chance, rel=1e-9)


def test_a_negative_binomial_that_hardly_spreads_is_poisson():
    stock = np.arange(20)
    nearly = negative_binomial(5, 5 * (1 + 1e-9))
    np.testing.assert_allclose(nearly.above(stock), poisson(5).above(stock), rtol=1e-6)


def test_a_rounded_normal_rounds_and_is_never_negative():
    demand = rounded_normal(30, 8)
    assert demand.above(35) == pytest.approx(normal.above(5.5 / 8))
    assert rounded_normal(1, 3).above(-1) == 1
    assert rounded_normal(1, 3).above(0) == pytest.approx(normal.above(-0.5 / 3))
    assert rounded_normal(7.4, 0).quantile(0.5) == 7


def test_observed_demand_is_as_often_as_it_was_seen():
    demand = observed([4, 0, 0, 9, 4])
    np.testing.assert_allclose(demand.above([-1, 0, 4, 9]), [1, 0.6, 0.2, 0])


def test_no_demand_is_certain():
    for demand in (poisson(0), certain(0), tabulated({0: 1.0}), observed([0, 0])):
        assert (demand.most, demand.mean, demand.quantile(0.999)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda: negative_binomial(4, 4), "variance is above its mean"),
        (lambda: negative_binomial(0, 4), "variance is above its mean"),
        (lambda: observed([]), "at least one value"),
        (lambda: observed([2, -1]), "none below 0"),
        (lambda: observed([0, 2**30]), "count in cases"),
        (lambda: rounded_normal(1e9, 1e8), "count in cases"),
    ],
)
def test_what_makes_no_sense_is_refused(build, told):
    with pytest.raises(ValueError, match=told):
        build()
