"""Whatever the prices are, what they prove is below what the best plan costs."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.rebalancing import direct
from benchmarks.rebalancing.instances import draw
from fulfillment.optimization import solver
from fulfillment.optimization.rebalancing import Options, clock, exact, prices, solve
from fulfillment.optimization.rebalancing.climb import climb, pace
from fulfillment.optimization.rebalancing.network import read
from fulfillment.optimization.rebalancing.parts import everything, part


def any_prices(whole, seed):
    rng = np.random.default_rng(seed)
    blocks = (3 * rng.random(block.size) for block in prices.start(whole).blocks())
    return prices.Prices(*blocks)


@pytest.mark.parametrize("kind", ["tight", "sparse", "free"])
@pytest.mark.parametrize("seed", [0, 1])
def test_no_prices_prove_more_than_the_best_plan_costs(kind, seed):
    n = read(draw(kind, 12, 5, seed))
    whole, best = everything(n), exact.plan(n, 20, 1e-6, 0)
    assert best.optimal
    for drawn in range(20):
        assert prices.ask(whole, any_prices(whole, drawn)).bound <= best.bound + 1e-3


def test_the_slopes_say_how_the_bound_grows():
    whole = everything(read(draw("tight", 12, 5, 0)))
    at = any_prices(whole, 3)
    answer = prices.ask(whole, at)
    for seed in range(20):
        other = any_prices(whole, seed)
        rise = sum(
            (slope * (b - a)).sum()
            for slope, a, b in zip(answer.slope, at.blocks(), other.blocks(), strict=True)
        )
        assert prices.ask(whole, other).bound <= answer.bound + rise + 1e-6


def test_prices_of_a_part_prove_a_bound_for_the_whole():
    n = read(draw("tight", 12, 5, 0))
    whole, best = everything(n), exact.plan(n, 20, 1e-6, 0)
    half = part(n, whole.arc[::2], whole.is_open)
    ascent = prices.Ascent(half, prices.start(half))
    for _ in range(50):
        ascent.step(0.05, 0.02)
    assert prices.ask(whole, prices.over(whole, half, ascent.best)).bound <= best.bound + 1e-3


@pytest.mark.parametrize("kind", ["tight", "full", "dear"])
def test_the_climb_comes_near_the_linear_programme(kind):
    n = read(draw(kind, 60, 8, 1))
    model = exact.build(n)
    relaxed = solver.solve(model.model, seconds=60, relaxed=True)
    climbed = climb(n, clock.start(60, None), lambda share: None)
    assert relaxed.optimal
    assert climbed.bound >= relaxed.bound * (1 - 2e-3)


@pytest.mark.parametrize("kind", ["tight", "full", "upset"])
def test_with_packs_of_one_the_climb_proves_what_a_direct_statement_does(kind):
    problem = draw(kind, 60, 8, 2)
    single = tuple(replace(item, pack_size=1) for item in problem.items)
    problem = replace(problem, items=single)
    stated = direct.bound(problem, 60)
    climbed = climb(read(problem), clock.start(60, None), lambda share: None)
    assert climbed.bound >= stated.objective * (1 - 2e-3)
    assert solve(replace(problem, options=Options(gap=0.05))).objective >= stated.objective - 1e-6


def test_the_climb_ends_when_its_time_does():
    n = read(draw("tight", 60, 8, 1))
    heard = []
    climbed = climb(n, clock.start(0, None), heard.append)
    assert climbed.ascent.count == 1
    assert np.isfinite(climbed.bound)
    assert heard == [1.0]


def test_the_pace_slows_down():
    rates = [pace(done) for done in (0, 0.5, 1, 1.5)]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == rates[-2]


def test_lanes_without_room_let_nothing_through():
    problem = draw("tight", 12, 5, 0)
    shut = tuple(replace(lane, capacity_units=0) for lane in problem.lanes)
    n = read(replace(problem, lanes=shut))
    climbed = climb(n, clock.start(10, None), lambda share: None)
    assert climbed.bound == pytest.approx(n.do_nothing, rel=0.02)
