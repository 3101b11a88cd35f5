"""SKU after SKU in whole packs, none past what lanes and docks can take."""

import numpy as np
import pytest

from benchmarks.rebalancing.instances import draw
from fulfillment.optimization.rebalancing import clock, flows, lanes, plans
from fulfillment.optimization.rebalancing.climb import climb
from fulfillment.optimization.rebalancing.network import read


def prepared(kind="tight", skus=100, places=8):
    n, now = read(draw(kind, skus, places, 0)), clock.start(60, None)
    ascent = climb(n, now, lambda share: None).ascent
    lanes.choose(ascent, now)
    return n, ascent, flows.settle(ascent, now)


def planned(n, near, seed=0, seconds=60.0):
    return flows.plan(n, near, seed, clock.start(seconds, None), lambda share: None)


@pytest.mark.parametrize("at_once", [100, 100_000])
@pytest.mark.parametrize("kind", ["tight", "dear", "upset"])
def test_whole_packs_move_and_no_limit_is_passed(kind, at_once, monkeypatch):
    monkeypatch.setattr(flows, "AT_ONCE", at_once)
    n, _, near = prepared(kind)
    packs = planned(n, near)
    at = plans.state(n, packs)
    assert (packs == np.rint(packs)).all()
    assert packs.any()
    assert (at.flow <= n.room).all()
    assert (at.outbound <= n.outbound).all()
    assert (at.inbound <= n.inbound).all()
    assert not ((at.received > 0) & (at.sent > 0)).any()
    assert (at.received <= n.wants.total(n.pack.size)).all()
    assert (at.sent <= n.offers.total(n.pack.size)).all()


def test_in_parts_the_plan_is_nearly_as_good_as_at_once(monkeypatch):
    n, ascent, near = prepared("tight", 300)
    costs = []
    for at_once in (100_000, near.arcs.size // 4):
        monkeypatch.setattr(flows, "AT_ONCE", at_once)
        costs.append(plans.cost(n, planned(n, near)))
    assert ascent.bound <= min(costs)
    assert max(costs) <= 1.01 * ascent.bound


def test_no_sku_is_divided_among_groups():
    sku = np.repeat(np.arange(50), np.arange(50) % 7)
    for at_once in (20, 60, 10_000):
        flows_of = flows.groups(sku, 3, at_once)
        assert sorted(np.concatenate(flows_of)) == list(range(sku.size))
        own = [set(sku[group]) for group in flows_of]
        assert sum(map(len, own)) == len(set(sku))


def test_without_time_nothing_moves():
    n, _, near = prepared()
    assert not planned(n, near, seconds=0).any()


def test_another_seed_draws_other_groups():
    sku = np.repeat(np.arange(50), 3)
    first, second = (flows.groups(sku, seed, 20)[0].tolist() for seed in (0, 1))
    assert first != second
