"""Quantiles against sums of probabilities and against figures from tables."""

import math

import numpy as np
import pytest

from fulfillment.optimization.forecasting.distributions import quantiles

LEVELS = np.array([0.5, 0.8, 0.9, 0.95, 0.98, 0.99])


def one(mean, variance, level):
    found = quantiles(np.array([mean]), np.array([variance]), np.array([level]))
    return float(found[0, 0])


def poisson_quantile(mean, level):
    k, below = 0, math.exp(-mean)
    while below < level:
        k += 1
        below += math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1))
    return k


def negative_binomial_quantile(mean, variance, level):
    size, p = mean**2 / (variance - mean), mean / variance
    k, below = 0, p**size
    while below < level:
        k += 1
        logs = math.lgamma(size + k) - math.lgamma(size) - math.lgamma(k + 1)
        below += math.exp(logs + size * math.log(p) + k * math.log(1 - p))
    return k


def binomial_quantile(n, p, level):
    k, below = 0, (1 - p) ** n
    while below < level:
        k += 1
        below += math.comb(n, k) * p**k * (1 - p) ** (n - k)
    return k


@pytest.mark.parametrize("level", LEVELS.tolist())
def test_few_units_follow_poisson_binomial_and_negative_binomial(level):
    for mean in (0.05, 0.7, 3.2, 40.0):
        assert one(mean, mean, level) == poisson_quantile(mean, level)
        for times in (1.3, 4.0):
            expected = negative_binomial_quantile(mean, times * mean, level)
            assert one(mean, times * mean, level) == expected
    assert one(4.2, 4.2 * 0.4, level) == binomial_quantile(7, 0.6, level)


@pytest.mark.parametrize(
    ("shape", "level", "quantile"),
    [
        # Exponential, and chi-squared with 10 and 100 degrees of freedom halved, from tables.
        (1.0, 0.95, -math.log(0.05)),
        (1.0, 0.5, math.log(2)),
        (5.0, 0.95, 18.307 / 2),
        (5.0, 0.99, 23.209 / 2),
        (50.0, 0.9, 118.498 / 2),
        (50.0, 0.99, 135.807 / 2),
    ],
)
def test_many_units_follow_gamma(shape, level, quantile):
    scale = 1000.0
    found = one(shape * scale, shape * scale**2, level)
    assert found == pytest.approx(quantile * scale, rel=3e-4)


def test_the_two_meet_where_units_are_neither_few_nor_many():
    below, above = one(60.0, 180.0, 0.95), one(75.0, 225.0, 0.95)
    assert above / below == pytest.approx(75 / 60, rel=0.05)


def test_certain_demand_has_one_quantile():
    assert one(5.0, 0.0, 0.5) == one(5.0, 0.0, 0.99) == 5.0


def test_no_demand_needs_nothing_and_unknown_demand_stays_unknown():
    assert one(0.0, 0.0, 0.99) == 0.0
    assert math.isnan(one(float("nan"), 1.0, 0.5))


def test_higher_levels_never_need_less():
    rng = np.random.default_rng(1)
    mean = 10 ** rng.uniform(-3, 5, 2000)
    found = quantiles(mean, mean * 10 ** rng.uniform(-2, 2, 2000), LEVELS)
    assert (np.diff(found, axis=1) >= 0).all()
