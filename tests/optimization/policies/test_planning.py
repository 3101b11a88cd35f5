"""Policies for planning runs, and what they say to order."""

import pytest

from fulfillment.optimization.policies import (
    Costs,
    Outlook,
    Target,
    base_stock,
    certain,
    cheapest,
    economic_lot,
    min_max,
    negative_binomial,
    poisson,
    reorder_quantity,
    reorder_up_to,
)

SERVED = Target("cycle_service", 0.95)


@pytest.fixture
def outlook():
    demand = negative_binomial(2, 7)
    return Outlook(demand.over(5), demand)


def test_a_position_at_the_reorder_point_is_ordered_and_one_above_is_not(outlook):
    for policy in (
        reorder_quantity(outlook, SERVED, 12),
        reorder_up_to(outlook, SERVED, 12),
        base_stock(outlook, SERVED),
        min_max(outlook, 8, 20),
        cheapest(outlook, Costs(20, 0.1, 3)),
    ):
        assert policy.order(policy.reorder_point + 1) == 0
        assert policy.order(policy.reorder_point) > 0


def test_up_to_a_level_is_ordered_what_is_missing():
    policy = min_max(Outlook(poisson(9), poisson(3)), 8, 20)
    assert [policy.order(position) for position in (9, 8, 3, -4)] == [0, 12, 17, 24]


def test_lots_are_ordered_until_the_position_is_above_the_reorder_point(outlook):
    policy = reorder_quantity(outlook, SERVED, 12)
    point = policy.reorder_point
    for below, lots in [(0, 1), (11, 1), (12, 2), (23, 2), (24, 3)]:
        assert policy.order(point - below) == 12 * lots
        assert point < point - below + 12 * lots <= point + 12


@pytest.mark.parametrize("measure", ["cycle_service", "fill_rate"])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.98])
def test_a_policy_gives_the_service_that_it_was_asked_for(outlook, measure, level):
    target = Target(measure, level)
    for policy in (
        reorder_quantity(outlook, target, 12),
        reorder_up_to(outlook, target, 12),
        base_stock(outlook, target),
    ):
        assert getattr(policy.expected, measure) >= level - 1e-9


def test_lots_of_one_are_a_base_stock(outlook):
    lots, levels = reorder_quantity(outlook, SERVED, 1), base_stock(outlook, SERVED)
    assert lots.reorder_point + 1 == levels.order_up_to
    assert lots.expected == levels.expected


def test_longer_lead_times_need_more_stock():
    demand = poisson(2)
    points = [
        reorder_quantity(Outlook(demand.over(days), demand), SERVED, 9).reorder_point
        for days in range(12)
    ]
    assert points == sorted(set(points))


def test_what_nobody_wants_is_not_ordered():
    outlook = Outlook(certain(0), certain(0))
    for policy in (
        reorder_quantity(outlook, SERVED, 12),
        reorder_up_to(outlook, SERVED, 12),
        base_stock(outlook, SERVED),
        cheapest(outlook, Costs(20, 0.1, 3)),
    ):
        assert policy.order(0) == 0
        assert policy.expected.fill_rate == 1


def test_the_cheapest_costs_no_more_than_any_that_serves(outlook):
    costs = Costs(20, 0.1, 3)

    def cost(policy):
        seen = policy.expected
        return 20 * seen.orders + 0.1 * seen.on_hand + 3 * seen.owed

    best = cost(cheapest(outlook, costs))
    for gap in range(1, 60, 4):
        for level in (0.5, 0.8, 0.9, 0.95, 0.99):
            policy = reorder_up_to(outlook, Target("fill_rate", level), gap)
            assert best <= cost(policy) * (1 + 1e-9)


@pytest.mark.parametrize("pack", [1, 6, 40])
@pytest.mark.parametrize(("fixed", "holding", "rate"), [(20, 0.1, 2), (5, 3, 0.4), (9, 0.02, 70)])
def test_an_economic_lot_is_the_cheapest_in_whole_packs(fixed, holding, rate, pack):
    lots = range(pack, 4000, pack)
    best = min(lots, key=lambda lot: fixed * rate / lot + holding * lot / 2)
    assert economic_lot(fixed, holding, rate, pack) == best


def test_an_economic_lot_of_what_nobody_wants_is_one_pack():
    assert economic_lot(20, 0.1, 0, 6) == 6


@pytest.mark.parametrize("level", [0, 1, 1.2, -0.1, float("nan")])
def test_no_stock_serves_everybody(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        Target("fill_rate", level)


def test_figures_that_make_no_sense_are_refused(outlook):
    with pytest.raises(ValueError, match="above the minimum"):
        min_max(outlook, 20, 20)
    for build in (reorder_quantity, reorder_up_to):
        with pytest.raises(ValueError, match="at least 1"):
            build(outlook, SERVED, 0)
