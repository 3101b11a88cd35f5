"""The models that improve a plan over patterns known."""

import numpy as np
import pytest

from fulfillment.optimization.allocation import demand, greedy, oracle, patterns, sweep
from tests.optimization.waves import random_wave


def known(seed):
    """A wave, its greedy plan and what its orders like best at a few random prices."""
    wave = demand.read(random_wave(seed))
    ask = oracle.oracle(wave)
    rng = np.random.default_rng(seed)
    finite = np.isfinite(wave.limits)
    rounds = [np.where(finite, rng.random(wave.limits.size) * n, 0.0) for n in range(4)]
    met = patterns.joined([oracle.ask(ask, prices).patterns for prices in rounds])
    wishes = patterns.plain(wave, oracle.ask(ask, rounds[0]).patterns)
    turn = range(len(wave.demands))
    plan = greedy.in_turn(wave, turn, wishes, rounds[0], stop=lambda: False)
    return wave, patterns.rows(wave, plan), patterns.distinct(met), rounds[1]


@pytest.mark.parametrize("seed", range(40))
def test_choosing_at_once_serves_every_order_once_within_all_limits_and_costs_no_more(seed):
    wave, plan, met, _ = known(seed)
    chosen = sweep.at_once(wave, plan, met, gap=0.0, seed=0, seconds=10)
    assert chosen.order.tolist() == list(range(len(wave.demands)))
    assert (patterns.taken(wave, chosen) <= wave.limits).all()
    assert chosen.cost.sum() <= plan.cost.sum() + 1e-9


@pytest.mark.parametrize("seed", range(40))
def test_the_nearest_patterns_hold_the_best_of_every_order(seed):
    _, _, met, prices = known(seed)
    near = patterns.nearest(met, prices, most=met.order.size // 2)
    cost, kept = patterns.priced(met, prices), patterns.priced(near, prices)
    for order in set(met.order.tolist()):
        assert kept[near.order == order].min() == cost[met.order == order].min()


@pytest.mark.parametrize("seed", range(40))
def test_what_is_left_out_is_farther_from_the_best_than_what_is_kept(seed):
    _, _, met, prices = known(seed)
    near = patterns.nearest(met, prices, most=met.order.size // 2)
    best = {o: patterns.priced(met, prices)[met.order == o].min() for o in set(met.order.tolist())}
    left_out = ~np.isin(met.key, near.key)
    above = patterns.priced(met, prices) - [best[o] for o in met.order.tolist()]
    assert above[left_out].min(initial=np.inf) > above[~left_out].max()


def test_few_patterns_are_all_near():
    _, _, met, prices = known(0)
    assert patterns.nearest(met, prices, most=met.order.size) is met
