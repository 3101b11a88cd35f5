"""Plans against a linear programme of the whole: python -m benchmarks.rebalancing --help."""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from benchmarks.rebalancing import direct, instances
from fulfillment.optimization import rebalancing

HEAD = (
    "instance              objective       bound     gap   greedy  CPU s  wall s"
    "   direct LP  CPU s  our bound"
)
QUICK = [("tight", 50, 5), ("tight", 200, 10), ("free", 200, 20), ("full", 200, 20)]
USUAL = [(kind, 1_000, 20) for kind in instances.KINDS] + [("tight", 5_000, 40)]
FULL = [(kind, 5_000, 40) for kind in instances.KINDS if kind != "tight"]
SECONDS, GAP = 30.0, 0.005  # the target, for LARGE and "tight"
LARGE = 200_000  # positions
EXACT = 1e-6
BELOW = 0.001  # how far our bound may be below the one of the direct programme


@dataclass(frozen=True)
class Run:
    """What was found, and the seconds it took."""

    name: str
    kind: str
    positions: int
    solution: rebalancing.Solution
    cpu: float
    wall: float
    direct: direct.Bound | None

    @property
    def against(self) -> float | None:
        """How far our bound is above the direct one, as a share of it."""
        other = self.direct
        known = other is not None and other.objective > -1e300
        return self.solution.lower_bound / other.objective - 1 if known else None


def parser() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(prog="python -m benchmarks.rebalancing", description=__doc__)
    add = asked.add_argument
    add("--quick", action="store_true", help="small networks only")
    add("--full", action="store_true", help="the largest networks of every kind, too")
    add("--seed", type=int, default=0, help="of the drawn networks")
    add("--seconds", type=float, default=SECONDS, help="time limit of a plan, wall clock")
    add("--direct-up-to", type=int, default=20_000, help="positions that the direct one gets")
    add("--direct-seconds", type=float, default=60.0, help="its time limit")
    return asked


def chosen(options: argparse.Namespace) -> list[tuple[str, int, int]]:
    return QUICK + ([] if options.quick else USUAL) + (FULL if options.full else [])


def measure(kind: str, skus: int, places: int, options: argparse.Namespace) -> Run:
    """Solve one network, check the plan, and give it to HiGHS if it is small enough."""
    problem = instances.draw(kind, skus, places, options.seed)
    problem = replace(problem, options=rebalancing.Options(seconds=options.seconds))
    cpu, wall = time.process_time(), time.monotonic()
    solution = rebalancing.solve(problem)
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    if broken := rebalancing.evaluate(problem, solution.transfers).violations:
        raise AssertionError(broken[0])
    small = skus * places <= options.direct_up_to
    other = direct.bound(problem, options.direct_seconds) if small else None
    return Run(f"{kind} {places} x {skus:,}", kind, skus * places, solution, cpu, wall, other)


def shown(run: Run) -> str:
    found, other = run.solution, run.direct
    text = f"{run.name:18s} {found.objective:12,.1f} {found.lower_bound:11,.1f} {found.gap:7.3%}"
    text += f" {found.greedy / found.objective - 1:8.2%} {run.cpu:6.1f} {run.wall:7.1f}"
    if other is None:
        return text
    if run.against is None:
        return f"{text}    unfinished {other.cpu:6.1f}"
    return f"{text} {other.objective:11,.1f} {other.cpu:6.1f} {run.against:+10.3%}"


def verdicts(run: Run) -> Iterator[tuple[bool, str]]:
    """The targets that a network is held to, and whether they were met."""
    gap = run.solution.gap
    if run.positions >= LARGE and run.kind == "tight":
        good = gap <= GAP and run.cpu <= SECONDS
        said = f"{run.name}: within {GAP:.1%} of the bound in {SECONDS:.0f} s of CPU"
        yield good, f"{said}: {gap:.3%} in {run.cpu:.1f} s"
    if run.kind == "free":
        yield gap <= EXACT, f"{run.name}: exact without joint limits: {gap:.6%}"
    if run.against is not None:
        said = f"{run.name}: bound no more than {BELOW:.1%} below the direct one's"
        yield run.against >= -BELOW, f"{said}: {run.against:+.3%}"


def main() -> None:
    """Measure, then judge."""
    options = parser().parse_args()
    print(HEAD)
    told: list[tuple[bool, str]] = []
    for kind, skus, places in chosen(options):
        run = measure(kind, skus, places, options)
        print(shown(run), flush=True)
        told += verdicts(run)
    print("\nTargets (one thread; greedy: how much more it costs)")
    for met, text in told:
        print(f"{'met' if met else 'NOT MET':8s} {text}")


if __name__ == "__main__":
    main()
