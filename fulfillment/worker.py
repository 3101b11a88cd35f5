"""The worker: acts on news that nobody has acted on yet, and solves the plans that are queued."""

import signal
from collections.abc import Callable, Sequence
from threading import Event

import structlog
from flask import Flask

from fulfillment.planning import runs
from fulfillment.platform import outbox

IDLE_SECONDS = 0.5
TROUBLE_SECONDS = 5.0

# Each does one piece of what waits, and tells whether there was any.
DUTIES: Sequence[Callable[[], object]] = (outbox.dispatch, runs.execute_next)

log = structlog.get_logger()


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT; the piece that has begun is finished."""
    stop = Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    log.info("worker started")
    while not stop.is_set():
        stop.wait(work_once(app))
    log.info("worker stopped")


def work_once(app: Flask) -> float:
    """Do one round of duties; return the seconds to pause before the next."""
    with app.app_context():
        try:
            found = [bool(duty()) for duty in DUTIES]
        except Exception:
            log.exception("worker failed")
            return TROUBLE_SECONDS
    return 0.0 if any(found) else IDLE_SECONDS
