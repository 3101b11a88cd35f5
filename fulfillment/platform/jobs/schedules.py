"""The timetable's rows: made from the code's timetable once, and set by planners since."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from fulfillment.platform import clock, context, rows
from fulfillment.platform.db import db, insert_once
from fulfillment.platform.jobs import runs
from fulfillment.platform.jobs.models import JobRun, Schedule
from fulfillment.platform.pages import Page, paginate

RECENT = 10

Values = Mapping[str, Any]


def seed(hours: Iterable[tuple[str, str, bool]]) -> None:
    """Give every job that has no row its hours in UTC, switched on or off."""
    for job, cron, enabled in hours:
        values = {"cron": cron, "timezone": "UTC", "enabled": enabled, "jitter_seconds": 0}
        author = {"updated_at": clock.now(), "updated_by": context.actor.get().name, "version": 1}
        insert_once(Schedule, {"job": job, **values, **author})


def get(job: str) -> Schedule:
    """Return the schedule of a job."""
    return rows.get(Schedule, job, "schedule")


def get_locked(job: str) -> Schedule:
    """Return the schedule of a job; nobody else changes it before the transaction ends."""
    return rows.get(Schedule, job, "schedule", locked=True)


def put(job: str, values: Values) -> Schedule:
    """Set when a job runs; the same values once more change nothing."""
    schedule = get_locked(job)
    changed = {name: value for name, value in values.items() if getattr(schedule, name) != value}
    if changed:
        for name, value in {**changed, "updated_by": context.actor.get().name}.items():
            setattr(schedule, name, value)
        db.session.flush()
    return schedule


def ask(job: str) -> JobRun:
    """Ask for a run of a job at once, whatever its hours; a scheduler begins it."""
    return runs.ask(get(job).job)


def described(schedule: Schedule) -> dict[str, Any]:
    """Return a schedule with its next run and its latest ones."""
    return {**shown(schedule), "last_runs": latest(schedule.job, RECENT)}


def latest(job: str, limit: int) -> Sequence[JobRun]:
    """Return the latest runs of a job, the last one first."""
    found = select(JobRun).where(JobRun.job == get(job).job).order_by(JobRun.scheduled_for.desc())
    return db.session.scalars(found.limit(limit)).all()


def shown(schedule: Schedule) -> dict[str, Any]:
    columns = {column.key: getattr(schedule, column.key) for column in Schedule.__table__.columns}
    return {**columns, "name": schedule.job, "next_run": schedule.next_run}


def list_page(limit: int, cursor: str | None) -> Page:
    """Return the schedules by name, each with its latest run."""
    page = paginate(select(Schedule), [Schedule.job], limit, cursor)
    last = last_of_each([schedule.job for schedule in page.items])
    items = [{**shown(s), "last_run": last.get(s.job)} for s in page.items]
    return Page(items, page.next_cursor)


def last_of_each(jobs: Sequence[str]) -> dict[str, JobRun]:
    any_run = aliased(JobRun)
    newest = select(func.max(any_run.scheduled_for)).where(any_run.job == Schedule.job)
    at = and_(JobRun.job == Schedule.job, JobRun.scheduled_for == newest.scalar_subquery())
    found = select(JobRun).select_from(Schedule).join(JobRun, at).where(Schedule.job.in_(jobs))
    return {run.job: run for run in db.session.scalars(found)}


def run_page(
    job: str, limit: int, cursor: str | None, since: datetime | None, until: datetime | None
) -> Page:
    """Return the runs of a job between two moments, oldest first."""
    found = select(JobRun).where(JobRun.job == get(job).job)
    if since:
        found = found.where(JobRun.scheduled_for >= since)
    if until:
        found = found.where(JobRun.scheduled_for < until)
    return paginate(found, [JobRun.scheduled_for], limit, cursor)
