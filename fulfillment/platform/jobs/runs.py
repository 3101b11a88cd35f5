"""The book of runs: who may begin one, for how long it is theirs, and how it ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, and_, delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from fulfillment.platform import clock, context, outbox
from fulfillment.platform.db import db, insert_once, retried, transaction
from fulfillment.platform.figures import Counter, Histogram
from fulfillment.platform.jobs.models import JobRun

# A scheduler that has not been heard of for so long is dead, and so is its run.
LEASE = timedelta(seconds=60)
INSTANT = timedelta(microseconds=1)
DETAIL_LENGTH = 2000
BUCKETS = (0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600)

WAITING = JobRun.started_at.is_(None)
RUNNING = and_(JobRun.started_at.is_not(None), JobRun.finished_at.is_(None))

log = structlog.get_logger()
runs_total = Counter("fulfillment_job_runs", "Runs of the timetable's jobs.", ["job", "outcome"])
run_seconds = Histogram(
    "fulfillment_job_seconds", "How long the runs took.", ["job"], buckets=BUCKETS
)


def ask(job: str) -> JobRun:
    """Ask for a run at once; one that waits already is it."""
    moment, author = clock.now(), context.actor.get().name
    while not insert_once(JobRun, {"job": job, "scheduled_for": moment, "asked_by": author}):
        waiting = db.session.scalar(select(JobRun).where(JobRun.job == job, WAITING))
        if waiting is not None:
            return waiting
        moment += INSTANT  # it has just begun, or another run is of this very moment
    return db.session.get_one(JobRun, (job, moment))


def asked() -> list[str]:
    """Return the jobs of which a run waits and none is under way."""
    other = aliased(JobRun)
    busy = exists().where(
        other.job == JobRun.job, other.started_at.is_not(None), other.finished_at.is_(None)
    )
    return list(db.session.scalars(select(JobRun.job).where(WAITING, ~busy)))


@retried
def take(job: str) -> datetime | None:
    """Begin the run of a job that waits; None when there is none, or the job is running."""
    waiting = update(JobRun).where(JobRun.job == job, WAITING).values(lease())
    try:
        with transaction() as session:
            return session.scalar(waiting.returning(JobRun.scheduled_for))
    except IntegrityError:
        return None


@retried
def claim(job: str, moment: datetime) -> bool:
    """Begin the run of a moment; False when it is another's, or the job is running."""
    row = {"job": job, "scheduled_for": moment, **lease()}
    with transaction():
        return insert_once(JobRun, row)


def lease() -> dict[str, datetime]:
    now = clock.now()
    return {"started_at": now, "lease_until": now + LEASE}


@retried
def renew(job: str, moment: datetime) -> bool:
    """Keep a run ours for longer; False when it was taken for dead."""
    values = {"lease_until": clock.now() + LEASE}
    with transaction() as session:
        result: Any = session.execute(update(JobRun).where(*mine(job, moment)).values(values))
    return bool(result.rowcount)


@retried
def close(job: str, moment: datetime, outcome: str, detail: str) -> None:
    """Write down how a run ended, unless it was taken for dead meanwhile."""
    with transaction() as session:
        run = session.scalar(select(JobRun).where(*mine(job, moment)).with_for_update())
        if run is not None:
            end(run, outcome, detail)


def mine(job: str, moment: datetime) -> Sequence[Any]:
    return (JobRun.job == job, JobRun.scheduled_for == moment, RUNNING)


def end(run: JobRun, outcome: str, detail: str) -> None:
    run.finished_at, run.outcome, run.detail = clock.now(), outcome, detail[:DETAIL_LENGTH]
    if outcome != "done":
        outbox.publish(
            "job.failed",
            run.job,
            job=run.job,
            scheduled_for=run.scheduled_for.isoformat(),
            outcome=outcome,
            detail=run.detail,
        )


def bury() -> list[str]:
    """End the runs whose scheduler died; return their jobs, which may run again."""
    return abandon() if db.session.scalar(dead().limit(1)) else []


def dead() -> Select[Any]:
    # A run of an earlier release has no lease.
    lease_end = func.coalesce(JobRun.lease_until, JobRun.started_at)
    return select(JobRun).where(RUNNING, lease_end < clock.now())


@retried
def abandon() -> list[str]:
    with transaction() as session:
        left = session.scalars(dead().with_for_update()).all()
        jobs = [run.job for run in left]
        for run in left:
            end(run, "abandoned", "The scheduler that ran it was not heard of any more.")
    for job in jobs:
        runs_total.labels(job, "abandoned").inc()
        log.error("job abandoned", job=job)
    return jobs


def forget_before(moment: datetime) -> int:
    """Delete the records of runs that began before `moment`; return how many."""
    result: Any = db.session.execute(delete(JobRun).where(JobRun.started_at < moment))
    return int(result.rowcount)
