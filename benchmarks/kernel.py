"""Time the sourcing kernel against trying every facility set and against one PuLP model."""

import itertools
import statistics
import time
from collections.abc import Callable

import numpy as np
import pulp

from fulfillment.optimization import sourcing

ORDERS, LINES, FACILITIES = 200, 3, 40
SLOW_ORDERS = 10  # the references take up to a second each


def order(rng: np.random.Generator, assortment: float) -> sourcing.Problem:
    """A cart of three lines in a square of 4,000 km; each SKU is in `assortment` of the sites."""
    sites, home = rng.random((FACILITIES, 2)) * 4000, rng.random(2) * 4000
    distance = np.hypot(*(sites - home).T)
    stocked = rng.random((FACILITIES, LINES)) < assortment
    return sourcing.Problem(
        quantity=rng.integers(1, 4, LINES),
        stock=stocked * rng.integers(1, 20, (FACILITIES, LINES)),
        shipment_cost=8 + rng.random(FACILITIES),
        unit_cost=(0.3 + 0.0004 * distance[:, None]) * rng.gamma(2, 1, LINES),
        unfilled_cost=np.full(LINES, 1000.0),
        distance_km=distance,
    )


def try_every_set(asked: sourcing.Problem) -> float:
    """The best cost over all sets of up to three facilities, one set at a time."""
    best = float(asked.quantity @ asked.unfilled_cost)
    for size in range(1, LINES + 1):
        for members in itertools.combinations(range(FACILITIES), size):
            best = min(best, _cost(asked, np.array(members)))
    return best


def _cost(asked: sourcing.Problem, members: np.ndarray) -> float:
    unit = asked.unit_cost[members]
    turn = unit.argsort(axis=0)
    stock = np.take_along_axis(asked.stock[members], turn, axis=0)
    units = np.clip(asked.quantity - stock.cumsum(axis=0) + stock, 0, stock)
    lines = (units * np.take_along_axis(unit, turn, axis=0)).sum()
    missing = (asked.quantity - units.sum(axis=0)) @ asked.unfilled_cost
    return float(asked.shipment_cost[members].sum() + lines + missing)


def one_model(asked: sourcing.Problem) -> float:
    """The same order as a mixed-integer model with one variable per facility and line."""
    model = pulp.LpProblem("order", pulp.LpMinimize)
    pairs = list(itertools.product(range(FACILITIES), range(LINES)))
    opened = [model.add_variable(f"open_{f}", cat="Binary") for f in range(FACILITIES)]
    units = {(f, i): model.add_variable(f"units_{f}_{i}", lowBound=0) for f, i in pairs}
    missing = [model.add_variable(f"missing_{i}", lowBound=0) for i in range(LINES)]
    model += (
        pulp.lpDot(asked.shipment_cost.tolist(), opened)
        + pulp.lpSum(float(asked.unit_cost[key]) * units[key] for key in pairs)
        + pulp.lpDot(asked.unfilled_cost.tolist(), missing)
    )
    for i in range(LINES):
        total = pulp.lpSum(units[f, i] for f in range(FACILITIES))
        model += total + missing[i] == int(asked.quantity[i])
    for f, i in pairs:
        usable = int(min(asked.stock[f, i], asked.quantity[i]))
        model += units[f, i] <= usable * opened[f]
    model.solve(pulp.HiGHS(msg=False, threads=1, gapRel=0.0))
    return float(pulp.value(model.objective))


def cpu_ms(solve: Callable[[sourcing.Problem], object], orders: list[sourcing.Problem]) -> float:
    """Median milliseconds of CPU per order."""
    times = []
    for asked in orders:
        started = time.process_time()
        solve(asked)
        times.append(time.process_time() - started)
    return statistics.median(times) * 1000


def main() -> None:
    """Print the medians and their ratios for full, half and thin assortments."""
    print("assortment  kernel ms  every set  one model   (both as multiples of the kernel)")
    for assortment in (0.7, 0.4, 0.15):
        rng = np.random.default_rng(7)
        orders = [order(rng, assortment) for _ in range(ORDERS)]
        few = orders[:SLOW_ORDERS]
        for asked in few:
            best = sourcing.solve(asked).options[0].cost
            np.testing.assert_allclose([try_every_set(asked), one_model(asked)], best, rtol=1e-6)
        kernel = cpu_ms(sourcing.solve, orders)
        every, model = cpu_ms(try_every_set, few) / kernel, cpu_ms(one_model, few) / kernel
        print(f"{assortment:10.2f} {kernel:10.3f} {every:9.0f}x {model:9.0f}x")


if __name__ == "__main__":
    main()
