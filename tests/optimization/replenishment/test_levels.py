import numpy as np
import pytest

from fulfillment.optimization import replenishment as r
from fulfillment.optimization.policies import Outlook, Target, reorder_up_to
from fulfillment.optimization.replenishment.levels import Levels, settled
from fulfillment.optimization.replenishment.shortage import distribution
from tests.optimization.replenishment.shelves import problem, shelf

LUMPY = r.Forecast(pmf=((0, 0.6), (2, 0.2), (5, 0.15), (12, 0.05)))
NONE = r.Forecast(pmf=((0, 1.0),))


def policy_of(policy, **given):
    """The policy with its levels."""
    return settled(problem(shelf(policy=policy, **given))).positions[0].policy


def test_a_policy_with_levels_stays_as_it_is():
    policy = r.Policy("min_max", 3, 9)
    assert policy_of(policy) is policy


@pytest.mark.parametrize(("service", "point"), [(0.6, 0), (0.61, 2), (0.95, 5), (0.951, 12)])
def test_cycle_service_is_the_share_of_cases_within_the_reorder_point(service, point):
    found = policy_of(r.Policy("R_Q", quantity=4, cycle_service=service), demand=LUMPY)
    assert (found.reorder_point, found.quantity) == (point, 4)


def test_a_fill_rate_leaves_so_much_of_a_lot_unserved_and_no_less_stock_does():
    found = policy_of(r.Policy("s_S", quantity=10, fill_rate=0.95), demand=LUMPY)
    demand = distribution(LUMPY)
    assert demand.short(found.reorder_point) <= 0.5 < demand.short(found.reorder_point - 1)
    assert found.order_up_to == found.reorder_point + 10


def test_demand_of_lead_time_and_review_apart_gives_the_exact_policy():
    policy = r.Policy("s_S", quantity=10, fill_rate=0.95)
    found = policy_of(policy, lead_demand=LUMPY, demand=LUMPY)
    outlook = Outlook(distribution(LUMPY), distribution(LUMPY))
    exact = reorder_up_to(outlook, Target("fill_rate", 0.95), 10)
    assert (found.reorder_point, found.order_up_to) == (exact.reorder_point, exact.order_up_to)


@pytest.mark.parametrize("lead", [None, NONE])
@pytest.mark.parametrize("kind", ["s_S", "R_Q", "base_stock"])
def test_what_nobody_wants_is_never_ordered(kind, lead):
    quantity = None if kind == "base_stock" else 5
    policy = r.Policy(kind, quantity=quantity, fill_rate=0.9)
    solution = r.solve(problem(shelf(policy=policy, demand=NONE, lead_demand=lead)))
    assert solution.orders == ()


def test_lots_lift_the_position_above_the_reorder_point_and_no_more():
    lots = Levels(10, 14, 4)
    assert [lots.need(position) for position in (11, 10, 7, 6, -3)] == [0, 4, 4, 8, 16]


def test_a_fraction_of_demand_is_no_reason_to_order_less():
    policy = r.Policy("base_stock", cycle_service=0.9)
    found = policy_of(policy, demand=r.Forecast(quantiles=((0.1, 0.5), (0.9, 7.25))))
    assert found.order_up_to == int(np.ceil(7.25))
