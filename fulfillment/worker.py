"""The worker: acts on news that nobody has acted on yet, solves queued plans, tells webhooks."""

import signal
from collections.abc import Callable, Sequence
from threading import Event, Thread

import structlog
from flask import Flask

from fulfillment.planning import runs
from fulfillment.platform import outbox
from fulfillment.platform.webhooks.postman import Postman

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
    postman = Thread(target=Postman(app).run, args=(stop,), name="postman")
    postman.start()
    log.info("worker started")
    while not stop.is_set():
        stop.wait(work_once(app))
    postman.join()
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
