"""Weights, prices and names of the products."""

from decimal import Decimal

import pytest

from fulfillment.demo.baskets import BusyWeek
from fulfillment.demo.products import HEAVIEST_GRAMS, grams, products

RICE = {
    "product_id": 7,
    "department": "GROCERY",
    "brand": "Private",
    "product_category": "DRY BN/VEG/POTATO/RICE",
    "product_type": "RICE",
    "package_size": "2 LB",
}


@pytest.mark.parametrize(
    ("size", "weight"),
    [
        ("16 OZ", 454),
        ("22 LB", 9_979),
        (".5 L", 500),
        ("250 ML", 250),
        ("1 GA", 3_785),
        ("1/2 GAL", 1_893),
        ("PT", 473),
        ("15 1/4 OZ", 432),
        ("12 PK/12 OZ", 4_082),
        ("10/6.75 OZ", 1_914),
        ("6-4 OZ", 680),
        ("L     16 OZ", 454),
        ("(600) 4 LB", 1_814),
        ("16 OZS.", 454),
        ("3 FL OZ", 85),
    ],
)
def test_a_package_size_tells_the_weight(size: str, weight: int) -> None:
    assert grams(size) == weight


@pytest.mark.parametrize("size", [None, "", "60 CT", "44.1 SQ FT", "42 CT REFIL", "15 CT/QT"])
def test_a_count_or_an_area_tells_no_weight(size: str | None) -> None:
    assert grams(size) is None


@pytest.mark.parametrize("size", ["14 QT", "13 GAL", "9000 OZ", "0 OZ"])
def test_a_size_that_no_parcel_has_tells_no_weight(size: str) -> None:
    assert grams(size) is None


def test_without_a_weight_a_product_weighs_what_its_category_does() -> None:
    records = [
        RICE,
        {**RICE, "product_id": 8, "package_size": "10 LB"},
        {**RICE, "product_id": 9, "package_size": "5 LB"},
        {**RICE, "product_id": 10, "package_size": "1 CT"},
        {**RICE, "product_id": 11, "product_category": "SUGAR", "package_size": "1 OZ"},
    ]
    weights = {
        p.sku: p.weight_grams for p in products(records, dict.fromkeys(range(12), Decimal(1)))
    }
    assert weights["10"] == weights["9"] == 2_268


def test_alone_in_its_category_it_weighs_what_its_department_does() -> None:
    other = {**RICE, "product_id": 8, "product_category": "SUGAR", "package_size": None}
    found = products([RICE, other], {7: Decimal(1), 8: Decimal(2)})
    assert [product.weight_grams for product in found] == [907, 907]


def test_a_name_says_what_it_is_and_how_large() -> None:
    (rice,) = products([RICE], {7: Decimal("1.99")})
    assert (rice.sku, rice.name) == ("7", "Rice, 2 lb (private brand)")


def test_every_product_has_a_weight_a_price_and_a_name(week: BusyWeek) -> None:
    for product in week.products:
        assert isinstance(product.weight_grams, int)
        assert 1 <= product.weight_grams <= HEAVIEST_GRAMS
        assert Decimal("0.01") <= product.unit_price < 100
        assert product.unit_price.as_tuple().exponent == -2
        assert "None" not in product.name


def test_most_weights_are_read_and_not_assumed(week: BusyWeek) -> None:
    read = sum(grams(product.name.split(", ")[-1].split(" (")[0].upper()) is not None
               for product in week.products)  # fmt: skip
    assert read / len(week.products) > 0.65
