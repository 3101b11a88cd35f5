"""SKUs that share an order."""

import itertools
import math

import numpy as np
import pytest

from fulfillment.optimization.documents import Fault
from fulfillment.optimization.policies.economic import eoq
from fulfillment.optimization.policies.joint import joint_replenishment_silver


def cost(multiples, shared, own, holding, rates):
    """Of the best cycle for these multiples."""
    fixed = shared + sum(k / m for k, m in zip(own, multiples, strict=True))
    held = sum(m * h * d for m, h, d in zip(multiples, holding, rates, strict=True))
    return math.sqrt(2 * fixed * held)


@pytest.mark.parametrize("seed", range(20))
def test_the_rule_is_near_the_best_multiples(seed):
    rng = np.random.default_rng(seed)
    own, holding = rng.uniform(1, 30, 3).tolist(), rng.uniform(0.1, 2, 3).tolist()
    rates = rng.uniform(10, 5000, 3).tolist()
    plan = joint_replenishment_silver(40, own, holding, rates)
    assert plan.cost == pytest.approx(cost(plan.multiples, 40, own, holding, rates))
    every = itertools.product(range(1, 9), repeat=3)
    assert plan.cost <= 1.05 * min(cost(each, 40, own, holding, rates) for each in every)
    for quantity, multiple, rate in zip(plan.quantities, plan.multiples, rates, strict=True):
        assert quantity == pytest.approx(rate * multiple * plan.cycle)


def test_one_sku_alone_has_the_economic_lot():
    plan, lot = joint_replenishment_silver(30, [10], [0.5], [900]), eoq(40, 0.5, 900)
    assert (plan.quantities[0], plan.cost) == (pytest.approx(lot.quantity), pytest.approx(lot.cost))


@pytest.mark.parametrize("name", ["holding_costs", "demand_rates"])
def test_every_sku_has_every_figure(name):
    figures = {"holding_costs": [1, 1], "demand_rates": [9, 9]} | {name: [1]}
    with pytest.raises(Fault, match=f"{name} must be as many"):
        joint_replenishment_silver(40, [15, 15], **figures)
