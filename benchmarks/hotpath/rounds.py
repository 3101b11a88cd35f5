"""Rounds: both sides of a ratio taken in turn, so that a busy machine is busy for both."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

Side = Callable[[float], "Round"]
"""Works for about so many seconds and tells what was done."""

# It is warm when a round is not faster than the best before it by more than this.
STEADY, MOST_WARM_UPS = 1.05, 6


@dataclass(frozen=True)
class Round:
    """What one side did in one round; CPU times and latencies are per request.

    `client_us` is the CPU of a client that does work of its own, as psycopg does; `load_us` that of
    a load generator.
    """

    rate: float
    count: int
    web_us: float = 0.0
    database_us: float = 0.0
    client_us: float = 0.0
    load_us: float = 0.0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def cpu_us(self) -> float:
        """All CPU that one request costs, but for the load generator's."""
        return self.web_us + self.database_us + self.client_us


Rounds = Mapping[str, Sequence[Round]]


@dataclass(frozen=True)
class Length:
    """How many rounds, and how long each."""

    rounds: int
    seconds: float


def in_turn(sides: Mapping[str, Side], length: Length) -> Rounds:
    """Warm every side up, then take rounds of each, in an order that turns every round."""
    for name, side in sides.items():
        say(f"  warm-up: {name}")
        warm_up(side, length.seconds)
    taken: dict[str, list[Round]] = {name: [] for name in sides}
    for number in range(length.rounds):
        order = list(sides) if number % 2 == 0 else list(reversed(sides))
        for name in order:
            taken[name].append(sides[name](length.seconds))
        rates = ", ".join(f"{name} {taken[name][-1].rate:,.1f}/s" for name in sides)
        say(f"  round {number + 1} of {length.rounds}: {rates}")
    return taken


def warm_up(side: Side, seconds: float) -> None:
    """Let a side work until it becomes no faster: caches fill, plans settle."""
    fastest = 0.0
    for _ in range(MOST_WARM_UPS):
        rate = side(seconds).rate
        if rate <= fastest * STEADY:
            return
        fastest = max(fastest, rate)


def middle(rounds: Sequence[Round], figure: str) -> float:
    """Return the median of one figure."""
    return median(getattr(one, figure) for one in rounds)


def ratio(rounds: Rounds, ours: str, theirs: str, figure: str = "rate") -> float:
    """Return the median of the ratios of rounds that were taken next to each other."""
    pairs = zip(rounds[ours], rounds[theirs], strict=True)
    return median(getattr(mine, figure) / getattr(other, figure) for mine, other in pairs)


def say(text: str) -> None:
    """Tell of progress on standard error; the table alone is on standard output."""
    print(text, file=sys.stderr, flush=True)
