"""Prices of stock: what they are worth where, and what they change."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fulfillment.optimization import sourcing
from fulfillment.optimization.pricing import Network, Skus, cover, marginal_values

UNFILLED = 50.0


def network(unit_cost, cover=0.0, companions=(), shipment_cost=8.0, line_weight=1.0):
    unit_cost = np.array(unit_cost, dtype=float)
    facilities = len(unit_cost)
    return Network(
        unit_cost,
        np.full(facilities, shipment_cost),
        np.full(facilities, cover),
        np.array(companions, dtype=float),
        line_weight,
    )


def prices(stock, demand, net, weight=1.0, line_units=1.0):
    stock = np.array(stock)
    rows = len(stock)
    skus = Skus(
        stock,
        np.array(demand, dtype=float),
        np.full(rows, weight),
        np.full(rows, line_units),
        np.full(rows, UNFILLED),
    )
    return marginal_values(skus, net)


def price(stock, demand, net, **fields):
    return prices([stock], [demand], net, **fields)[0]


TWO = network([[1, 3], [3, 1]])
BASKETS = network([[1, 3, 4], [3, 1, 3], [4, 3, 1]], cover=0.5, companions=(0.2, 0.1))


def test_a_price_is_the_chance_of_running_out_times_what_the_next_holder_costs_more():
    found = price([1, 9], [0.7, 0.0], TWO)
    assert found[0] == pytest.approx((1 - math.exp(-0.7)) * 2)
    assert found[1] == pytest.approx(0)


def test_heavier_items_cost_more_to_send_from_farther_away():
    light, heavy = (price([1, 9], [0.7, 0.0], TWO, weight=w)[0] for w in (1.0, 3.0))
    assert heavy == pytest.approx(3 * light)


def test_the_last_holder_saves_a_unit_from_not_being_served():
    found = price([1, 0], [0.7, 0.0], TWO)
    assert found[0] == pytest.approx((1 - math.exp(-0.7)) * (UNFILLED - 1))


def test_a_zone_whose_facility_has_none_asks_at_the_cheapest_holder():
    net = network([[1, 3, 4], [3, 1, 3], [4, 3, 1]])
    found = price([0, 1, 5], [0.7, 0.0, 0.0], net)
    assert found[1] == pytest.approx((1 - math.exp(-0.7)) * 1)


def test_nobody_pays_for_what_nobody_else_could_want():
    assert (prices([[1, 5], [0, 0]], [[0, 0], [0, 0]], TWO)[0] == 0).all()
    assert price([3, 9], [0.0, 4.0], TWO)[0] == 0


def test_without_stock_a_unit_would_be_worth_the_whole_way_from_the_next_holder():
    assert price([0, 9], [0.7, 0.0], TWO)[0] == pytest.approx(2)


def test_an_endless_horizon_makes_a_stockout_certain():
    assert price([100, 9], [math.inf, 0.0], TWO)[0] == pytest.approx(2)


def test_ample_stock_is_free():
    assert price([10_000, 10_000], [5.0, 5.0], TWO).max() < 1e-9


def test_a_line_that_only_one_facility_can_complete_costs_another_box():
    alone = replace(network([[1, 1], [1, 1]], companions=(1.0,)), cover=np.array([1.0, 0.0]))
    found = price([1, 1], [0.0, 2.0], alone)
    assert found[0] == pytest.approx((1 - math.exp(-2)) * 8)


def test_no_box_is_saved_by_sending_heavy_companions_from_far_away():
    far = replace(network([[1, 20], [20, 1]], companions=(1.0,)), cover=np.array([1.0, 0.0]))
    assert price([1, 1], [0.0, 2.0], far)[0] == pytest.approx(0)


def test_an_item_without_weight_saves_only_boxes_and_unserved_units():
    assert price([1, 9], [0.7, 0.0], TWO, weight=0.0)[0] == 0
    last = price([1, 0], [0.7, 0.0], TWO, weight=0.0)[0]
    assert last == pytest.approx((1 - math.exp(-0.7)) * UNFILLED)


def test_no_facilities_and_no_skus_have_no_prices():
    assert prices(np.zeros((0, 2), dtype=int), np.zeros((0, 2)), TWO).shape == (0, 2)
    nowhere = Network(np.zeros((0, 0)), np.zeros(0), np.zeros(0), np.zeros(0), 1.0)
    assert prices(np.zeros((4, 0), dtype=int), np.zeros((4, 0)), nowhere).shape == (4, 0)


def test_units_that_go_in_pairs_are_half_as_many_lines():
    single = price([2, 9], [1.4, 0.0], TWO)[0]
    pairs = price([2, 9], [1.4, 0.0], TWO, line_units=2.0)[0]
    assert single == pytest.approx((1 - math.exp(-1.4) * 2.4) * 2)
    assert pairs == pytest.approx((1 - math.exp(-0.7)) * 2)


def test_skus_are_priced_each_for_itself_however_many_there_are():
    rng = np.random.default_rng(3)
    stock, demand = rng.integers(0, 4, (100_000, 3)), rng.random((100_000, 3)) * 3
    together = prices(stock, demand, BASKETS)
    rows = [0, 55_554, 55_555, 55_556, 99_999]
    np.testing.assert_allclose(together[rows], prices(stock[rows], demand[rows], BASKETS))


def test_cover_weighs_skus_by_their_demand():
    stock, demand = np.array([[1, 0], [4, 2]]), np.array([[2.0, 1.0], [0.0, 1.0]])
    assert cover(stock, demand).tolist() == [1.0, 0.25]
    assert cover(stock, demand * 0).tolist() == [0.0, 0.0]


STOCKS = st.lists(st.integers(0, 4), min_size=3, max_size=3)
DEMANDS = st.lists(st.floats(0, 5), min_size=3, max_size=3)


@given(STOCKS, DEMANDS, st.integers(0, 2))
def test_more_stock_never_raises_a_facilitys_price(stock, demand, facility):
    more = stock.copy()
    more[facility] += 1
    before, after = price(stock, demand, BASKETS), price(more, demand, BASKETS)
    # A first unit joins the holders; what it is worth before is a different question.
    if stock[facility]:
        assert after[facility] <= before[facility] + 1e-9


@given(STOCKS, DEMANDS, st.floats(1, 5))
def test_more_demand_everywhere_never_lowers_a_price(stock, demand, growth):
    before = price(stock, demand, BASKETS)
    after = price(stock, [units * growth for units in demand], BASKETS)
    assert (after >= before - 1e-9).all()


@given(STOCKS, DEMANDS)
def test_a_price_is_never_above_what_not_serving_a_unit_costs(stock, demand):
    found = price(stock, demand, BASKETS)
    assert (found >= 0).all()
    assert (found <= UNFILLED - 1).all()


def two_days(use_prices):
    """A customer in the middle asks first, then one at A's door; A has one unit, B has many."""
    stock, total = np.array([[1, 5]]), 0.0
    for lane in ([2.0, 2.1], [1.0, 3.0]):
        demand = np.array([[0.9, 0.0]])
        priced = prices(stock, demand, TWO)[0] if use_prices else np.zeros(2)
        solution = sourcing.solve(
            sourcing.Problem(
                quantity=np.array([1]),
                stock=stock.T.copy(),
                shipment_cost=np.full(2, 8.0),
                unit_cost=(np.array(lane) + priced)[:, None],
                unfilled_cost=np.array([UNFILLED]) + priced.max(),
                distance_km=np.zeros(2),
            )
        )
        units = solution.options[0].shipped[:, 0]
        stock = stock - units
        total += 8 + float(units @ lane)
    return total


def test_prices_keep_the_last_unit_for_the_customer_at_the_door():
    assert two_days(use_prices=False) == pytest.approx(8 + 2.0 + 8 + 3.0)
    assert two_days(use_prices=True) == pytest.approx(8 + 2.1 + 8 + 1.0)
