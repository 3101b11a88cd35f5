"""Compare ways to decide orders one by one with each other and with knowing all of them.

    python -m benchmarks.online [--world near|far|dense|real] [--cycles N] [--seed N] [--quick]

Each weekly cycle begins with the stock of its receipt, so that cycles are independent samples;
all policies see the same orders in the same order. Forecasts know the past only.
"""

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.online import generated, joint, policies, real, report
from benchmarks.online.replay import Outcome, Prices, at_prices, nearest_first, replay
from benchmarks.online.world import Cycle, World

CYCLES, QUICK_CYCLES = 5, 2
QUICK = generated.Size(skus=375, orders_a_day=500, towns=100)
SECONDS = 60.0  # for the bound of a cycle; a day's wave has a fifth of it
PROJECT = "marginal value"
BLEND = "blend, trust 0.5"

PRICED: dict[str, Callable[[World, Cycle], Prices]] = {
    report.MYOPIC: policies.free,
    "one share of 0.15 for all": policies.one_share,
    PROJECT: policies.marginal,
    "duals of one imagined future": policies.dual_prices(1),
    "duals, mean of 4 futures": policies.dual_prices(4),
    "blend, duals alone where priced": policies.blended(4, 1.0),
    BLEND: policies.blended(4, 0.5),
}


def decided(world: World, cycle: Cycle, seconds: float) -> Iterator[tuple[str, Outcome]]:
    """Each policy's outcome in turn."""
    yield "nearest first, line by line", replay(world, cycle, nearest_first(world))
    for name, source in PRICED.items():
        yield name, replay(world, cycle, at_prices(world, source(world, cycle)))
    yield "joint wave once a day", joint.daily_wave(world, cycle, seconds / 5)


def unavoidable(world: World, cycle: Cycle) -> float:
    """What the units cost that all stock together lacks."""
    asked = np.zeros(len(cycle.stock))
    for order in cycle.orders:
        asked[order.sku] += order.quantity
    return float(np.maximum(asked - cycle.stock.sum(axis=1), 0).sum() * world.unfilled_cost)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.online")
    parser.add_argument("--world", choices=["near", "far", "dense", "real"], default="near")
    parser.add_argument("--cycles", type=int, help=f"weeks to replay (default {CYCLES})")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="a smaller world, two weeks")
    return parser.parse_args()


def main() -> None:
    """Print the table and whether the aims are met."""
    asked, started = options(), time.process_time()
    count = asked.cycles or (QUICK_CYCLES if asked.quick else CYCLES)
    if asked.world == "real":
        world = real.world(count)
    else:
        size = QUICK if asked.quick else generated.Size()
        world = generated.world(asked.world, size, count, asked.seed)
    seconds = SECONDS / 4 if asked.quick else SECONDS
    outcomes: dict[str, list[Outcome]] = {}
    bounds = []
    for cycle in world.cycles:
        for name, outcome in decided(world, cycle, seconds):
            outcomes.setdefault(name, []).append(outcome)
        bounds.append(joint.clairvoyant(world, cycle, seconds))
    lost = np.array([unavoidable(world, cycle) for cycle in world.cycles])
    bound = (np.array(bounds) - lost) / [len(cycle.orders) for cycle in world.cycles]
    rows = {name: report.figures(found, lost) for name, found in outcomes.items()}
    orders = sum(len(cycle.orders) for cycle in world.cycles)
    print(f"{asked.world} world, {count} weekly cycles, {orders} orders, seed {asked.seed}")
    print(*report.table(rows, bound), sep="\n")
    for name in (PROJECT, BLEND):
        print(report.verdict(name, rows[name], rows[report.MYOPIC].cost, bound))
    print(f"{time.process_time() - started:.0f} s of CPU")


if __name__ == "__main__":
    main()
