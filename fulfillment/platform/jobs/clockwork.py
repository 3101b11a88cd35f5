"""A scheduler: APScheduler wakes each job at its hours, and the hours follow their rows."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Event

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from flask import Flask
from sqlalchemy import select

from fulfillment.platform.db import db
from fulfillment.platform.jobs import runs
from fulfillment.platform.jobs.hours import Hours
from fulfillment.platform.jobs.models import Schedule
from fulfillment.platform.jobs.work import Job, run_next

# So soon a changed row is followed, and a run begins that somebody asked for.
WATCH_SECONDS = 2
JOBS_AT_ONCE = 8
# However late a wake-up is, the hours say which moment it stands for.
RULES = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}

log = structlog.get_logger()


class Woken(BaseTrigger):  # type: ignore[misc]
    """APScheduler's trigger for a schedule's hours."""

    def __init__(self, hours: Hours) -> None:
        self.hours = hours

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """Return when to wake the job after `previous`, or first."""
        return self.hours.next_due(previous) if previous else self.hours.first_wake(now)


class Clockwork:
    """The jobs of a process, woken at the hours that their rows say at the time."""

    def __init__(self, app: Flask, table: Sequence[Job]) -> None:
        self.app = app
        self.jobs = {job.name: job for job in table}
        self.followed: dict[str, int] = {}
        self.stopped = Event()
        threads = {"default": ThreadPoolExecutor(JOBS_AT_ONCE), "watch": ThreadPoolExecutor(1)}
        self.scheduler = BlockingScheduler(timezone=UTC, executors=threads, job_defaults=RULES)
        soon = datetime.now(UTC)
        self.scheduler.add_job(
            self.watch, "interval", seconds=WATCH_SECONDS, next_run_time=soon, executor="watch"
        )

    def run(self) -> None:
        """Wake the jobs until `stop`."""
        self.scheduler.start()

    def stop(self) -> None:
        """Wake no job any more; those that run are finished before the process ends."""
        self.stopped.set()
        self.scheduler.shutdown(wait=False)

    def watch(self) -> None:
        """Follow rows that changed, and wake at once what was asked for or was left by the dead."""
        try:
            with self.app.app_context():
                for schedule in db.session.scalars(select(Schedule)):
                    self.follow(schedule)
                for name in {*runs.asked(), *runs.bury()} & self.jobs.keys():
                    self.scheduler.add_job(
                        self.waker(name), id=f"{name} at once", replace_existing=True
                    )
        except Exception:
            log.exception("the timetable cannot be read")

    def follow(self, schedule: Schedule) -> None:
        """Wake a job at its hours from now on, if they changed."""
        name, version = schedule.job, schedule.version
        if name not in self.jobs or self.followed.get(name) == version:
            return
        if schedule.enabled:
            trigger = Woken(schedule.hours)
            self.scheduler.add_job(self.waker(name), trigger, id=name, replace_existing=True)
        elif self.scheduler.get_job(name):
            self.scheduler.remove_job(name)
        self.followed[name] = version
        log.info("schedule", job=name, cron=schedule.cron, enabled=schedule.enabled)

    def waker(self, name: str) -> Callable[[], None]:
        """Return the job as a function that opens the application around its runs."""

        def wake() -> None:
            with self.app.app_context():
                # Again, for what came due or was asked for in the meantime.
                while not self.stopped.is_set() and run_next(self.jobs[name]):
                    pass

        return wake
