"""The packing rule, by hand and at random."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.shipping.packing import rule
from fulfillment.shipping.packing.rule import FitsNowhere, Goods, Limits, TooManyPackages

LIMITS = Limits(weight_g=10_000, volume_mm3=1_000, longest_mm=500)


def units(goods, limits=LIMITS):
    return [box.units for box in rule.packed(goods, limits)]


def test_what_fits_goes_into_one_package():
    assert units([Goods("A", 3, 1_000), Goods("B", 2, 3_500)]) == [{"B": 2, "A": 3}]


def test_the_heaviest_go_first_and_light_units_fill_the_gaps():
    goods = [Goods("light", 4, 1_000), Goods("heavy", 2, 6_000), Goods("middle", 1, 4_000)]
    assert units(goods) == [{"heavy": 1, "middle": 1}, {"heavy": 1, "light": 4}]


def test_volume_limits_as_weight_does():
    assert units([Goods("A", 5, 1, volume_mm3=400)]) == [{"A": 2}, {"A": 2}, {"A": 1}]


def test_what_was_never_measured_takes_no_volume():
    goods = [Goods("A", 2, 100, volume_mm3=500), Goods("B", 50, 100)]
    assert units(goods) == [{"A": 2, "B": 50}]


def test_items_that_fit_nowhere_are_all_named_with_the_reason():
    goods = [
        Goods("heavy", 1, 10_001),
        Goods("long", 1, 1, longest_mm=501),
        Goods("large", 1, 1, volume_mm3=1_001),
        Goods("good", 1, 10_000, 1_000, 500),
    ]
    with pytest.raises(FitsNowhere) as refused:
        rule.packed(goods, LIMITS)
    assert sorted(refused.value.told) == ["heavy", "large", "long"]
    assert refused.value.told["heavy"] == "weighs 10001 g, a package at most 10000"


def test_a_million_units_are_packed_at_once_or_refused_at_once():
    assert len(units([Goods("A", 1_000_000, 10)])) == 1_000
    with pytest.raises(TooManyPackages):
        rule.packed([Goods("A", 1_000_001, 10)], LIMITS)


some_goods = st.lists(
    st.builds(
        Goods,
        sku=st.text("ABCDEFGH", min_size=1, max_size=3),
        quantity=st.integers(1, 40),
        weight_g=st.integers(1, 10_000),
        volume_mm3=st.integers(0, 1_000),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one.sku,
)


@given(some_goods)
def test_every_unit_is_packed_once_and_no_package_breaks_a_limit(goods):
    boxes = rule.packed(goods, LIMITS)
    by_sku = {one.sku: one for one in goods}
    for one in goods:
        assert sum(box.units.get(one.sku, 0) for box in boxes) == one.quantity
    for box in boxes:
        assert box.weight_g == sum(by_sku[s].weight_g * n for s, n in box.units.items())
        assert 0 < box.weight_g <= LIMITS.weight_g
        assert box.volume_mm3 <= LIMITS.volume_mm3


@given(some_goods)
def test_there_are_fewer_than_twice_the_packages_that_any_packing_needs(goods):
    # First fit: of weight alone at most one package is half empty.
    alone = [Goods(one.sku, one.quantity, one.weight_g) for one in goods]
    weight = sum(one.quantity * one.weight_g for one in alone)
    needed = ceil(weight / LIMITS.weight_g)
    assert len(rule.packed(alone, LIMITS)) <= 2 * needed
