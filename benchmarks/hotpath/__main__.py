"""Measure the hot path against the limits of its databases, and print one table.

    python -m benchmarks.hotpath [--quick] [--only NAME ...]

Both sides of every ratio are taken in turn; docs/benchmarks.md says how to read the table.
"""

import argparse
from collections.abc import Callable, Sequence

from benchmarks.hotpath import asking, embedded, ground, moving, reserving, rivals, startup, world
from benchmarks.hotpath.ground import Ground
from benchmarks.hotpath.report import Row, table
from benchmarks.hotpath.rounds import Length, say
from benchmarks.hotpath.world import Size

FULL, QUICK = Length(5, 4.0), Length(3, 1.5)

ON_POSTGRES: dict[str, Callable[[Ground], list[Row]]] = {
    "reserve": reserving.one_line,
    "reserve3": reserving.three_lines,
    "hot": reserving.hot_sku,
    "bulk": reserving.in_bulk,
    "sourcing": asking.sourcing,
    "availability": asking.availability,
    "movements": moving.movements,
    "oscar": rivals.oscar,
    "medusa": rivals.medusa,
}
EMBEDDED, STARTUP = "embedded", "startup"
NAMES = [*ON_POSTGRES, EMBEDDED, STARTUP]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hotpath", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--rounds", type=int, help="of each side")
    parser.add_argument("--seconds", type=float, help="of each round")
    parser.add_argument("--skus", type=int, default=2_000)
    parser.add_argument("--facilities", type=int, default=40)
    return parser.parse_args()


def on_postgres(names: Sequence[str], size: Size, length: Length, rows: list[Row]) -> None:
    """Take the measures that need PostgreSQL, each on a new one, and audit what they leave."""
    broken = 0
    for name in names:
        say(name)
        with ground.prepared(size, length) as prepared:
            rows += ON_POSTGRES[name](prepared)
            say("audit")
            broken += world.findings(prepared.world.url)
    rows.append(Row("invariants broken", str(broken), "none", float(broken), "<=", 0.0))


def measure(names: Sequence[str], size: Size, length: Length, rows: list[Row]) -> None:
    """Take the measures of these names; what is taken is in `rows` even if a later one fails."""
    shared = [name for name in ON_POSTGRES if name in names]
    if shared:
        on_postgres(shared, size, length, rows)
    if EMBEDDED in names:
        rows += embedded.embedded(size, length)
    if STARTUP in names:
        rows += startup.startup(length)


def main() -> None:
    """Measure what was asked for."""
    asked = options()
    usual, size = QUICK if asked.quick else FULL, Size(asked.skus, asked.facilities)
    length = Length(asked.rounds or usual.rounds, asked.seconds or usual.seconds)
    rows: list[Row] = []
    try:
        measure(asked.only, size, length, rows)
    finally:
        print(table(rows))


if __name__ == "__main__":
    main()
