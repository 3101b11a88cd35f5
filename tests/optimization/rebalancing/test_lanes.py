"""Lanes open where their goods can bear the cost."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.rebalancing.instances import draw
from fulfillment.optimization.rebalancing import clock, lanes
from fulfillment.optimization.rebalancing.climb import climb
from fulfillment.optimization.rebalancing.network import read


def opened(problem, seconds=30.0):
    n = read(problem)
    ascent = climb(n, clock.start(30, None), lambda share: None).ascent
    return n, ascent, lanes.choose(ascent, clock.start(seconds, None))


def test_lanes_that_cost_nothing_are_open_wherever_something_could_go():
    n, _, chosen = opened(draw("full", 60, 8, 0))
    could = np.bincount(n.lane, minlength=n.fixed.size) > 0
    assert (chosen <= could).all()
    assert chosen.sum() > 0.5 * could.sum()


def test_the_dearer_lanes_are_the_fewer_open():
    problem = draw("tight", 60, 8, 0)
    counts = []
    for times in (0.1, 1, 10, 1_000):
        dear = tuple(replace(x, fixed_cost=times * x.fixed_cost) for x in problem.lanes)
        counts.append(opened(replace(problem, lanes=dear))[2].sum())
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1] == 0


@pytest.mark.parametrize("seconds", [0.0, 30.0])
@pytest.mark.parametrize("most", [0, 1, 7])
def test_no_more_lanes_open_than_may(most, seconds):
    problem = draw("tight", 60, 8, 0)
    limited = replace(problem, options=replace(problem.options, max_lanes=most))
    assert opened(limited, seconds)[2].sum() <= most


def test_the_ascent_goes_on_with_open_lanes_only():
    n, ascent, chosen = opened(draw("tight", 60, 8, 0))
    assert chosen[ascent.part.lane].all()
    assert ascent.part.paid == pytest.approx(n.fixed[chosen].sum())
