"""Jobs that run by the clock: each moment of the timetable once, whoever else runs it too."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.triggers.cron import CronTrigger
from prometheus_client import Counter
from sqlalchemy import String, Text, delete, update
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform import clock
from fulfillment.platform.columns import UtcDateTime
from fulfillment.platform.db import Base, db, insert_once, retrying, transaction

# A run may start this late, when the machine was busy or asleep; later than that it is left out.
GRACE = timedelta(minutes=10)
INSTANT = timedelta(microseconds=1)
DETAIL_LENGTH = 2000

log = structlog.get_logger()
runs_total = Counter("fulfillment_job_runs", "Runs of the timetable's jobs.", ["job", "outcome"])


class JobRun(Base):
    """One moment of the timetable: its key is what lets only one process run it."""

    __tablename__ = "job_runs"

    job: Mapped[str] = mapped_column(String(64), primary_key=True)
    scheduled_for: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(16))
    detail: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Job:
    """A line of the timetable: what runs, and when, as a cron expression in UTC."""

    name: str
    cron: str
    work: Callable[[], object]

    @property
    def trigger(self) -> CronTrigger:
        return CronTrigger.from_crontab(self.cron, UTC)


def run_due(job: Job) -> bool:
    """Run the job for the latest moment of its timetable; False when that was done already."""
    moment = latest_moment(job, clock.now())
    if moment is None or not retrying(lambda: claim(job.name, moment)):
        return False
    outcome, detail = outcome_of(job)
    runs_total.labels(job.name, outcome).inc()
    retrying(lambda: close(job.name, moment, outcome, detail[:DETAIL_LENGTH]))
    return True


def latest_moment(job: Job, now: datetime) -> datetime | None:
    """Return the last moment of the job's timetable that is not after `now` nor long before."""
    latest, moment = None, job.trigger.get_next_fire_time(None, now - GRACE)
    while moment is not None and moment <= now:
        latest = moment
        moment = job.trigger.get_next_fire_time(None, moment + INSTANT)
    return latest


def claim(job: str, moment: datetime) -> bool:
    """Insert the moment's row; False when another process was first."""
    row = {"job": job, "scheduled_for": moment, "started_at": clock.now()}
    with transaction():
        return insert_once(JobRun, row)


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


def close(job: str, moment: datetime, outcome: str, detail: str) -> None:
    mine = (JobRun.job == job, JobRun.scheduled_for == moment)
    ending = {"finished_at": clock.now(), "outcome": outcome, "detail": detail}
    with transaction() as session:
        session.execute(update(JobRun).where(*mine).values(ending))


def forget_before(moment: datetime) -> int:
    """Delete the records of runs that began before `moment`; return how many."""
    result: Any = db.session.execute(delete(JobRun).where(JobRun.started_at < moment))
    return int(result.rowcount)
