"""Rivals: pieces of work that start at the same moment, each in a thread of its own."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 60


def at_once(works: Sequence[Callable[[], T]]) -> list[T]:
    """Start all at once; return what they return, in their order, or raise what one raises."""
    start = Barrier(len(works))

    def run(work: Callable[[], T]) -> T:
        start.wait(PATIENCE_SECONDS)
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        running = [threads.submit(run, work) for work in works]
        return [future.result(PATIENCE_SECONDS) for future in running]


def alone(work: Callable[[], T]) -> T:
    """Run in another thread, to its end: with another session, as another process would."""
    return at_once([work])[0]


def wait_until(holds: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something that another thread or process brings about."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.01)
