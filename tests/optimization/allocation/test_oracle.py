from dataclasses import replace

import numpy as np
import pytest

from fulfillment.optimization import allocation
from fulfillment.optimization.allocation import batches, demand, oracle, patterns, single
from tests.optimization.waves import order, random_wave, try_everything, wave


def random_prices(known, seed):
    prices = np.random.default_rng(seed).random(known.limits.size) * 3
    return np.where(np.isfinite(known.limits), prices, 0.0)


def without_groups(problem):
    facilities = tuple(replace(f, group=None) for f in problem.facilities)
    return replace(problem, facilities=facilities)


@pytest.mark.parametrize("seed", range(120))
def test_batches_agree_with_the_kernel(seed):
    known = demand.read(without_groups(random_wave(seed)))
    prices = single.shaped(known, random_prices(known, seed))
    together, rest = batches.batches(known, list(known.demands))
    assert not rest
    for batch in together:
        found = batches.assign(batch, prices)
        for place, cost, fits in zip(batch.order, found.cost, found.fits, strict=True):
            asked = known.demands[place]
            alone = single.best(known, asked, known.stock[asked.sku], prices).cost
            assert cost == pytest.approx(alone) if fits else cost <= alone + 1e-9


@pytest.mark.parametrize("seed", range(120))
def test_any_prices_prove_a_bound(seed):
    problem = random_wave(seed)
    known = demand.read(problem)
    answer = oracle.ask(oracle.oracle(known), random_prices(known, seed))
    assert answer.lower_bound <= try_everything(problem) + 1e-9


@pytest.mark.parametrize("seed", range(120))
def test_patterns_cost_with_prices_what_the_answer_says(seed):
    known = demand.read(without_groups(random_wave(seed)))
    prices = random_prices(known, seed)
    answer = oracle.ask(oracle.oracle(known), prices)
    assert patterns.priced(answer.patterns, prices) == pytest.approx(answer.cost)


def test_an_order_of_many_lines_is_priced_alone():
    skus = {f"S{i}": 1 for i in range(batches.MOST_PIECES + 1)}
    large = wave(["A"], {("A", sku): 1 for sku in skus}, [order("o1", **skus)])
    known = demand.read(large)
    assert len(oracle.oracle(known).singles) == 1
    assert allocation.solve(large).objective == 10 + len(skus)
