"""`python -m benchmarks.chaos`: attack the service for a while, and report what was lost."""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.chaos.attack import Options, Record, attack, remove


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    record = attack(Options(given.engine, given.seconds, given.seed, given.clients), folder)
    print_report(record)
    if record.verdict and record.verdict.ok:
        remove(folder)
    else:
        sys.exit(f"what is left stands in {folder}")


def print_report(record: Record) -> None:
    """Print what was done how often, and what was lost."""
    print("\noperations, by their answer")
    for name, times in sorted(record.asked.items()):
        print(f"  {times:7} {name}")
    print(f"  {sum(record.asked.values()):7} in all")
    print("\nrepeated under the same key, by the reason")
    for name, times in sorted(record.repeated.items()):
        print(f"  {times:7} {name}")
    print("\ndisasters, and the seconds until the next write was taken: median, longest")
    for name, times in sorted(record.happened.items()):
        took = [seconds for struck, seconds in record.recovered if struck == name]
        told = f"{median(took):8.2f} {max(took):8.2f}" if took else ""
        print(f"  {times:7} {name:36}{told}")
    verdict = record.verdict
    if verdict is None:
        return
    print(f"\nacknowledged writes: {verdict.acknowledged}")
    for what, found in (
        ("lost", verdict.lost),
        ("there twice", verdict.twice),
        ("findings of the service's audit", verdict.broken),
        ("findings of audit.sql", verdict.independent),
    ):
        print(f"{what}: {len(found)}", *found[:20], sep="\n  ")
    print(f"holds that never end: {verdict.orphans}")


if __name__ == "__main__":
    main()
