"""(s, S) against every other, each by the long run of its Markov chain."""

import numpy as np
import pytest

from fulfillment.optimization.policies import negative_binomial, poisson, tabulated
from fulfillment.optimization.policies.newsvendor import mismatch
from fulfillment.optimization.policies.order_up_to import (
    renewals,
    ss_exact,
    ss_exact_discrete,
    ss_exact_poisson,
    ss_power_approximation,
)

LUMPY = {0: 0.6, 1: 0.1, 4: 0.2, 9: 0.1}


def long_run_cost(low, high, holding, stockout, fixed, period, protected):
    """Cost per period, from how often the chain of positions is at each place after the look."""
    places = np.arange(low + 1, high + 1)
    chances = -np.diff(period.above(np.arange(-1, period.most + 1)))
    moves = np.zeros((places.size, places.size))
    for i in range(places.size):
        for units, chance in enumerate(chances.tolist()):
            moves[i, i - units if i >= units else -1] += chance
    often = np.linalg.lstsq(
        np.vstack([moves.T - np.eye(places.size), np.ones(places.size)]),
        np.append(np.zeros(places.size), 1.0),
        rcond=None,
    )[0]
    orders = often @ np.array([float(period.above(place - low - 1)) for place in places])
    return fixed * orders + often @ mismatch(holding, stockout, protected, places)


@pytest.mark.parametrize("lead_time", [0, 3])
@pytest.mark.parametrize("prices", [(1, 4, 5), (1, 9, 0), (0.5, 30, 12), (3, 2, 8)])
@pytest.mark.parametrize("demand", [poisson(1.3), tabulated(LUMPY), negative_binomial(0.8, 3)])
def test_no_reorder_up_to_costs_less(demand, prices, lead_time):
    protected = demand.over(lead_time + 1)
    best = ss_exact(*prices, demand, protected)
    costs = {
        (low, high): long_run_cost(low, high, *prices, demand, protected)
        for low in range(best.reorder_point - 4, best.reorder_point + 5)
        for high in range(max(low + 1, best.order_up_to - 5), best.order_up_to + 6)
    }
    assert costs[best.reorder_point, best.order_up_to] == pytest.approx(best.cost)
    assert best.cost <= min(costs.values()) * (1 + 1e-9)


def test_the_best_is_found_on_the_whole_plane():
    demand = tabulated(LUMPY)
    best = ss_exact(1, 6, 10, demand, demand)
    costs = [
        long_run_cost(low, high, 1, 6, 10, demand, demand)
        for low in range(-12, 20)
        for high in range(low + 1, 45)
    ]
    assert best.cost == pytest.approx(min(costs))


def test_without_a_fixed_cost_every_demand_is_ordered_again():
    best = ss_exact_poisson(1, 4, 0, 6)
    assert (best.reorder_point, best.order_up_to) == (7, 8)


def test_chances_that_are_poisson_give_what_poisson_gives():
    chances = {k: float(p) for k, p in enumerate(poisson(6).chances)}
    assert ss_exact_discrete(1, 4, 5, chances) == ss_exact_poisson(1, 4, 5, 6)


def test_renewals_count_the_visits_of_a_cycle():
    visits = renewals(tabulated(LUMPY), 12)
    rng = np.random.default_rng(3)
    draws = rng.choice([*LUMPY], p=[*LUMPY.values()], size=(60_000, 80)).cumsum(axis=1)
    counted = [(draws == i).sum() / 60_000 + (i == 0) for i in range(12)]
    np.testing.assert_allclose(visits, counted, atol=0.02)


def test_a_dearer_order_is_for_more_and_a_dearer_gap_keeps_more():
    lots = [ss_exact_poisson(1, 9, fixed, 8) for fixed in (1, 10, 40, 160, 1000)]
    sizes = [best.order_up_to - best.reorder_point for best in lots]
    assert sizes == sorted(sizes)
    points = [ss_exact_poisson(1, stockout, 40, 8).reorder_point for stockout in (2, 9, 40, 400)]
    assert points == sorted(points)


def test_the_rule_of_ehrhardt_and_mosier_is_near_the_best():
    demand = negative_binomial(30, 150)
    rule = ss_power_approximation(1, 9, 64, 30, 150**0.5)
    low, high = round(rule.reorder_point), round(rule.order_up_to)
    best = ss_exact(1, 9, 64, demand, demand)
    assert best.cost <= long_run_cost(low, high, 1, 9, 64, demand, demand) <= 1.02 * best.cost


def test_what_nobody_wants_has_no_policy():
    with pytest.raises(ValueError, match="SKUs with demand"):
        ss_exact(1, 4, 5, poisson(0), poisson(0))


@pytest.mark.parametrize("prices", [(1e-9, 9, 1e7), (1, 1e-9, 1e7)])
def test_lots_of_millions_are_refused(prices):
    with pytest.raises(ValueError, match="count in cases"):
        ss_exact_poisson(*prices, 20)
