"""The rules that the demo compares with, on orders that one can follow by hand."""

from datetime import UTC, datetime

import pytest

from fulfillment.demo.baskets import Basket, BusyWeek, Line
from fulfillment.demo.nearest_first import Allocation, nearest_first, outcome

KM = {1: {"A": 10.0, "B": 200.0, "C": 3_000.0}, 2: {"A": 3_000.0, "B": 200.0, "C": 10.0}}


def order(basket_id: int, household: int = 1, **lines: int) -> Basket:
    """An order of the given SKUs and quantities."""
    wanted = tuple(Line(sku, quantity) for sku, quantity in lines.items())
    return Basket(basket_id, household, datetime(2017, 12, 18, tzinfo=UTC), wanted)


def test_a_line_comes_from_the_nearest_site_that_holds_all_of_it() -> None:
    stock = {("A", "x"): 1, ("B", "x"): 5, ("C", "x"): 9}
    assert nearest_first([order(1, x=2)], stock, KM) == [Allocation(1, "B", "x", 2)]


def test_a_line_that_no_site_holds_whole_is_gathered_from_the_nearest() -> None:
    stock = {("A", "x"): 1, ("B", "x"): 2, ("C", "x"): 2}
    found = nearest_first([order(1, x=4)], stock, KM)
    assert [(each.site, each.quantity) for each in found] == [("A", 1), ("B", 2), ("C", 1)]


def test_what_is_nowhere_is_left_unshipped() -> None:
    assert nearest_first([order(1, x=1, y=2)], {("C", "y"): 1}, KM) == [Allocation(1, "C", "y", 1)]


def test_each_line_looks_for_itself_so_that_an_order_splits() -> None:
    stock = {("A", "x"): 1, ("B", "x"): 1, ("B", "y"): 1}
    found = nearest_first([order(1, x=1, y=1)], stock, KM)
    assert {each.site for each in found} == {"A", "B"}


def test_whole_orders_stay_together_where_a_site_holds_them() -> None:
    stock = {("A", "x"): 1, ("B", "x"): 1, ("B", "y"): 1}
    found = nearest_first([order(1, x=1, y=1)], stock, KM, whole_orders=True)
    assert {each.site for each in found} == {"B"}


def test_whole_orders_fall_back_on_line_by_line() -> None:
    stock = {("A", "x"): 1, ("B", "y"): 1}
    orders = [order(1, x=1, y=1)]
    assert nearest_first(orders, stock, KM, whole_orders=True) == nearest_first(orders, stock, KM)


def test_an_earlier_order_takes_stock_from_a_later_one() -> None:
    stock = {("B", "x"): 1, ("C", "x"): 1}
    found = nearest_first([order(1, household=1, x=1), order(2, household=1, x=1)], stock, KM)
    assert [each.site for each in found] == ["B", "C"]
    assert stock == {("B", "x"): 1, ("C", "x"): 1}


def test_an_outcome_counts_boxes_km_and_cost() -> None:
    orders = [order(1, x=1, y=2), order(2, household=2, x=1)]
    allocations = [
        Allocation(1, "A", "x", 1),
        Allocation(1, "B", "y", 2),
        Allocation(2, "C", "x", 1),
    ]
    result = outcome(orders, allocations, KM, {"x": 1_000, "y": 500})
    assert (result.orders, result.shipments, result.split_orders) == (2, 3, 1)
    assert (result.units_ordered, result.units_shipped) == (4, 4)
    assert result.distance_km == pytest.approx(220)
    # Twice 1 kg in zone 1, once 1 kg in zone 2.
    assert result.cost == pytest.approx(2 * (7.20 + 0.85) + 7.40 + 0.95)
    assert (result.split_rate, result.distance_per_order) == (0.5, 110)
    assert result.cost_per_order == pytest.approx(result.cost / 2)


def test_two_lines_from_one_site_share_a_box() -> None:
    allocations = [Allocation(1, "A", "x", 1), Allocation(1, "A", "y", 1)]
    result = outcome([order(1, x=1, y=1)], allocations, KM, {"x": 100, "y": 100})
    assert (result.shipments, result.split_orders) == (1, 0)


@pytest.mark.parametrize("whole_orders", [False, True])
def test_the_busy_week_never_ships_what_is_not_there(
    week: BusyWeek,
    kilometres: dict[int, dict[str, float]],
    stock: dict[tuple[str, str], int],
    whole_orders: bool,
) -> None:
    left = dict(stock)
    for each in nearest_first(week.baskets, stock, kilometres, whole_orders):
        left[each.site, each.sku] -= each.quantity
    assert min(left.values()) >= 0


def test_on_the_busy_week_keeping_orders_whole_ships_the_same_in_fewer_boxes(
    week: BusyWeek,
    kilometres: dict[int, dict[str, float]],
    stock: dict[tuple[str, str], int],
) -> None:
    weights = {product.sku: product.weight_grams for product in week.products}
    by_line, whole = (
        outcome(
            week.baskets, nearest_first(week.baskets, stock, kilometres, rule), kilometres, weights
        )
        for rule in (False, True)
    )
    assert by_line.units_shipped == whole.units_shipped
    assert whole.shipments < by_line.shipments
    assert whole.cost < by_line.cost
