"""Safety stock: service and stock are each other's inverse, and know each other's limits."""

import numpy as np
import pytest

from fulfillment.optimization.documents import Fault
from fulfillment.optimization.policies.safety import (
    safety_for_cycle_service,
    safety_for_fill_rate,
    safety_for_z,
    service_of_reorder_point,
    spread,
)

LEVELS = [0.05, 0.5, 0.8, 0.9, 0.95, 0.99, 0.9999]


@pytest.mark.parametrize("level", LEVELS)
def test_the_stock_for_a_cycle_service_has_it(level):
    found = safety_for_cycle_service(250, 150, 2, level)
    service = service_of_reorder_point(250, 150, 2, found.level, 1000)
    assert service.cycle_service == pytest.approx(level)
    assert service.safety_stock == pytest.approx(found.safety_stock)


@pytest.mark.parametrize("level", LEVELS)
def test_the_stock_for_a_fill_rate_has_it(level):
    found = safety_for_fill_rate(250, 150, 2, 1000, level)
    service = service_of_reorder_point(250, 150, 2, found.level, 1000)
    assert service.fill_rate == pytest.approx(level, abs=1e-9)


def test_more_service_takes_more_stock():
    for stock in (
        [safety_for_cycle_service(250, 150, 2, level).safety_stock for level in LEVELS],
        [safety_for_fill_rate(250, 150, 2, 1000, level).safety_stock for level in LEVELS],
    ):
        assert stock == sorted(stock)
        assert len(set(stock)) == len(LEVELS)


def test_half_the_cycles_need_no_safety_stock():
    assert safety_for_cycle_service(250, 150, 2, 0.5).safety_stock == 0


def test_larger_lots_need_less_for_the_same_fill_rate():
    stock = [safety_for_fill_rate(250, 150, 2, q, 0.98).safety_stock for q in (100, 500, 5000)]
    assert stock == sorted(stock, reverse=True)


def test_a_lead_time_that_varies_needs_more():
    steady = safety_for_cycle_service(2500, 500, 7, 0.9)
    assert safety_for_cycle_service(2500, 500, 7, 0.9, lead_time_sd=0) == steady
    assert safety_for_cycle_service(2500, 500, 7, 0.9, lead_time_sd=1).sigma > steady.sigma


def test_a_spread_over_a_varying_time_is_that_of_the_sum():
    rng = np.random.default_rng(4)
    times = rng.choice([4, 9], 200_000)
    sums = rng.normal(30 * times, 7 * np.sqrt(times))
    assert spread(30, 7, times.mean(), times.std()) == pytest.approx(sums.std(), rel=0.01)


def test_a_review_period_is_protected_like_a_lead_time():
    found = safety_for_cycle_service(2500, 500, 2, 0.9, review_period=4)
    assert found == safety_for_cycle_service(2500, 500, 6, 0.9)
    assert found.level == safety_for_z(2500, 500, 6, found.z).level


def test_steady_demand_is_served_or_not():
    assert service_of_reorder_point(100, 0, 2, 200, 50).cycle_service == 1
    late = service_of_reorder_point(100, 0, 2, 190, 50)
    assert (late.cycle_service, late.short, late.fill_rate) == (0, 10, 0.8)
    with pytest.raises(Fault, match="sd must be above 0"):
        safety_for_fill_rate(100, 0, 2, 50, 0.9)
