"""A postman: a thread of the worker that hands parcels to a few others, and books what came.

Only the others speak HTTP, and only this one speaks to the database: a receiver that hangs keeps
a thread for the seconds of one try, and no transaction, no connection and no other duty.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event

import structlog
from flask import Flask

from fulfillment import __version__
from fulfillment.platform import clock
from fulfillment.platform.config import Settings
from fulfillment.platform.webhooks import sending, signing, targets
from fulfillment.platform.webhooks.parcels import AT_ONCE, Desk, Parcel, Try
from fulfillment.platform.webhooks.sending import Answer
from fulfillment.platform.webhooks.targets import Rules

IDLE_SECONDS = 0.5
BUSY_SECONDS = 0.1
TROUBLE_SECONDS = 5.0
STANDARD = {
    "Content-Type": "application/json",
    "User-Agent": f"fulfillment/{__version__}",
}

log = structlog.get_logger()


class Postman:
    """The parcels of one desk that are under way from this process."""

    def __init__(self, app: Flask, desk: Desk) -> None:
        settings: Settings = app.config["SETTINGS"]
        self.app = app
        self.desk = desk
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
                tended = self.desk.tend()
                taken = self.take()
            except Exception:
                log.exception("postman failed")
                return None
        return bool(booked or tended or taken)

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
                log.exception("postman failed")

    def book(self) -> int:
        """Write down what came of the tries that are over, receiver by receiver."""
        tries: defaultdict[str, list[Try]] = defaultdict(list)
        for future in [future for future in self.under_way if future.done()]:
            parcel = self.under_way.pop(future)
            tries[parcel.receiver].append((parcel, future.result()))
        for code, theirs in tries.items():
            try:
                statuses = self.desk.settle(code, theirs)
            except Exception:
                # The others' answers are not lost for it; these are tried again after their lease.
                log.exception("tries not booked", receiver=code)
                continue
            for parcel, answer in theirs:
                self.desk.tell(parcel, answer, statuses.get(parcel.event_id))
        return len(tries)

    def take(self) -> int:
        """Start tries of what is due, as far as there are threads: the healthy receivers first."""
        before = len(self.under_way)
        waiting = list(self.desk.ready())
        random.shuffle(waiting)
        for code, troubled in sorted(waiting, key=lambda found: found[1]):
            # Those in trouble may hang: half of the threads are never theirs.
            most = self.threads // (2 if troubled else 1) - len(self.under_way)
            for parcel in self.claimed(code, most):
                self.start(parcel)
        return len(self.under_way) - before

    def claimed(self, code: str, most: int) -> Sequence[Parcel]:
        mine = Counter(parcel.receiver for parcel in self.under_way.values())[code]
        most = min(most, AT_ONCE - mine)
        return self.desk.claim(code, most, self.seconds) if most > 0 else []

    def start(self, parcel: Parcel) -> None:
        self.under_way[self.pool.submit(attempt, parcel, targets.rules())] = parcel


def attempt(parcel: Parcel, rules: Rules) -> Answer:
    """Send a parcel once, signed for this moment."""
    stamped = signing.headers(parcel.event_id, clock.now(), parcel.body, parcel.secrets)
    headers = {**STANDARD, **parcel.headers, **stamped}
    timing = (parcel.seconds, parcel.listen, parcel.method)
    return sending.post(parcel.url, headers, parcel.body, rules, *timing)
