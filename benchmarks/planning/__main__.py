"""Replay a year of real demand over eight sites: the product's planner against rules of thumb.

    python -m benchmarks.planning [--world uci|retail|both] [--skus N] [--seeds N] [--weeks N]
                                  [--supply mixed|weekly|imports|all] [--quick | --full]
                                  [--data DIR]

All policies face the same demand, the same lead times and the same order days, and ship from
afar by the same rule. They begin with their own full shelves, settle in for weeks that are not
measured, and know the past only. Nothing is set by the measured days: the product runs with its
default settings, and the rule of thumb is tried at every multiple.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.planning import minmax, outlook, report, retail, uci
from benchmarks.planning.product import Planner
from benchmarks.planning.replay import Outcome, replay
from benchmarks.planning.world import SUPPLY, WEEK, Demand, World, world

TIMES = (1.0, 2.0, 3.0, 4.0, 6.0, 9.0, 13.0, 20.0, 30.0)
QUICK_SKUS, SKUS, EVERY_SKU = 15, 45, 1_000_000
SEEDS, WEEKS = 3, 4


def demands(asked: argparse.Namespace, seed: int) -> Iterator[Demand]:
    """The demand of each world that was asked for."""
    if asked.world != "retail":
        found = uci.demand(asked.data, asked.skus, seed)
        if found:
            yield found
        else:
            print(f"UCI demand skipped: no online_retail_daily.csv.gz in {asked.data}")
    if asked.world != "uci":
        yield retail.demand(min(asked.skus, retail.MOST), seed)


def compared(chosen: World, services: Sequence[float], every: int) -> report.Seed:
    """Every policy's outcome in one draw of the world."""
    before = chosen.demand.start * WEEK - 1
    rules: dict[str, list[Outcome]] = {}
    for name, rate in (("fixed", minmax.fixed(chosen)), ("quarterly", minmax.quarterly(chosen))):
        every_rule = (minmax.MinMax(chosen, rate, times) for times in TIMES)
        rules[name] = [replay(chosen, one.first(before), one.order) for one in every_rule]
    known = outlook.outlooks(chosen, every)
    still, moving = dict[float, Outcome](), dict[float, Outcome]()
    for service in services:
        planner = Planner(chosen, known, service)
        still[service] = replay(chosen, planner.first(before), planner.order)
        moving[service] = replay(chosen, planner.first(before), planner.order, planner.move)
    return report.Seed(chosen, known[0].pattern, rules, still, moving)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning")
    parser.add_argument("--world", choices=["uci", "retail", "both"], default="both")
    parser.add_argument("--supply", choices=[*SUPPLY, "all"], default="mixed")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--skus", type=int, help=f"how many (default {SKUS})")
    parser.add_argument("--seeds", type=int, help=f"draws of the world (default {SEEDS})")
    parser.add_argument("--weeks", type=int, help=f"between two forecasts (default {WEEKS})")
    parser.add_argument("--services", type=float, nargs="+", help="of the product (default 0.95)")
    parser.add_argument("--quick", action="store_true", help="few SKUs, one draw")
    parser.add_argument("--full", action="store_true", help="all SKUs, a forecast each week")
    asked = parser.parse_args()
    usual = (EVERY_SKU, SEEDS, 1) if asked.full else (SKUS, SEEDS, WEEKS)
    usual = (QUICK_SKUS, 1, 13) if asked.quick else usual
    asked.skus = asked.skus or usual[0]
    asked.seeds = asked.seeds or usual[1]
    asked.weeks = asked.weeks or usual[2]
    return asked


def main() -> None:
    """Print the tables and whether the aims are met."""
    asked, started = options(), time.process_time()
    drawn: dict[str, list[report.Seed]] = {}
    for seed in range(asked.seeds):
        for demand in demands(asked, seed):
            for supply in SUPPLY if asked.supply == "all" else [asked.supply]:
                chosen = world(demand, supply, seed)
                services = asked.services or [chosen.settings.replenishment_service]
                found = compared(chosen, services, asked.weeks)
                drawn.setdefault(f"{demand.name}, {supply}", []).append(found)
    for name, seeds in drawn.items():
        first = seeds[0].world.demand
        skus, sites, days = first.units.shape
        print(
            f"{name}: {skus} SKUs at {sites} sites, {days - first.measured * WEEK} days measured,"
        )
        print(f"{len(seeds)} draws, a forecast each {asked.weeks} weeks")
        print(*report.table(seeds, TIMES), sep="\n")
        for service in seeds[0].moving:
            print(f"\nThe product at a cycle service of {service:g}, rebalanced each week")
            print(*report.verdicts(seeds, service), *report.by_pattern(seeds, service), sep="\n")
        print()
    print(f"{time.process_time() - started:.0f} s of CPU")


if __name__ == "__main__":
    main()
