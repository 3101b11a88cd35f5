"""(r, Q) against every other, and against the integrals that define what it costs."""

import numpy as np
import pytest

from fulfillment.optimization.documents import Fault
from fulfillment.optimization.policies import normal, poisson
from fulfillment.optimization.policies.newsvendor import mismatch
from fulfillment.optimization.policies.order_quantity import (
    rq_cost,
    rq_eil,
    rq_eoqb,
    rq_eoqss,
    rq_exact,
    rq_exact_poisson,
)

BOOK = (0.225, 7.5, 8, 1300, 150, 1 / 12)  # Snyder and Shen, example 5.1


@pytest.mark.parametrize("sd", [150, 0])
@pytest.mark.parametrize(("point", "lot"), [(126.8, 328.5), (-30, 40), (300, 900)])
def test_the_cost_is_the_integral_over_the_positions(point, lot, sd):
    mean, spread = 1300 / 12, sd / 12**0.5
    y = np.linspace(point, point + lot, 40_001)
    short = np.array([normal.short(mean, spread, value) for value in y.tolist()])
    held = np.trapezoid(0.225 * (y - mean + short) + 7.5 * short, y)
    found = rq_cost(*BOOK[:4], sd, BOOK[5], point, lot)
    assert found.cost == pytest.approx((8 * 1300 + held) / lot, rel=1e-6)


def test_the_reorder_point_of_the_backorder_rule_is_the_best_for_its_lot():
    rule = rq_eoqb(*BOOK)
    for step in (-1, -0.01, 0.01, 1):
        assert rule.cost < rq_cost(*BOOK, rule.reorder_point + step, rule.quantity).cost


def test_rules_cost_what_their_figures_cost():
    for rule in (rq_eoqb(*BOOK), rq_eoqss(*BOOK)):
        assert rule.cost == pytest.approx(rq_cost(*BOOK, rule.reorder_point, rule.quantity).cost)


def test_the_expected_level_rule_is_a_minimum_of_its_own_cost():
    holding, stockout, fixed, rate, sd, lead = BOOK
    rule, mean, spread = rq_eil(*BOOK), rate * lead, sd * lead**0.5

    def cost(point, lot):
        short = normal.short(mean, spread, point)
        return holding * (point - mean + lot / 2) + (fixed + stockout * short) * rate / lot

    assert rule.cost == pytest.approx(cost(rule.reorder_point, rule.quantity))
    for step in (-0.5, 0.5):
        assert rule.cost < cost(rule.reorder_point + step, rule.quantity)
        assert rule.cost < cost(rule.reorder_point, rule.quantity + step)


def test_the_expected_level_rule_refuses_a_price_that_no_stock_is_worth():
    with pytest.raises(Fault, match="stockout_cost is too low"):
        rq_eil(0.225, 0.01, 8, 1300, 150, 1 / 12)


@pytest.mark.parametrize("lead_time", [0, 2, 6.5])
@pytest.mark.parametrize("prices", [(20, 150, 100), (1, 9, 0), (0.5, 4, 60), (3, 2, 8)])
def test_no_reorder_quantity_costs_less(prices, lead_time):
    holding, stockout, fixed = prices
    best = rq_exact_poisson(*prices, 1.5, lead_time)
    lead = poisson(1.5 * lead_time)

    def cost(point, lot):
        held = mismatch(holding, stockout, lead, np.arange(point + 1, point + lot + 1))
        return (fixed * 1.5 + held.sum()) / lot

    assert best.cost == pytest.approx(cost(best.reorder_point, best.quantity))
    points = range(best.reorder_point - 9, best.reorder_point + 10)
    lots = range(max(best.quantity - 9, 1), best.quantity + 10)
    assert best.cost == pytest.approx(min(cost(r, lot) for r in points for lot in lots))


def test_large_lots_are_the_economic_ones():
    best = rq_exact_poisson(0.01, 1e4, 900, 700, 1)
    assert best.quantity == pytest.approx((2 * 900 * 700 / 0.01) ** 0.5, rel=0.01)


def test_lots_of_millions_are_refused():
    with pytest.raises(ValueError, match="count in cases"):
        rq_exact(1e-9, 9, 1e6, 1e3, poisson(5))
