"""The postman: a thread of the worker that hands parcels to a few others, and books what came.

Only the others speak HTTP, and only this one speaks to the database: a receiver that hangs keeps
a thread for the seconds of one try, and no transaction, no connection and no other duty.
"""

import random
from collections import Counter, defaultdict
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event

import structlog
from flask import Flask
from prometheus_client import Histogram

from fulfillment import __version__
from fulfillment.platform import clock
from fulfillment.platform.config import Settings
from fulfillment.platform.webhooks import lag, sending, signing, spreading, targets, trying
from fulfillment.platform.webhooks.models import DELIVERED, PARKED
from fulfillment.platform.webhooks.sending import Answer
from fulfillment.platform.webhooks.targets import Rules
from fulfillment.platform.webhooks.trying import Parcel, Try

IDLE_SECONDS = 0.5
BUSY_SECONDS = 0.1
TROUBLE_SECONDS = 5.0
BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
STANDARD = {
    "Content-Type": "application/json",
    "User-Agent": f"fulfillment/{__version__}",
}

log = structlog.get_logger()
try_seconds = Histogram("fulfillment_webhook_try_seconds", "How long tries took.", buckets=BUCKETS)


class Postman:
    """The deliveries of one process that are under way."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.config["SETTINGS"]
        self.app = app
        self.seconds = settings.webhook_seconds
        self.threads = settings.webhook_threads
        self.pool = ThreadPoolExecutor(self.threads, thread_name_prefix="webhook")
        self.under_way: dict[Future[Answer], Parcel] = {}

    def run(self, stop: Event) -> None:
        """Deliver until told to stop; tries that have begun are finished."""
        while not stop.is_set():
            found = self.round()
            if self.under_way:
                wait(self.under_way, BUSY_SECONDS, FIRST_COMPLETED)
            elif not found:
                stop.wait(IDLE_SECONDS if found is not None else TROUBLE_SECONDS)
        self.finish()

    def round(self) -> bool | None:
        """Do what can be done at once; tell whether there was any, None if it failed."""
        with self.app.app_context():
            try:
                booked = self.book()
                spread = spreading.spread()
                taken = self.take()
                lag.measure()
            except Exception:
                log.exception("webhooks failed")
                return None
        return bool(booked or spread or taken)

    def finish(self) -> None:
        """Wait for what is under way, and book it."""
        wait(self.under_way)
        self.round_of_bookings()
        self.pool.shutdown()

    def round_of_bookings(self) -> None:
        with self.app.app_context():
            try:
                self.book()
            except Exception:
                log.exception("webhooks failed")

    def book(self) -> int:
        """Write down what came of the tries that are over, webhook by webhook."""
        tries: defaultdict[str, list[Try]] = defaultdict(list)
        for future in [future for future in self.under_way if future.done()]:
            parcel = self.under_way.pop(future)
            tries[parcel.webhook].append((parcel, future.result()))
        for code, theirs in tries.items():
            statuses = trying.settle(code, theirs)
            for parcel, answer in theirs:
                tell(parcel, answer, statuses.get(parcel.event_id))
        return len(tries)

    def take(self) -> int:
        """Start tries of what is due, as far as there are threads: the healthy webhooks first."""
        before = len(self.under_way)
        waiting = trying.ready()
        random.shuffle(waiting)
        for code, troubled in sorted(waiting, key=lambda found: found[1]):
            # Those in trouble may hang: half of the threads are never theirs.
            most = self.threads // (2 if troubled else 1) - len(self.under_way)
            for parcel in self.claimed(code, most):
                self.start(parcel)
        return len(self.under_way) - before

    def claimed(self, code: str, most: int) -> list[Parcel]:
        mine = Counter(parcel.webhook for parcel in self.under_way.values())[code]
        most = min(most, trying.AT_ONCE - mine)
        return trying.claim(code, most, self.seconds) if most > 0 else []

    def start(self, parcel: Parcel) -> None:
        self.under_way[self.pool.submit(attempt, parcel, targets.rules(), self.seconds)] = parcel


def tell(parcel: Parcel, answer: Answer, status: str | None) -> None:
    """Count a try, and log it without what is secret in it."""
    trying.tries_total.labels(parcel.webhook, DELIVERED if answer.taken else "failed").inc()
    try_seconds.observe(answer.seconds)
    told = {"webhook": parcel.webhook, "event_id": str(parcel.event_id), "status": status}
    if answer.taken:
        log.debug("webhook delivered", **told)
    else:
        log.warning("webhook failed", **told, problem=answer.problem)
        if status == PARKED:
            trying.tries_total.labels(parcel.webhook, PARKED).inc()


def attempt(parcel: Parcel, rules: Rules, seconds: float) -> Answer:
    """Send a parcel once, signed for this moment."""
    stamped = signing.headers(parcel.event_id, clock.now(), parcel.body, parcel.secrets)
    return sending.post(parcel.url, {**STANDARD, **stamped}, parcel.body, rules, seconds)
