"""Lots for changing demand against every set of periods to order in."""

import itertools

import numpy as np
import pytest

from fulfillment.optimization.documents import Fault
from fulfillment.optimization.policies.lots import wagner_whitin


def cost(quantities, holding_cost, fixed_cost, demand):
    stock = np.cumsum(np.array(quantities) - np.array(demand))
    assert (stock >= 0).all()
    return fixed_cost * sum(q > 0 for q in quantities) + holding_cost * stock.sum()


def plans(demand):
    """Every plan that orders the demand of whole periods."""
    periods = len(demand)
    for size in range(periods):
        for begins in itertools.combinations(range(1, periods), size):
            edges = [0, *begins, periods]
            yield [
                sum(demand[t : edges[edges.index(t) + 1]]) if t in edges[:-1] else 0
                for t in range(periods)
            ]


@pytest.mark.parametrize("seed", range(40))
def test_no_plan_costs_less(seed):
    rng = np.random.default_rng(seed)
    demand = rng.choice([0, 0, 5, 20, 60, 100], rng.integers(1, 8)).tolist()
    holding, fixed = float(rng.choice([0, 0.2, 1, 3])), float(rng.choice([0, 10, 60, 200]))
    plan = wagner_whitin(len(demand), holding, fixed, demand)
    assert cost(plan.order_quantities, holding, fixed, demand) == pytest.approx(plan.cost)
    best = min(cost(each, holding, fixed, demand) for each in plans(demand))
    assert plan.cost == pytest.approx(best)


def test_periods_without_demand_cost_no_order():
    assert wagner_whitin(3, 1, 50, [0, 0, 40]).order_quantities == (0, 0, 40)
    assert wagner_whitin(3, 1, 50, [0, 0, 40]).cost == 50
    assert wagner_whitin(2, 1, 50, [0, 0]).cost == 0


def test_of_plans_that_cost_the_same_the_first_order_is_the_smallest():
    assert wagner_whitin(2, 1, 20, [10, 20]).order_quantities == (10, 20)


def test_demand_is_for_every_period():
    with pytest.raises(Fault, match="demand must have 3 periods"):
        wagner_whitin(3, 1, 50, [10, 20])
