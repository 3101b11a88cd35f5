"""What the wave is held to, and whether it was met."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.allocation.runs import Run


@dataclass(frozen=True)
class Target:
    """For waves of up to so many orders: the gap, and the seconds of CPU in which to reach it."""

    orders: int
    gap: float
    seconds: float


TARGETS = (
    Target(1_000, 0.001, 10),
    Target(5_000, 0.0015, 60),
    Target(20_000, 0.004, 40),
    Target(50_000, 0.004, 90),
)
HARD_GAP = 0.01  # for scarce waves
PEAK_MB = 1_500
RATIO = 0.1  # of the time that the one model takes at 5,000 orders
EXPONENT = 1.3


@dataclass(frozen=True)
class Verdict:
    """One target, what was measured, and whether that is good enough."""

    target: str
    measured: str
    met: bool


def target_of(orders: int) -> Target:
    return next(target for target in TARGETS if orders <= target.orders)


def verdicts(name: str, orders: int, hard: bool, ours: Run) -> Iterable[Verdict]:
    """The gap, the time and the memory of one wave."""
    target = target_of(orders)
    gap = HARD_GAP if hard else target.gap
    in_time = ours.cpu <= target.seconds
    said = f"{ours.gap:.3%} in {ours.cpu:.1f} s of CPU"
    good = not ours.note and ours.gap <= gap and in_time
    yield Verdict(f"{name}: gap <= {gap:.2%} within {target.seconds:.0f} s", said, good)
    if orders >= TARGETS[-1].orders:
        peak = ours.peak < PEAK_MB
        yield Verdict(f"{name}: peak memory < {PEAK_MB} MB", f"{ours.peak:.0f} MB", peak)


def ratio(name: str, ours: Run, one_model: Run, seconds: float) -> Verdict:
    """Our time against that of the one model, or against the limit that it was stopped at."""
    share = ours.cpu / one_model.cpu
    stopped = one_model.wall >= seconds
    said = f"{share:.3f}" + (f", HiGHS stopped after {seconds:.0f} s" if stopped else "")
    return Verdict(f"{name}: time <= {RATIO} of the one model's", said, share <= RATIO)


def growth(sizes: Sequence[int], cpu: Sequence[float]) -> Verdict:
    """The exponent of time over orders, by least squares of the logarithms."""
    exponent = float(np.polyfit([math.log(n) for n in sizes], [math.log(s) for s in cpu], 1)[0])
    named = ", ".join(f"{n:,}: {s:.1f} s" for n, s in zip(sizes, cpu, strict=True))
    said = f"{exponent:.2f} ({named})"
    return Verdict(f"time grows as orders^{EXPONENT} at most", said, exponent <= EXPONENT)
