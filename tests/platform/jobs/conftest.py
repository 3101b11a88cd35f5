"""A timetable of one job, and what became of its runs."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from fulfillment.platform.db import db, transaction
from fulfillment.platform.jobs import Job, JobRun, Schedule
from fulfillment.platform.jobs.work import run_next

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=1)


class Timetable:
    """One job's schedule, and the clock that it is read by."""

    def has(self, name="wave", cron="*/15 * * * *", **more):
        values = {"timezone": "UTC", "enabled": True, "jitter_seconds": 0, "updated_at": LONG_AGO}
        row = {"job": name, "cron": cron, "updated_by": "test", "version": 1, **values, **more}
        with transaction() as session:
            session.add(Schedule(**row))

    def at(self, moment, work=lambda: "fine", name="wave"):
        """Wake the job at that moment."""
        with time_machine.travel(moment, tick=False):
            while run_next(Job(name, "", work)):
                pass

    def runs(self):
        db.session.rollback()
        return db.session.scalars(select(JobRun).order_by(JobRun.scheduled_for)).all()


@pytest.fixture
def timetable(app):
    return Timetable()
