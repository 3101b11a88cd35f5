"""Orders that one facility serves best are told as the search tells them, or not at all."""

import numpy as np
import pytest

from fulfillment.optimization.sourcing.alone import alone
from fulfillment.optimization.sourcing.kernel import searched
from tests.optimization.carts import problem, random_problem


def told(solution):
    plans = [
        (option.shipped.tolist(), round(option.cost, 9), option.shipments, option.distance_km)
        for option in solution.options
    ]
    return plans, round(solution.lower_bound, 9), solution.exact


@pytest.mark.parametrize("options", [1, 2, 3])
def test_it_is_what_the_search_finds(options):
    answered = 0
    for seed in range(400):
        asked = random_problem(np.random.default_rng(seed), ship_complete=True, options=options)
        found = alone(asked)
        if found:
            answered += 1
            assert told(found) == told(searched(asked, 1.0))
    assert answered > 5


def test_a_second_shipment_that_may_pay_is_left_to_the_search():
    asked = problem([1, 1], [[1, 1], [1, 0], [0, 1]], shipment_cost=[10, 1, 1])
    assert alone(asked) is None


def test_where_fewer_facilities_have_everything_than_plans_are_asked_for_it_is_left_to_the_search():
    assert alone(problem([1], [1, 0, 1], options=3)) is None
