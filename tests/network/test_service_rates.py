import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.network.offers import line_of, lines_of
from fulfillment.network.service_rates import price_by_weight, rise_of

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


@pytest.mark.parametrize("grams", [1, 700, 2_500, 9_000])
def test_the_line_is_exact_at_the_weight_that_it_is_for(grams):
    price = price_by_weight(BANDS, grams)
    fixed, per_g = line_of(grams, price, rise_of(BANDS))
    assert fixed + per_g * grams == pytest.approx(price)
    assert per_g == pytest.approx(0.001)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_the_line_never_begins_below_zero(grams, cents):
    price = cents / 100
    fixed, per_g = line_of(grams, price, 1.0)
    assert fixed >= 0
    assert per_g <= 1
    assert fixed + per_g * grams == pytest.approx(price)
    columns = lines_of(grams, np.array([price]), np.array([1.0]))
    assert [column.tolist() for column in columns] == [[fixed], [per_g]]
