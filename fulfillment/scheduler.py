"""The scheduler: the timetable, on one page, and the process that follows it."""

import signal
from collections.abc import Callable, Sequence
from datetime import UTC, timedelta

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from fulfillment.inventory import reservations, retention
from fulfillment.planning import occasions, outlook, records, runs
from fulfillment.platform import audit, clock, idempotency, jobs, outbox
from fulfillment.platform.config import Settings
from fulfillment.platform.db import retried, transaction
from fulfillment.platform.jobs import Job

DIARY_KEPT = timedelta(days=30)
# Whoever asks about a cart, a piece of news or the reasons of a wave asks within a season.
HISTORY_KEPT = timedelta(days=90)
AT_ONCE, ROUNDS = 1000, 100

log = structlog.get_logger()


class InvariantBroken(Exception):
    """What must never be false is false: the run failed, and an operator must look."""


def timetable(settings: Settings) -> list[Job]:
    """Return every job with its hours (UTC); one whose hours are "" is switched off."""
    every = [
        Job("expire-holds", "* * * * *", reservations.sweep_expired),
        Job("purge", "7 * * * *", lambda: purge(settings.idempotency_hours)),
        Job(
            "allocation",
            settings.schedule_allocation,
            lambda: queue_wave(settings.wave_reconsiders),
        ),
        Job("outlook", settings.schedule_outlook, outlook.refresh),
        Job("audit", settings.schedule_audit, check_invariants),
    ]
    return [job for job in every if job.cron]


def purge(idempotency_hours: int) -> str:
    """Delete what is kept for a while only."""
    with transaction():
        keys = idempotency.forget_before(clock.now() - timedelta(hours=idempotency_hours))
        diary = jobs.forget_before(clock.now() - DIARY_KEPT)
    history = clock.now() - HISTORY_KEPT
    carts = bit_by_bit(lambda: retention.forget_carts(history, AT_ONCE))
    news = bit_by_bit(lambda: outbox.forget_before(history, AT_ONCE))
    plans = bit_by_bit(lambda: records.forget_before(history, AT_ONCE))
    return (
        f"{keys} idempotency keys, {diary} job runs, {carts} carts, {news} events,"
        f" stock and prices of {plans} plans"
    )


def bit_by_bit(forget: Callable[[], int]) -> int:
    """Forget in small transactions, so that nobody waits long; the rest is for the next hour."""
    forgotten = 0
    for _ in range(ROUNDS):
        with transaction():
            some = forget()
        forgotten += some
        if some < AT_ONCE:
            break
    return forgotten


@retried
def queue_wave(reconsiders: int) -> str:
    """Ask for an allocation wave, if there is an occasion; a worker solves and applies it."""
    reason = occasions.occasion(reconsiders)
    if reason is None:
        return "no order waits, and nothing changed for those allocated"
    with transaction():
        return f"plan {runs.request('allocation', {}, apply=True).id}: {reason}"


def check_invariants() -> str:
    """Check every invariant.

    Raises:
        InvariantBroken: naming those that do not hold.
    """
    report = audit.run()
    broken = [f"{v.number}. {v.sentence}" for v in report.invariants if not v.ok]
    if broken:
        raise InvariantBroken("; ".join(broken))
    return f"{len(report.invariants)} invariants hold"


def run(app: Flask) -> None:
    """Follow the timetable until SIGTERM or SIGINT; runs that have begun are finished."""
    scheduler = build(app, timetable(app.config["SETTINGS"]))
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: scheduler.shutdown(wait=False))
    log.info("scheduler started", jobs=[job.id for job in scheduler.get_jobs()])
    scheduler.start()
    log.info("scheduler stopped")


def build(app: Flask, table: Sequence[Job]) -> BlockingScheduler:
    """Return a scheduler that wakes each job at its hours."""
    rules = {"coalesce": True, "max_instances": 1, "misfire_grace_time": jobs.GRACE.seconds}
    scheduler = BlockingScheduler(timezone=UTC, job_defaults=rules)
    for job in table:
        scheduler.add_job(inside(app, job), job.trigger, id=job.name)
    return scheduler


def inside(app: Flask, job: Job) -> Callable[[], None]:
    """Return the job as a function that opens the application around each run."""

    def wake() -> None:
        with app.app_context():
            jobs.run_due(job)

    return wake
