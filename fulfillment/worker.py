"""The worker: acts on news that nobody has acted on yet, solves queued plans, and sends messages.

Webhooks and carriers have a postman each: whoever is slow to answer holds up nobody.
"""

import signal
from collections.abc import Callable, Sequence
from threading import Event, Thread

import structlog
from flask import Flask

from fulfillment.integrations import inbox
from fulfillment.integrations.desk import SHOPS
from fulfillment.planning import runs
from fulfillment.platform import outbox
from fulfillment.platform.webhooks.postman import Postman
from fulfillment.platform.webhooks.trying import WEBHOOKS
from fulfillment.shipping.carriers.asking import CARRIERS

IDLE_SECONDS = 0.5
TROUBLE_SECONDS = 5.0

DESKS = {"webhooks": WEBHOOKS, "carriers": CARRIERS, "shops": SHOPS}

# Each does one piece of what waits, and tells whether there was any.
DUTIES: Sequence[Callable[[], object]] = (outbox.dispatch, inbox.work_next, runs.execute_next)

log = structlog.get_logger()


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT; the piece that has begun is finished."""
    stop = Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    postmen = [
        Thread(target=Postman(app, desk).run, args=(stop,), name=f"postman of {name}")
        for name, desk in DESKS.items()
    ]
    for postman in postmen:
        postman.start()
    log.info("worker started")
    while not stop.is_set():
        stop.wait(work_once(app))
    for postman in postmen:
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
