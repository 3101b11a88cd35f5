"""Time the wave against general solvers on the same waves, and hold it to its targets."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.allocation import instances, runs, targets
from benchmarks.allocation.peers import PEERS
from fulfillment.optimization import allocation

ALONE = 5_000  # orders: the size at which the time is compared with the one model's
GROWTH_FROM = 5_000
HEAD = "solver     objective        bound      gap    CPU s   wall s  peak MB  x ours"


@dataclass(frozen=True)
class Instance:
    """A wave to measure, and whether it is one of the scarce ones."""

    name: str
    problem: allocation.Problem
    hard: bool = False

    @property
    def orders(self) -> int:
        return len(self.problem.orders)


def chosen(options: argparse.Namespace) -> Iterator[Instance]:
    """The stored waves of the sizes asked for, or drawn ones; then those of other kinds."""
    for size in options.sizes:
        problem = None if options.drawn else instances.stored(size)
        if problem is not None:
            yield Instance(f"stored {size:,}", problem)
        else:
            yield Instance(f"like {size:,}", instances.draw("like", size, options.seed))
    for kind in options.kinds:
        problem = instances.draw(kind, options.kind_orders, options.seed)
        yield Instance(f"{kind} {options.kind_orders:,}", problem, hard=kind == "scarce")


def parser() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(prog="python -m benchmarks.allocation", description=__doc__)
    add = asked.add_argument
    sizes = [500, 5_000, 20_000, 50_000]
    add("--sizes", type=int, nargs="*", default=sizes, help="orders per wave")
    add("--kinds", nargs="*", default=["scarce", "skewed", "long-haul"], choices=instances.KINDS)
    add("--kind-orders", type=int, default=3_000, help="orders per wave of these kinds")
    add("--drawn", action="store_true", help="draw all waves, whatever the data folder has")
    add("--seed", type=int, default=0, help="of the drawn waves")
    add("--peers", nargs="*", default=["HiGHS", "CBC", "SCIP"], choices=PEERS)
    add("--peers-up-to", type=int, default=5_000, help="orders of the largest wave they get")
    add("--seconds", type=float, default=60.0, help="time limit of each peer")
    add("--full", action="store_true", help=f"let HiGHS finish its {ALONE:,} orders")
    return asked


def main() -> None:
    """Measure, then judge."""
    options = parser().parse_args()
    verdicts: list[targets.Verdict] = []
    grown: dict[int, float] = {}
    for instance in chosen(options):
        verdicts += measure(instance, options)
        if instance.orders >= GROWTH_FROM and instance.orders in options.sizes:
            grown[instance.orders] = for_growth(instance).cpu
    if len(grown) > 1:
        verdicts.append(targets.growth(list(grown), list(grown.values())))
    print("\nTargets (one thread; times are CPU seconds)")
    for verdict in verdicts:
        print(f"{'met' if verdict.met else 'NOT MET':8s} {verdict.target}: {verdict.measured}")


def measure(instance: Instance, options: argparse.Namespace) -> list[targets.Verdict]:
    """Print one wave's table and return its verdicts."""
    print(f"\n{instance.name} orders, {len(instance.problem.facilities)} facilities\n{HEAD}")
    target = targets.target_of(instance.orders)
    gap = targets.HARD_GAP if instance.hard else target.gap
    own = runs.ours(instance.problem, target.seconds, gap)
    show(own, own)
    verdicts = list(targets.verdicts(instance.name, instance.orders, instance.hard, own))
    if instance.orders > options.peers_up_to:
        return verdicts
    alone = instance.orders == ALONE
    for name in options.peers:
        seconds = 3_600.0 if options.full and alone and name == "HiGHS" else options.seconds
        for run in runs.theirs([name], instance.problem, seconds, gap):
            show(run, own)
            if alone and name == "HiGHS" and not run.note.startswith("failed"):
                verdicts.append(targets.ratio(instance.name, own, run, seconds))
    return verdicts


def for_growth(instance: Instance) -> runs.Run:
    """The wave to the same gap at every size."""
    last = targets.TARGETS[-1]
    return runs.ours(instance.problem, last.seconds, last.gap)


def show(run: runs.Run, own: runs.Run) -> None:
    print(
        f"{run.solver:7s} {run.objective:12.2f} {run.bound:12.2f} {run.gap:8.3%}"
        f" {run.cpu:8.1f} {run.wall:8.1f} {run.peak:8.0f} {run.cpu / own.cpu:7.1f} {run.note}",
        flush=True,
    )


if __name__ == "__main__":
    main()
