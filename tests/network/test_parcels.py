from decimal import Decimal

import pytest

from fulfillment.network.parcels import Parcel, Price, Rate, price_of, smallest_unit

CENT = Decimal("0.01")
SMALL_BOX = {"length_mm": 300, "width_mm": 200, "height_mm": 200}  # 12 litres


def rate(max_weight_g, price, **more):
    return Rate(max_weight_g, Decimal(price), **more)


def priced(parcel, *rates, kind="business", unit=CENT):
    return price_of(parcel, rates, kind, unit)


def test_a_price_is_the_sum_of_its_rounded_parts():
    dear = rate(500, "10", fuel_percent=18.25, residential_surcharge=Decimal("4.10"))
    price = priced(Parcel(500), dear, kind="residence")
    assert price == Price(
        base=Decimal("10.00"),
        fuel=Decimal("1.83"),  # 1.825, half up
        residential=Decimal("4.10"),
        billed_g=500,
        is_dimensional=False,
    )
    assert price.total == Decimal("15.93")


def test_a_business_pays_no_residential_surcharge():
    price = priced(Parcel(1), rate(500, "10", residential_surcharge=Decimal(4)))
    assert (price.residential, price.total) == (0, 10)


@pytest.mark.parametrize(
    ("base", "percent", "fuel"),
    [("0.50", 5, "0.03"), ("7.20", 12.5, "0.90"), ("8.23", 7.9, "0.65"), ("9.99", 0, "0.00")],
)
def test_fuel_is_a_share_of_the_base_rounded_half_up(base, percent, fuel):
    assert priced(Parcel(1), rate(1, base, fuel_percent=percent)).fuel == Decimal(fuel)


@pytest.mark.parametrize(
    ("currency", "total"), [("USD", "1234.57"), ("JPY", "1235"), ("KWD", "1234.568")]
)
def test_amounts_have_the_decimals_of_their_currency(currency, total):
    price = priced(Parcel(1), rate(1, "1234.5675"), unit=smallest_unit(currency))
    assert str(price.total) == total


@pytest.mark.parametrize(("grams", "base"), [(1, 5), (500, 5), (501, 7), (2_000, 7)])
def test_a_parcel_pays_the_first_band_that_takes_its_weight(grams, base):
    assert priced(Parcel(grams), rate(500, 5), rate(2_000, 7)).base == base


def test_what_is_heavier_than_the_last_band_has_no_price():
    assert priced(Parcel(2_001), rate(500, 5), rate(2_000, 7)) is None


def test_a_light_large_parcel_is_billed_by_its_size():
    by_size = {"dim_divisor": 5_000.0}
    price = priced(Parcel(1_000, **SMALL_BOX), rate(1_000, 5, **by_size), rate(3_000, 9, **by_size))
    assert (price.base, price.billed_g, price.is_dimensional) == (9, 2_400, True)


def test_a_heavy_small_parcel_is_billed_by_its_weight():
    price = priced(Parcel(2_500, **SMALL_BOX), rate(3_000, 9, dim_divisor=5_000.0))
    assert (price.billed_g, price.is_dimensional) == (2_500, False)


def test_a_parcel_may_be_too_large_for_a_service_that_would_take_its_weight():
    assert priced(Parcel(100, **SMALL_BOX), rate(2_399, 9, dim_divisor=5_000.0)) is None


def test_a_part_of_a_gram_is_a_gram():
    parcel = Parcel(1, length_mm=100, width_mm=100, height_mm=101)
    assert parcel.dimensional_g(6_000) == 169  # 168.33


def test_an_unknown_side_leaves_the_weight():
    parcel = Parcel(1_000, length_mm=900, width_mm=900)
    assert priced(parcel, rate(1_000, 5, dim_divisor=5_000.0)).is_dimensional is False


def test_size_counts_only_in_the_bands_that_say_so():
    free, by_size = rate(1_000, 5), rate(3_000, 9, dim_divisor=5_000.0)
    assert priced(Parcel(1_000, **SMALL_BOX), free, by_size).billed_g == 1_000
    assert priced(Parcel(1_001, **SMALL_BOX), free, by_size).billed_g == 2_400
