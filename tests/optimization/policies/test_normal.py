"""The normal distribution against quadrature and its own identities."""

import itertools
import math

import numpy as np
import pytest

from fulfillment.optimization.policies import normal

PLACES = [-40.0, -8.0, -2.5, -1.0, -1e-9, 0.0, 0.3, 1.0, 2.0, 4.0, 8.0]


def integral(function, begin, end, steps=200_000):
    """By the trapezoidal rule."""
    x = np.linspace(begin, end, steps)
    y = np.array([function(value) for value in x.tolist()])
    return float(np.trapezoid(y, x))


@pytest.mark.parametrize("z", [-2.5, -1.0, 0.0, 0.3, 1.0, 2.0, 4.0])
def test_losses_are_the_integrals_that_define_them(z):
    assert normal.loss(z) == pytest.approx(integral(normal.above, z, 12), rel=1e-7)
    assert normal.second_loss(z) == pytest.approx(integral(normal.loss, z, 12), rel=1e-7)


@pytest.mark.parametrize("z", PLACES)
def test_what_is_short_and_what_is_over_differ_by_the_distance(z):
    assert normal.loss(-z) - normal.loss(z) == pytest.approx(z, abs=1e-12)
    assert normal.below(z) + normal.above(z) == pytest.approx(1)


def test_losses_fall_and_keep_their_digits_far_out():
    losses = [normal.loss(z) for z in np.linspace(-5, 30, 400).tolist()]
    assert all(now > then > 0 for now, then in itertools.pairwise(losses))
    # The first three terms of the asymptotic series.
    series = normal.density(30) * (1 / 30**2 - 3 / 30**4 + 15 / 30**6)
    assert normal.loss(30) == pytest.approx(series, rel=1e-6)


@pytest.mark.parametrize("amount", [1e-200, 1e-9, 0.01, 0.3989422804014327, 2.0, 1e6])
def test_the_inverse_of_the_loss_has_that_loss(amount):
    assert normal.loss(normal.inverse_loss(amount)) == pytest.approx(amount, rel=1e-9)


@pytest.mark.parametrize("stock", [-3.0, 40.0, 50.0, 61.0, 90.0])
def test_demand_without_spread_is_the_limit_of_ever_less(stock):
    for function in (normal.short, normal.short_from):
        assert function(50.0, 1e-9, stock) == pytest.approx(function(50.0, 0.0, stock), abs=1e-8)


def test_a_quantile_is_where_the_chance_is_reached():
    assert normal.below(normal.quantile(0.975)) == pytest.approx(0.975, rel=1e-14)
    assert math.isclose(normal.quantile(0.975), 1.959963984540054)
