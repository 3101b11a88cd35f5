"""Growth: each hot call on a small database and on one of 100 times the data, taken in turn.

python -m benchmarks.growth [--scale 100] [--rounds 7] [--count 40]
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

import psycopg

from benchmarks.growth.asker import NAMES
from benchmarks.growth.ground import furnish, size_of
from benchmarks.hotpath.postgres import Postgres, started
from benchmarks.hotpath.rounds import say

MOST = 1.3


@dataclass(frozen=True)
class Side:
    """A process that asks one of the databases."""

    process: "subprocess.Popen[str]"
    postgres: Postgres

    def ask(self, name: str, count: int) -> dict[str, float]:
        """Return seconds, web CPU and database CPU of one request of this name."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        before = self.postgres.cpu_seconds()
        print(name, count, file=self.process.stdin, flush=True)
        told: dict[str, float] = json.loads(self.process.stdout.readline())
        return told | {"database": (self.postgres.cpu_seconds() - before) / count}


@contextmanager
def side(postgres: Postgres, scale: int) -> Iterator[Side]:
    """Make and fill a database of this scale, and a process that asks it."""
    name, began = f"growth_{scale}", time.perf_counter()
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = postgres.url.replace("/bench", f"/{name}", 1)
    secret = furnish(url, size_of(scale))
    say(f"  filled in {time.perf_counter() - began:.0f} s")
    command = [sys.executable, "-m", "benchmarks.growth.asker", url, str(scale), secret]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        yield Side(process, postgres)
        assert process.stdin is not None
        process.stdin.close()


Pair = tuple[dict[str, float], dict[str, float]]
"""What one request took on the small and on the large database, in one round."""


def compared(small: Side, large: Side, name: str, rounds: int, count: int) -> list[Pair]:
    """Take one request of both sides in turn, so that a busy machine is busy for both."""
    for one in (small, large):
        one.ask(name, count)
    taken = []
    for number in range(rounds):
        if number % 2:
            second = large.ask(name, count)
            taken.append((small.ask(name, count), second))
        else:
            taken.append((small.ask(name, count), large.ask(name, count)))
    return taken


def line(name: str, taken: list[Pair]) -> str:
    """Return the table's line of a request: elapsed, then CPU of web and database together."""
    cells = [name.replace("_", ", ")]
    ratios = []
    for figures in (["seconds"], ["cpu", "database"]):
        pairs = [tuple(sum(one[f] for f in figures) for one in pair) for pair in taken]
        ratios.append(median(large / small for small, large in pairs))
        cells += [f"{median(side) * 1e3:.2f}" for side in zip(*pairs, strict=True)]
        cells.append(f"{ratios[-1]:.2f}")
    return f"| {' | '.join(cells)} | {'yes' if max(ratios) <= MOST else 'NO'} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=40)
    options = parser.parse_args()
    with ExitStack() as stack:
        postgres = stack.enter_context(started())
        small = stack.enter_context(side(postgres, 1))
        large = stack.enter_context(side(postgres, options.scale))
        print(
            f"| call | ms, 1x | ms, {options.scale}x | ratio | CPU ms, 1x"
            f" | CPU ms, {options.scale}x | ratio | <= {MOST} |"
        )
        print("|---|---|---|---|---|---|---|---|")
        for name in NAMES:
            print(
                line(name, compared(small, large, name, options.rounds, options.count)), flush=True
            )


if __name__ == "__main__":
    main()
