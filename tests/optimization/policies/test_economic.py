"""Economic lots against every lot that could be ordered."""

import numpy as np
import pytest

from fulfillment.optimization.documents import Fault
from fulfillment.optimization.policies.economic import (
    eoq,
    eoq_all_units_discount,
    eoq_backorders,
    eoq_incremental_discount,
    epq,
)

LOTS = np.geomspace(0.05, 1e6, 200_000)


@pytest.fixture(params=range(12))
def rng(request):
    return np.random.default_rng(request.param)


def discount(rng):
    """A fixed cost, a rate, demand, breakpoints and falling prices."""
    steps = rng.integers(1, 5)
    breakpoints = [0, *np.sort(rng.choice(np.arange(50, 4000), steps - 1, replace=False)).tolist()]
    prices = np.sort(rng.uniform(0.5, 5, steps))[::-1].round(2).tolist()
    return rng.uniform(1, 200), rng.uniform(0.05, 0.5), rng.uniform(100, 5000), breakpoints, prices


def test_no_lot_costs_less_than_the_economic_one(rng):
    fixed, holding, rate = rng.uniform(1, 50, 3)
    costs = fixed * rate / LOTS + holding * LOTS / 2
    lot = eoq(fixed, holding, rate)
    assert costs.min() == pytest.approx(lot.cost, rel=1e-6)
    assert costs.min() >= lot.cost * (1 - 1e-12)
    assert LOTS[costs.argmin()] == pytest.approx(lot.quantity, rel=1e-3)


def test_no_lot_and_no_share_of_backorders_costs_less(rng):
    fixed, holding, stockout, rate = rng.uniform(1, 50, 4)
    lot = eoq_backorders(fixed, holding, stockout, rate)
    lots, shares = np.meshgrid(np.linspace(0.05, 200, 2000), np.linspace(0, 1, 200))
    held = holding * lots * (1 - shares) ** 2 / 2 + stockout * lots * shares**2 / 2
    assert (fixed * rate / lots + held).min() >= lot.cost * (1 - 1e-12)
    share = lot.stockout_fraction
    held = (holding * (1 - share) ** 2 + stockout * share**2) * lot.quantity / 2
    assert fixed * rate / lot.quantity + held == pytest.approx(lot.cost)


def test_goods_that_come_in_at_once_are_the_limit_of_ever_faster_production():
    assert epq(8, 0.2, 1300, 1e12).cost == pytest.approx(eoq(8, 0.2, 1300).cost)
    assert epq(8, 0.2, 1300, 1400).cost < epq(8, 0.2, 1300, 2000).cost


def test_no_lot_costs_less_with_a_discount_on_all_units(rng):
    fixed, share, rate, breakpoints, prices = discount(rng)
    lot = eoq_all_units_discount(fixed, share, rate, breakpoints, prices)
    lots = np.append(LOTS, breakpoints[1:])
    price = np.array(prices)[np.searchsorted(breakpoints, lots, side="right") - 1]
    costs = rate * price + fixed * rate / lots + share * price * lots / 2
    assert costs.min() >= lot.cost * (1 - 1e-12)
    assert costs.min() == pytest.approx(lot.cost, rel=1e-6)
    assert breakpoints[lot.region] <= lot.quantity


def test_no_lot_costs_less_with_an_incremental_discount(rng):
    fixed, share, rate, breakpoints, prices = discount(rng)
    lot = eoq_incremental_discount(fixed, share, rate, breakpoints, prices)
    ends = [*breakpoints[1:], np.inf]
    paid = sum(
        price * np.clip(LOTS - begin, 0, end - begin)
        for price, begin, end in zip(prices, breakpoints, ends, strict=True)
    )
    costs = (fixed + paid) * rate / LOTS + share * paid / 2
    assert costs.min() >= lot.cost * (1 - 1e-12)
    assert costs.min() == pytest.approx(lot.cost, rel=1e-6)


def test_one_price_is_no_discount():
    plain = eoq(8, 0.3 * 0.75, 1300)
    for function in (eoq_all_units_discount, eoq_incremental_discount):
        lot = function(8, 0.3, 1300, [0], [0.75])
        assert (lot.quantity, lot.region) == (pytest.approx(plain.quantity), 0)
        assert lot.cost == pytest.approx(plain.cost + 1300 * 0.75)


@pytest.mark.parametrize(
    ("breakpoints", "prices", "path"),
    [
        ([5, 10], [2, 1], "breakpoints[0]"),
        ([0, 10, 10], [3, 2, 1], "breakpoints[2]"),
        ([0, 10], [3, 2, 1], "unit_costs"),
        ([0, 10, 20], [3, 2, 2.5], "unit_costs[2]"),
    ],
)
def test_price_breaks_that_make_no_sense_are_refused(breakpoints, prices, path):
    for function in (eoq_all_units_discount, eoq_incremental_discount):
        with pytest.raises(Fault) as refused:
            function(8, 0.3, 1300, breakpoints, prices)
        assert refused.value.path == path


def test_production_must_keep_up_with_demand():
    with pytest.raises(Fault, match="production_rate must be above demand_rate"):
        epq(8, 0.2, 1300, 1300)
