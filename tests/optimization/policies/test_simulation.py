"""What a policy promises, against days and days of simulated demand."""

import numpy as np
import pytest

from fulfillment.optimization.policies import (
    Outlook,
    Target,
    base_stock,
    min_max,
    negative_binomial,
    observed,
    poisson,
    reorder_quantity,
    reorder_up_to,
    rounded_normal,
)
from fulfillment.optimization.policies.safety import safety_for_cycle_service
from tests.optimization.policies.replenished import simulate, wandering

DAYS, RUNS = 900, 300
HISTORY = [0] * 16 + [1, 2, 2, 6, 0, 0, 0, 0, 25]  # a lumpy SKU, as a bootstrap would draw it
DEMANDS = {
    "smooth": rounded_normal(20, 4),
    "Poisson": poisson(3.5),
    "erratic": negative_binomial(4, 24),
    "slow": poisson(0.2),
    "lumpy": observed(HISTORY),
}
BUILDS = {
    "(R, Q)": lambda outlook, target: reorder_quantity(outlook, target, lot(outlook)),
    "(s, S)": lambda outlook, target: reorder_up_to(outlook, target, lot(outlook)),
    "base stock": base_stock,
}
TARGETS = [Target("cycle_service", 0.9), Target("cycle_service", 0.98), Target("fill_rate", 0.95)]


def lot(outlook):
    """Some four days' demand, and no round number."""
    return max(round(4.3 * outlook.period.mean), 2)


def draws(demand, rng, days=DAYS):
    steps = np.cumsum(demand.chances)
    return demand.start + np.searchsorted(steps[:-1], rng.random((days, RUNS)), side="right")


def assert_same(seen, promised):
    """Equal, within four standard errors of the replications' mean (and these are small)."""
    error = seen.std(ddof=1) / np.sqrt(seen.size)
    assert abs(seen.mean() - promised) <= 4 * error + 1e-6, (seen.mean(), promised, error)


def assert_kept(seen, policy):
    assert seen.cycle_service.std() / np.sqrt(RUNS) < 0.004
    assert seen.fill_rate.std() / np.sqrt(RUNS) < 0.004
    assert_same(seen.cycle_service, policy.expected.cycle_service)
    assert_same(seen.fill_rate, policy.expected.fill_rate)
    assert_same(seen.on_hand, policy.expected.on_hand)
    assert_same(seen.orders, policy.expected.orders)


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("kind", DEMANDS)
def test_the_promised_service_is_the_service_that_customers_get(kind, build, target):
    demand, rng = DEMANDS[kind], np.random.default_rng(20)
    policy = BUILDS[build](Outlook(demand.over(6), demand), target)
    assert getattr(policy.expected, target.measure) >= target.level
    assert_kept(simulate(policy, draws(demand, rng), np.full((DAYS, 1), 6)), policy)


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("kind", ["erratic", "lumpy"])
def test_lead_times_that_vary_are_part_of_the_promise(kind, build):
    demand, rng = DEMANDS[kind], np.random.default_rng(21)
    lead = demand.over_lead_time(dict.fromkeys(range(2, 8), 1 / 6))
    policy = BUILDS[build](Outlook(lead, demand), Target("fill_rate", 0.95))
    assert_kept(simulate(policy, draws(demand, rng), wandering(rng, DAYS, RUNS, 2, 7)), policy)


def test_an_order_that_comes_at_once_is_part_of_the_promise():
    demand, rng = DEMANDS["erratic"], np.random.default_rng(22)
    policy = min_max(Outlook(demand.over(0), demand), 3, 14)
    seen = simulate(policy, draws(demand, rng), np.zeros((DAYS, 1), dtype=int))
    assert_kept(seen, policy)


def test_a_z_score_promises_a_lumpy_sku_too_much():
    demand, rng = DEMANDS["lumpy"], np.random.default_rng(23)
    point = safety_for_cycle_service(demand.mean, demand.variance**0.5, 6, 0.98).level
    outlook = Outlook(demand.over(6), demand)
    policy = min_max(outlook, round(point), round(point) + lot(outlook))
    seen = simulate(policy, draws(demand, rng), np.full((DAYS, 1), 6))
    assert_same(seen.cycle_service, policy.expected.cycle_service)
    assert seen.cycle_service.mean() < 0.93
    assert reorder_up_to(outlook, Target("cycle_service", 0.98), lot(outlook)).reorder_point > point
