import numpy as np
import pytest

from fulfillment.optimization import allocation
from fulfillment.optimization.allocation import batches, demand, oracle, single
from tests.optimization.waves import order, random_wave, try_everything, wave


def random_prices(known, seed):
    rng = np.random.default_rng(seed)
    facilities = len(known.facilities)
    return single.Prices(
        rng.random(known.stock.shape) * 3,
        np.where(np.isfinite(known.capacity_units), rng.random(facilities), 0.0),
        np.where(np.isfinite(known.capacity_shipments), rng.random(facilities), 0.0),
    )


@pytest.mark.parametrize("seed", range(60))
def test_batches_agree_with_the_kernel_on_plain_orders(seed):
    known = demand.read(random_wave(seed))
    prices = random_prices(known, seed)
    plain = [d for d in known.demands if batches.is_plain(known, d)]
    for batch in batches.batches(known, plain):
        _, costs = batches.assign(batch, prices)
        for place, cost in zip(batch.order, costs, strict=True):
            asked = known.demands[place]
            assert cost == pytest.approx(
                single.best(known, asked, known.stock[asked.sku], prices).cost
            )


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("kind", [oracle.exact, oracle.quick])
def test_any_prices_prove_a_bound(kind, seed):
    problem = random_wave(seed)
    known = demand.read(problem)
    answer = oracle.ask(kind(known), random_prices(known, seed))
    assert answer.lower_bound <= try_everything(problem) + 1e-9


def test_an_order_of_many_lines_is_priced_alone():
    skus = {f"S{i}": 1 for i in range(batches.MOST_LINES + 1)}
    large = wave(["A"], {("A", sku): 1 for sku in skus}, [order("o1", **skus)])
    known = demand.read(large)
    assert not batches.is_plain(known, known.demands[0])
    assert allocation.solve(large).objective == 10 + len(skus)
