"""The terms that the demo makes up."""

from decimal import Decimal

import pytest

from fulfillment.demo.baskets import DEPARTMENTS, BusyWeek
from fulfillment.demo.products import Product
from fulfillment.demo.suppliers import SUPPLIERS, described, pack_size, terms, unit_cost


def product(price: str, department: str = "GROCERY") -> Product:
    """A product at a price."""
    return Product("7", "Rice", department, 500, Decimal(price))


def test_each_department_has_a_supplier_of_its_own() -> None:
    assert [supplier.department for supplier in SUPPLIERS] == list(DEPARTMENTS)
    assert len({supplier.code for supplier in SUPPLIERS}) == len(SUPPLIERS)


def test_every_product_is_bought_from_one_supplier_below_its_price(week: BusyWeek) -> None:
    prices = {each.sku: each.unit_price for each in week.products}
    rows = [row for supplier in SUPPLIERS for row in terms(supplier, week.products)]
    assert sorted(row["sku"] for row in rows) == sorted(prices)
    for row in rows:
        price = prices[row["sku"]]
        assert Decimal(row["unit_cost"]) < price or price <= Decimal("0.02")


@pytest.mark.parametrize(
    ("price", "units"), [("1.99", 6), ("2.00", 3), ("4.99", 3), ("5.00", 2), ("10.00", 1)]
)
def test_cheap_products_come_in_larger_packs(price: str, units: int) -> None:
    assert pack_size(product(price)) == units


def test_a_unit_costs_the_departments_share_of_its_price_in_whole_cents() -> None:
    assert unit_cost(product("3.49")) == Decimal("2.58")
    assert unit_cost(product("3.49", "COSMETICS")) == Decimal("1.92")


def test_what_costs_next_to_nothing_costs_a_cent() -> None:
    assert unit_cost(product("0.01", "COSMETICS")) == Decimal("0.01")


def test_suppliers_take_orders_whatever_the_day_of_the_demo() -> None:
    for supplier in SUPPLIERS:
        assert described(supplier)["order_days"] == [1, 2, 3, 4, 5, 6, 7]
