import pytest

from fulfillment.network.service_rates import line_through


def test_the_line_goes_through_the_lightest_and_the_heaviest_band():
    fixed, per_g = line_through([(500, 6.0), (1_000, 6.1), (2_500, 8.0)])
    assert per_g == pytest.approx(0.001)
    assert fixed == pytest.approx(5.5)


def test_one_band_is_one_price():
    assert line_through([(1_000, 5.0)]) == (5.0, 0.0)


def test_a_table_that_gets_cheaper_with_weight_is_taken_as_flat():
    assert line_through([(1_000, 5.0), (2_000, 4.0)]) == (5.0, 0.0)


def test_the_fixed_part_is_never_negative():
    assert line_through([(1_000, 1.0), (2_000, 9.0)])[0] == 0.0
