"""Where SKUs share nothing, each gets the best there is."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.rebalancing.instances import draw
from fulfillment.optimization.rebalancing import clock, exact, plans, separate
from fulfillment.optimization.rebalancing.network import read


def test_skus_share_nothing_where_no_limit_binds_and_lanes_are_free():
    assert separate.separates(read(draw("free", 20, 5, 0)))


@pytest.mark.parametrize("kind", ["tight", "full", "sparse", "dear"])
def test_skus_share_what_is_limited_or_paid_for_once(kind):
    assert not separate.separates(read(draw(kind, 20, 5, 0)))


def test_skus_share_a_limit_of_lanes():
    problem = draw("free", 20, 5, 0)
    options = replace(problem.options, max_lanes=3)
    assert not separate.separates(read(replace(problem, options=options)))


def test_a_limit_that_is_never_met_is_none():
    problem = draw("free", 20, 5, 0)
    docks = tuple(replace(x, outbound_units=10**6, inbound_units=10**6) for x in problem.facilities)
    assert separate.separates(read(replace(problem, facilities=docks)))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_whatever_it_begins_with_it_ends_with_the_optimum(seed, share):
    n = read(draw("free", 30, 6, seed))
    near = np.random.default_rng(seed).random(n.sender.size) < share
    packs, bound = separate.plan(n, near, 0, clock.start(60, None))
    best = exact.plan(n, 30, 1e-9, 0)
    assert plans.cost(n, packs) == pytest.approx(best.bound, rel=1e-6)
    assert bound == pytest.approx(best.bound, rel=1e-6)


def test_stopped_at_once_the_bound_still_holds():
    n = read(draw("free", 30, 6, 0))
    packs, bound = separate.plan(n, np.ones(n.sender.size, dtype=bool), 0, clock.start(0, None))
    assert not packs.any()
    assert bound <= exact.plan(n, 30, 1e-9, 0).bound + 1e-6
