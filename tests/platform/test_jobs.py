import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from fulfillment.platform import jobs
from fulfillment.platform.db import db, transaction
from fulfillment.platform.jobs import Job, JobRun

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

RUN_EVERY_MINUTE = """
import sys
from datetime import UTC, datetime, timedelta
import time_machine
from fulfillment.app import create_app
from fulfillment.platform import jobs
from tests.conftest import settings_for

app = create_app(settings_for(sys.argv[1], log_level="ERROR"))
job = jobs.Job("count", "* * * * *", lambda: print("ran"))
with app.app_context():
    for minute in range(20):
        with time_machine.travel(datetime(2026, 11, 22, 12, minute, tzinfo=UTC)):
            jobs.run_due(job)
"""


def job(work=lambda: "fine", cron="*/15 * * * *", name="wave"):
    return Job(name, cron, work)


def runs():
    return db.session.scalars(select(JobRun).order_by(JobRun.scheduled_for)).all()


def test_a_moment_of_the_timetable_is_run_once(app):
    done = []
    with time_machine.travel(NOON, tick=False):
        assert jobs.run_due(job(lambda: done.append(1)))
        assert not jobs.run_due(job(lambda: done.append(2)))
    assert done == [1]


def test_a_run_is_recorded_with_its_outcome(app):
    with time_machine.travel(NOON + timedelta(seconds=3), tick=False):
        jobs.run_due(job(lambda: "7 orders allocated"))
    (run,) = runs()
    assert (run.job, run.scheduled_for, run.started_at) == (
        "wave",
        NOON,
        NOON + timedelta(seconds=3),
    )
    assert (run.outcome, run.detail) == ("done", "7 orders allocated")
    assert run.finished_at == run.started_at


def test_a_job_that_fails_is_recorded_and_counted_and_tried_at_its_next_moment(app, client):
    def fail():
        raise RuntimeError("no lanes")

    with time_machine.travel(NOON, tick=False) as time:
        assert jobs.run_due(job(fail))
        time.shift(timedelta(minutes=15))
        assert jobs.run_due(job())
    assert [(run.outcome, run.detail) for run in runs()] == [
        ("failed", "RuntimeError: no lanes"),
        ("done", "fine"),
    ]
    assert 'fulfillment_job_runs_total{job="wave",outcome="failed"}' in client.get("/metrics").text


def test_what_a_failing_job_wrote_is_rolled_back(app):
    def fail():
        with transaction() as session:
            session.add(JobRun(job="half", scheduled_for=NOON, started_at=NOON))
            session.flush()
            raise RuntimeError("half-way")

    with time_machine.travel(NOON, tick=False):
        jobs.run_due(job(fail))
    assert [run.job for run in runs()] == ["wave"]


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        (NOON, NOON),
        (NOON - timedelta(microseconds=1), None),
        (NOON + timedelta(minutes=9, seconds=59), NOON),
        (NOON + timedelta(minutes=10, seconds=1), None),
    ],
)
def test_a_run_may_be_late_by_the_grace_and_no_more(now, moment):
    assert jobs.latest_moment(job(cron="0 12 * * *"), now) == moment


def test_missed_moments_are_made_up_for_by_one_run():
    every_minute = job(cron="* * * * *")
    assert jobs.latest_moment(every_minute, NOON + timedelta(seconds=59)) == NOON


def test_three_schedulers_run_every_moment_once(database_url, app):
    command = [sys.executable, "-c", RUN_EVERY_MINUTE, database_url]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    ran = sum(process.communicate()[0].count("ran") for process in started)
    assert [process.returncode for process in started] == [0, 0, 0]
    assert ran == 20
    assert [run.outcome for run in runs()] == ["done"] * 20


def test_old_records_are_forgotten(app):
    for day in range(3):
        with time_machine.travel(NOON + timedelta(days=day), tick=False):
            jobs.run_due(job())
    with transaction():
        assert jobs.forget_before(NOON + timedelta(days=1)) == 1
    assert len(runs()) == 2
