import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.network.price_tables import table_of
from fulfillment.network.service_rates import Band, Prices, ServiceRates, price_by_weight, rise_of

BANDS = [(500, 6.0), (1_000, 6.1), (2_500, 8.0)]


def test_prices_rise_from_the_lightest_band_to_the_heaviest():
    assert rise_of(BANDS) == pytest.approx(0.001)


@pytest.mark.parametrize("bands", [[(1_000, 5.0)], [(1_000, 5.0), (2_000, 4.0)]])
def test_one_band_and_a_table_that_gets_cheaper_with_weight_do_not_rise(bands):
    assert rise_of(bands) == 0.0


@pytest.mark.parametrize(
    ("grams", "price"),
    [
        (0, 6.0),
        (1, 6.0),
        (500, 6.0),
        (501, 6.1),
        (2_500, 8.0),
        (2_501, 14.0),
        (5_000, 16.0),
        (5_600, 22.1),
    ],
)
def test_a_weight_costs_its_band_and_more_than_the_last_goes_in_several_parcels(grams, price):
    assert price_by_weight(BANDS, grams) == pytest.approx(price)


def line(bands, grams):
    prices = Prices([Band(None, 1, rise_of(bands), tuple(bands))])
    table = table_of((ServiceRates("C", "S", None, None, prices, prices),), "residence")
    priced = table.at(grams)
    assert priced.band == [0, 1]
    return priced.fixed[0], priced.per_g[0]


@given(
    st.integers(0, 10**6),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=4),
    st.lists(st.integers(0, 10**6), min_size=4, max_size=4),
)
def test_a_line_is_exact_at_its_weight_and_never_begins_below_zero(grams, weights, cents):
    bands = tuple((w, c / 100) for w, c in zip(sorted(set(weights)), cents, strict=False))
    price = price_by_weight(bands, grams)
    fixed, per_g = line(bands, grams)
    assert fixed >= 0
    assert per_g >= 0
    assert fixed + per_g * max(grams, 1) == pytest.approx(price)


def test_where_no_weight_is_known_a_line_rises_as_the_bands_do():
    fixed, per_g = line(BANDS, None)
    assert (fixed, per_g) == (pytest.approx(5.1), pytest.approx(0.001))
