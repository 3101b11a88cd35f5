"""The opening stock of the sites."""

from collections import Counter
from dataclasses import replace
from math import ceil

from fulfillment.demo.baskets import BusyWeek, Sale
from fulfillment.demo.sites import SITES
from fulfillment.demo.stock import COVER_WEEKS, LEAST_RESERVE, RESERVE_SITES, opening_stock

Stock = dict[tuple[str, str], int]
Kilometres = dict[int, dict[str, float]]


def test_stock_is_whole_units_of_known_products_at_known_sites(
    week: BusyWeek, stock: Stock
) -> None:
    skus = {product.sku for product in week.products}
    codes = {site.code for site in SITES}
    assert {code for code, _ in stock} == codes
    assert {sku for _, sku in stock} == skus
    assert all(type(units) is int and units > 0 for units in stock.values())


def test_nearly_all_units_can_ship_and_not_all(week: BusyWeek, stock: Stock) -> None:
    held: Counter[str] = Counter()
    for (_, sku), units in stock.items():
        held[sku] += units
    asked = Counter[str]()
    for basket in week.baskets:
        for line in basket.lines:
            asked[line.sku] += line.quantity
    shippable = sum(min(units, held[sku]) for sku, units in asked.items())
    assert 0.97 < shippable / asked.total() < 0.98


def test_most_products_are_not_everywhere(week: BusyWeek, stock: Stock) -> None:
    assert 4 < len(stock) / len(week.products) < 6


def test_a_site_holds_what_its_region_sold(
    week: BusyWeek, kilometres: Kilometres, stock: Stock
) -> None:
    sold: Counter[tuple[str, str]] = Counter()
    for sale in week.history:
        sites = kilometres[sale.household_id]
        sold[min(sites, key=lambda site: sites[site]), sale.sku] += sale.quantity
    for (site, sku), units in stock.items():
        if site not in RESERVE_SITES:
            assert units == ceil(sold[site, sku] * COVER_WEEKS / week.history_weeks)


def test_a_product_that_has_not_sold_yet_is_held_in_reserve(
    week: BusyWeek, kilometres: Kilometres
) -> None:
    unsold = opening_stock(replace(week, history=()), kilometres)
    assert unsold == {
        (site, product.sku): LEAST_RESERVE for site in RESERVE_SITES for product in week.products
    }


def test_stock_does_not_know_the_week_that_is_shipped(
    week: BusyWeek, kilometres: Kilometres, stock: Stock
) -> None:
    assert opening_stock(replace(week, baskets=()), kilometres) == stock


def test_reserves_share_the_countrys_sales(week: BusyWeek, kilometres: Kilometres) -> None:
    home = next(home for home, km in kilometres.items() if min(km, key=lambda s: km[s]) == "WA1")
    sku = week.products[0].sku
    held = opening_stock(replace(week, history=(Sale(home, sku, 120),)), kilometres)
    assert (held["WA1", sku], held["KY1", sku], held["CA1", sku]) == (20, 10, 10)
