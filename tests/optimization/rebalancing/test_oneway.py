"""No position both sends and receives, even where sending on would be cheaper."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.rebalancing.instances import draw
from fulfillment.optimization.rebalancing import clock, evaluate, exact, oneway, plans, solve
from fulfillment.optimization.rebalancing import plan as planning
from fulfillment.optimization.rebalancing.network import read
from fulfillment.optimization.rebalancing.separate import plan as separate_plan


def crooked(seed):
    """Free lanes whose costs know no triangle: a way over a third place may be the cheapest."""
    problem, rng = draw("free", 40, 6, seed), np.random.default_rng(seed)
    costs = rng.choice([0.01, 8.0], len(problem.lanes), p=[0.4, 0.6])
    lanes = (replace(x, unit_cost=float(c)) for x, c in zip(problem.lanes, costs, strict=True))
    return replace(problem, lanes=tuple(lanes))


@pytest.mark.parametrize("seed", range(4))
def test_the_mended_plan_is_the_optimum_and_goes_one_way(seed, monkeypatch):
    monkeypatch.setattr(oneway, "AT_ONCE", 40)
    problem = crooked(seed)
    n = read(problem)
    everything = np.ones(n.sender.size, dtype=bool)
    packs, bound = separate_plan(n, everything, 0, clock.start(60, None))
    assert plans.both_ways(n, packs).any()
    mended = oneway.mend(problem, n, packs, clock.start(60, None))
    best = exact.plan(n, 30, 1e-9, 0)
    assert not plans.both_ways(n, mended.packs).any()
    assert plans.cost(n, mended.packs) == pytest.approx(best.bound, rel=1e-6)
    assert bound + mended.rise == pytest.approx(best.bound, rel=1e-6)


def test_without_time_such_skus_stay_where_they_are():
    problem = crooked(0)
    n = read(problem)
    everything = np.ones(n.sender.size, dtype=bool)
    packs, _ = separate_plan(n, everything, 0, clock.start(60, None))
    mended = oneway.mend(problem, n, packs, clock.start(0, None))
    assert not plans.both_ways(n, mended.packs).any()
    assert mended.rise == 0
    assert 0 < mended.packs.sum() < packs.sum()


def test_the_whole_way_to_a_plan_is_exact(monkeypatch):
    monkeypatch.setattr(planning, "TINY", 0)
    monkeypatch.setattr(planning, "SMALL", 0)
    problem = crooked(1)
    found = solve(problem)
    assert found.method == "SKU by SKU"
    assert evaluate(problem, found.transfers).violations == ()
    assert found.objective == pytest.approx(exact.plan(read(problem), 30, 1e-9, 0).bound, rel=1e-6)
    assert found.gap < 1e-6
