import pytest

from fulfillment.planning.forecasts.queries import Expected
from fulfillment.planning.replenishment.steady import EDGES, steadied

A_WEEK = 1 / 7


def of(*told):
    expected = {(f"S{n}", "W1"): Expected(*one) for n, one in enumerate(told)}
    return list(steadied(expected).values())


def test_levels_of_like_demand_have_one_variance_per_unit():
    calm, wild = of((0.30, 0.2), (0.40, 3.0))
    assert calm.variance_per_day / 0.30 == pytest.approx(wild.variance_per_day / 0.40)
    assert calm.variance_per_day + wild.variance_per_day == pytest.approx(3.2)


def test_what_is_expected_stays():
    assert [one.per_day for one in of((0.30, 0.2), (0.40, 3.0))] == [0.30, 0.40]


def test_levels_of_other_demand_keep_their_own():
    slow, fast = of((0.5 * A_WEEK, 0.2), (20 * A_WEEK, 3.0))
    assert (slow.variance_per_day, fast.variance_per_day) == pytest.approx((0.2, 3.0))


def test_what_sells_less_than_a_unit_in_two_years_is_not_stocked_by_itself():
    assert of((EDGES[0] * A_WEEK * 0.99, 5.0)) == []
    assert len(of((EDGES[0] * A_WEEK * 1.01, 5.0))) == 1


def test_nothing_expected_is_nothing_expected():
    assert steadied({}) == {}
