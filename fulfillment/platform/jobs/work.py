"""A job's work: begun by whoever claims it first, kept by heartbeats, told when it fails."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread

import structlog
from flask import Flask, current_app
from msgspec import Struct

from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.platform.jobs import runs
from fulfillment.platform.jobs.models import Schedule

HEARTBEATS_PER_LEASE = 4

log = structlog.get_logger()


class Job(Struct, frozen=True):
    """A line of the timetable: what runs, and when at first, as a cron expression in UTC."""

    name: str
    cron: str
    work: Callable[[], object]


def run_next(job: Job) -> bool:
    """Run the job if a run waits or is due; False if not, or if it is running somewhere."""
    moment = runs.take(job.name) or claim_due(job.name)
    if moment is None:
        return False
    started = time.perf_counter()
    with heartbeat(job.name, moment):
        outcome, detail = outcome_of(job)
    runs.runs_total.labels(job.name, outcome).inc()
    runs.run_seconds.labels(job.name).observe(time.perf_counter() - started)
    runs.close(job.name, moment, outcome, detail)
    return True


def claim_due(name: str) -> datetime | None:
    """Begin the run that the schedule has due by now, as the schedule stands."""
    db.session.rollback()
    schedule = db.session.get(Schedule, name, populate_existing=True)
    if schedule is None or not schedule.enabled:
        return None
    moment = schedule.hours.latest_moment(clock.now())
    return moment if moment is not None and runs.claim(name, moment) else None


def outcome_of(job: Job) -> tuple[str, str]:
    """Do the work; a failure is told, and is not the end of the other jobs."""
    with structlog.contextvars.bound_contextvars(job=job.name):
        try:
            detail = str(job.work())
        except Exception as error:
            log.exception("job failed")
            return "failed", f"{type(error).__name__}: {error}"
        log.info("job done", detail=detail)
        return "done", detail


@contextmanager
def heartbeat(name: str, moment: datetime) -> Iterator[None]:
    """Keep the run's lease while its work lasts, however long that is."""
    stop = Event()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    beating = Thread(target=beat, args=(app, name, moment, stop), daemon=True)
    beating.start()
    try:
        yield
    finally:
        stop.set()
        beating.join()


def beat(app: Flask, name: str, moment: datetime, stop: Event) -> None:
    while not stop.wait(runs.LEASE.total_seconds() / HEARTBEATS_PER_LEASE):
        try:
            with app.app_context():
                if not runs.renew(name, moment):
                    log.error("job was taken for dead", job=name)
        except Exception:
            log.exception("no heartbeat", job=name)
