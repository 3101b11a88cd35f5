"""The carrier's zones and prices."""

from decimal import Decimal
from itertools import pairwise
from math import inf

import pytest

from fulfillment.demo.zones import WEIGHT_BANDS_GRAMS, ZONES, rates, zone_of


@pytest.mark.parametrize(
    ("miles", "zone"),
    [
        *[(0, 1), (50, 1), (51, 2), (150, 2), (151, 3), (300, 3), (301, 4), (600, 4), (601, 5)],
        *[(1_000, 5), (1_001, 6), (1_400, 6), (1_401, 7), (1_800, 7), (1_801, 8), (2_700, 8)],
    ],
)
def test_a_distance_falls_into_the_postal_zone_of_its_miles(miles: int, zone: int) -> None:
    assert zone_of(miles * 1.609344).number == zone


def test_the_last_zone_has_no_edge() -> None:
    assert ZONES[-1].up_to_km == inf


def test_farther_is_never_cheaper_or_faster() -> None:
    for near, far in pairwise(ZONES):
        assert near.shipment_cost < far.shipment_cost
        assert near.cost_per_kg < far.cost_per_kg
        assert 1 <= near.transit_days <= far.transit_days <= 5


def test_the_price_table_prices_every_zone_and_weight() -> None:
    table = {(rate.zone, rate.up_to_grams): rate for rate in rates()}
    assert len(table) == len(ZONES) * len(WEIGHT_BANDS_GRAMS)
    assert table[1, 1_000].price == Decimal("8.05")
    assert table[8, 30_000].price == Decimal("133.20")
    assert table[5, 500].transit_days == 3


def test_heavier_is_never_cheaper() -> None:
    for lighter, heavier in pairwise(rates()):
        assert lighter.zone < heavier.zone or lighter.price < heavier.price
