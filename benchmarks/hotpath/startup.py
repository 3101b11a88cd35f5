"""How long it takes until the product is imported, and until it gives its first answer."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.hotpath import cpu, service
from benchmarks.hotpath.report import Row
from benchmarks.hotpath.rounds import Length, say
from benchmarks.hotpath.world import in_app
from fulfillment.platform import migrations

MOST_IMPORT_SECONDS, MOST_START_SECONDS = 0.6, 1.5
IMPORT = """
import time; wall, cpu = time.perf_counter(), time.process_time()
import fulfillment.app
print(time.perf_counter() - wall, time.process_time() - cpu)
"""

Seconds = tuple[float, float]
"""By the clock, and of CPU."""


def startup(length: Length) -> list[Row]:
    """Measure both; the best of the rounds counts, since others' work can only add to it."""
    say("importing, and starting up")
    imported = best(imported_in, length.rounds)
    with TemporaryDirectory(prefix="fulfillment-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'start.db'}"
        with in_app(url):
            migrations.upgrade()
        started = best(lambda: answered_in(url), length.rounds)
    return [
        row("import of fulfillment.app", imported, MOST_IMPORT_SECONDS),
        row("fulfillment serve, first answer", started, MOST_START_SECONDS),
    ]


def row(measure: str, took: Seconds, most: float) -> Row:
    wall, used = took
    return Row(measure, f"{wall:.2f} s", f"CPU: {used:.2f} s", wall, "<=", most)


def best(measure: Callable[[], Seconds], times: int) -> Seconds:
    measure()  # files come from the disk the first time
    return min(measure() for _ in range(times))


def imported_in() -> Seconds:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True
    )
    wall, used = map(float, done.stdout.split())
    return wall, used


def answered_in(url: str) -> Seconds:
    began = time.perf_counter()
    with service.serving(url, workers=1) as started:
        return time.perf_counter() - began, cpu.seconds(started.pid)
