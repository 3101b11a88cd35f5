"""The scheduler: the timetable, on one page, and the process that follows it."""

import signal
from collections.abc import Callable
from datetime import timedelta

import structlog
from flask import Flask, current_app

from fulfillment.integrations import messages
from fulfillment.inventory import reservations, retention
from fulfillment.inventory.counting import days as counts
from fulfillment.planning import outlook, runs
from fulfillment.planning.demand import history as demand
from fulfillment.planning.forecasts import runs as forecasts
from fulfillment.planning.rebalancing import occasions as rebalancing
from fulfillment.planning.waves import occasions, records
from fulfillment.platform import audit, clock, config, idempotency, outbox
from fulfillment.platform.config import Settings
from fulfillment.platform.db import retried, transaction
from fulfillment.platform.jobs import Job, schedules
from fulfillment.platform.jobs import runs as job_runs
from fulfillment.platform.jobs.clockwork import Clockwork
from fulfillment.platform.webhooks import retention as webhooks
from fulfillment.shipping.carriers import requests
from fulfillment.tracking import files, measuring, watching

DIARY_KEPT = timedelta(days=30)
# Whoever asks about a cart, a piece of news or the reasons of a wave asks within a season.
HISTORY_KEPT = timedelta(days=90)
AT_ONCE, ROUNDS = 1000, 100

log = structlog.get_logger()


class InvariantBroken(Exception):
    """What must never be false is false: the run failed, and an operator must look."""


def timetable(settings: Settings) -> list[Job]:
    """Return every job, with the hours (UTC) that its row says at first; "" is switched off."""
    return [
        Job("expire-holds", "* * * * *", reservations.sweep_expired),
        Job("purge", "7 * * * *", lambda: purge(settings.idempotency_hours)),
        Job(
            "allocation",
            settings.schedule_allocation,
            lambda: queue_wave(settings.wave_reconsiders),
        ),
        # A day is over everywhere at noon UTC.
        Job("demand", "15 12 * * *", demand.refresh),
        Job("forecasts", "45 12 * * *", forecasts.nightly),
        Job("replenishment", "30 13 * * *", lambda: queue("replenishment", "the hour of the day")),
        Job("rebalancing", "0 14 * * 1", lambda: queue("rebalancing", "the day of the week")),
        Job(
            "rebalancing-trigger",
            "20 */6 * * *",
            lambda: queue_rebalancing(settings.rebalancing_threshold),
        ),
        Job("cycle-counts", "30 4 * * *", counts.plan_day),
        Job("outlook", settings.schedule_outlook, outlook.refresh),
        Job("carrier-files", "* * * * *", files.exchange),
        Job("watch-deliveries", "*/15 * * * *", watching.refresh),
        Job("measure-transit", "50 3 * * *", measuring.refresh),
        Job("audit", settings.schedule_audit, check_invariants),
    ]


def purge(idempotency_hours: int) -> str:
    """Delete what is kept for a while only."""
    with transaction():
        keys = idempotency.forget_before(clock.now() - timedelta(hours=idempotency_hours))
        diary = job_runs.forget_before(clock.now() - DIARY_KEPT)
    history = clock.now() - HISTORY_KEPT
    asked = bit_by_bit(lambda: requests.forget_before(history, AT_ONCE))
    carts = bit_by_bit(lambda: retention.forget_carts(history, AT_ONCE))
    settings: Settings = current_app.config["SETTINGS"]
    taken = max(history, clock.now() - timedelta(days=settings.webhook_keep_days))
    deliveries = bit_by_bit(lambda: webhooks.forget_before(taken, history, AT_ONCE))
    said = bit_by_bit(lambda: messages.forget_before(history, AT_ONCE))
    news = bit_by_bit(lambda: outbox.forget_before(history, AT_ONCE))
    plans = bit_by_bit(lambda: records.forget_before(history, AT_ONCE))
    return (
        f"{keys} idempotency keys, {diary} job runs, {asked} requests to carriers,"
        f" {said} messages of shops, {carts} carts, {news} events,"
        f" stock and prices of {plans} plans, {deliveries} webhook deliveries"
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
    return queue("allocation", reason)


@retried
def queue_rebalancing(threshold: float) -> str:
    """Ask for a rebalancing run, if too much stands in the wrong place."""
    reason = rebalancing.occasion(threshold)
    return queue("rebalancing", reason) if reason else "stock stands well, or a run was just made"


@retried
def queue(kind: str, reason: str) -> str:
    """Ask for a plan of this kind; a worker solves and applies it."""
    with transaction():
        return f"plan {runs.request(kind, {}, apply=True).id}: {reason}"


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
    with app.app_context():
        seed()
    settings: Settings = app.config["SETTINGS"]
    clockwork = Clockwork(app, timetable(settings))
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: clockwork.stop())
    log.info("scheduler started", jobs=sorted(clockwork.jobs))
    clockwork.run()
    log.info("scheduler stopped")


@retried
def seed() -> None:
    """Give each job that has no row yet its first hours; where the settings say none, it is off."""
    shipped = {job.name: job.cron for job in timetable(config.load({}))}
    ours = timetable(current_app.config["SETTINGS"])
    with transaction():
        schedules.seed((job.name, job.cron or shipped[job.name], bool(job.cron)) for job in ours)
