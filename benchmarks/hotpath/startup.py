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

# The names of all modules that come with it, but for our own.
LIBRARIES = """
import sys; import fulfillment.app
print(*(name for name in sys.modules if name.split('.')[0] not in ('fulfillment', '__main__')))
"""
ALONE = """
import gc, sys, time; names = sys.argv[1].split(); gc.disable()
sys.modules |= {"rich": None, "yaml": None}
wall, cpu = time.perf_counter(), time.process_time()
for name in names:
    try:
        __import__(name)
    except ImportError:
        pass
print(time.perf_counter() - wall, time.process_time() - cpu)
"""

Seconds = tuple[float, float]
"""By the clock, and of CPU."""


def startup(length: Length) -> list[Row]:
    """Measure both; the best of the rounds counts, since others' work can only add to it."""
    say("importing, and starting up")
    names = answer_to(LIBRARIES).strip()
    imported = best(lambda: timed(IMPORT), length.rounds)
    libraries = best(lambda: timed(ALONE, names), length.rounds)
    with TemporaryDirectory(prefix="fulfillment-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'start.db'}"
        with in_app(url):
            migrations.upgrade()
        started = best(lambda: answered_in(url), length.rounds)
    return [
        row("import of fulfillment.app", imported, MOST_IMPORT_SECONDS),
        row("import of its libraries alone", libraries),
        row("fulfillment serve, first answer", started, MOST_START_SECONDS),
    ]


def row(measure: str, took: Seconds, most: float | None = None) -> Row:
    wall, used = took
    return Row(measure, f"{wall:.2f} s", f"CPU: {used:.2f} s", wall, "<=", most)


def best(measure: Callable[[], Seconds], times: int) -> Seconds:
    measure()  # files come from the disk the first time
    return min(measure() for _ in range(times))


def timed(code: str, *given: str) -> Seconds:
    wall, used = map(float, answer_to(code, *given).split())
    return wall, used


def answer_to(code: str, *given: str) -> str:
    """Run code in a Python of its own; return what it prints."""
    command = [sys.executable, "-c", code, *given]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def answered_in(url: str) -> Seconds:
    began = time.perf_counter()
    with service.serving(url, workers=1) as started:
        return time.perf_counter() - began, cpu.seconds(started.pid)
