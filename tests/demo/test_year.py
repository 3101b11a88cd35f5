"""The year's demand, by product, nearest site and day."""

from collections import Counter
from datetime import date, timedelta

from fulfillment.demo.baskets import BusyWeek, DaySale
from fulfillment.demo.stock import nearest_sites
from fulfillment.demo.year import Asked, asked

KM = {1: {"A": 10.0, "B": 200.0}, 2: {"A": 300.0, "B": 20.0}, 3: {"A": 5.0, "B": 5.0}}
LAST = date(2026, 5, 31)


def sale(household: int, sku: str, units: int, day: int) -> DaySale:
    """What a household bought on a day of December 2017."""
    return DaySale(household, sku, units, date(2017, 12, day))


def test_units_count_at_the_site_nearest_to_the_household() -> None:
    found = asked([sale(1, "x", 2, 10), sale(2, "x", 3, 10)], KM, LAST)
    assert found == [Asked("x", "A", LAST, 2), Asked("x", "B", LAST, 3)]


def test_neighbours_purchases_of_one_day_are_one_row() -> None:
    found = asked([sale(1, "x", 2, 10), sale(3, "x", 3, 10)], KM, LAST)
    assert found == [Asked("x", "A", LAST, 5)]


def test_the_days_are_moved_together_and_end_on_the_last() -> None:
    found = asked([sale(1, "x", 1, 3), sale(1, "x", 1, 10), sale(1, "y", 1, 9)], KM, LAST)
    assert [(row.sku, (LAST - row.day).days) for row in found] == [("x", 7), ("x", 0), ("y", 1)]


def test_without_sales_there_is_no_demand() -> None:
    assert asked([], KM, LAST) == []


def test_no_unit_of_the_year_is_lost(
    week: BusyWeek, kilometres: dict[int, dict[str, float]]
) -> None:
    found = asked(week.year, kilometres, LAST)
    sold, told = Counter[str](), Counter[str]()
    for each in week.year:
        sold[each.sku] += each.quantity
    for row in found:
        told[row.sku] += row.quantity
    assert told == sold
    assert len({(row.sku, row.site, row.day) for row in found}) == len(found)
    assert min(row.day for row in found) == LAST - timedelta(days=351)


def test_of_two_sites_equally_near_the_first_by_code_is_the_nearest() -> None:
    assert nearest_sites(KM) == {1: "A", 2: "B", 3: "A"}
