"""The exact service of a policy against sums over every way that a period can go."""

import numpy as np
import pytest

from fulfillment.optimization.policies import Outlook, poisson, tabulated
from fulfillment.optimization.policies.order_up_to import renewals
from fulfillment.optimization.policies.service import (
    expected,
    for_cycle_service,
    for_fill_rate,
    from_visits,
    undershoot,
    uniform,
)

LUMPY = tabulated({0: 0.6, 1: 0.1, 4: 0.2, 9: 0.1})
STEADY = tabulated({3: 0.5, 4: 0.5})
PLACES = [uniform(1), uniform(7), from_visits(renewals(LUMPY, 7))]


@pytest.fixture(params=[LUMPY, STEADY, poisson(2.5)], ids=["lumpy", "steady", "Poisson"])
def outlook(request):
    return Outlook(request.param.over(3), request.param)


def chances(demand):
    return {demand.start + i: p for i, p in enumerate(demand.chances.tolist())}


@pytest.mark.parametrize("places", PLACES)
def test_an_undershoot_counts_every_way_to_fall_below(outlook, places):
    ways = dict.fromkeys(range(60), 0.0)
    for units, p in chances(outlook.period).items():
        for above, q in enumerate(places.tolist(), start=1):
            if units >= above:
                ways[units - above] += p * q
    total = sum(ways.values())
    found = undershoot(outlook.period, places)
    for u, p in ways.items():
        assert found.above(u - 1) - found.above(u) == pytest.approx(p / total, abs=1e-12)
    assert expected(outlook, 5, places).orders == pytest.approx(total)


@pytest.mark.parametrize("places", PLACES)
@pytest.mark.parametrize("point", [-1, 4, 11])
def test_a_fill_rate_counts_every_unit_that_must_wait(outlook, places, point):
    waits = 0.0
    for early, p in chances(outlook.lead).items():
        for units, q in chances(outlook.period).items():
            for above, often in enumerate(places.tolist(), start=1):
                stock = max(point + above - early, 0)
                owed = max(early - point - above, 0)
                waits += p * q * often * (max(units + early - point - above, 0) - owed)
                assert stock == 0 or owed == 0
    found = expected(outlook, point, places)
    assert found.fill_rate == pytest.approx(1 - waits / outlook.period.mean)


@pytest.mark.parametrize("places", PLACES)
@pytest.mark.parametrize("level", [0.3, 0.9, 0.99])
def test_a_reorder_point_is_the_least_that_serves(outlook, places, level):
    point = for_cycle_service(outlook, level, places)
    assert expected(outlook, point, places).cycle_service >= level - 1e-9
    assert expected(outlook, point - 1, places).cycle_service < level
    point = for_fill_rate(outlook, level, places)
    assert expected(outlook, point, places).fill_rate >= level - 1e-9
    assert point == -1 or expected(outlook, point - 1, places).fill_rate < level


def test_more_service_needs_more_stock(outlook):
    levels = np.linspace(0.05, 0.999, 60).tolist()
    for find in (for_cycle_service, for_fill_rate):
        points = [find(outlook, level, uniform(7)) for level in levels]
        assert points == sorted(points)


def test_stock_is_what_is_there_less_what_is_owed(outlook):
    found = expected(outlook, 9, uniform(7))
    assert found.on_hand - found.owed == pytest.approx(9 + 4 - outlook.protected.mean)


def test_single_units_that_are_seen_at_once_fall_below_by_nothing():
    found = undershoot(tabulated({0: 0.99, 1: 0.01}), uniform(7))
    assert (found.start, found.most) == (0, 0)
