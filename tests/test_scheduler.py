import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from sqlalchemy import select

from fulfillment import scheduler
from fulfillment.planning.models import Plan
from fulfillment.platform import audit, config
from fulfillment.platform.audit import Check
from fulfillment.platform.db import db
from fulfillment.platform.jobs import Job, JobRun

FOLLOW_EVERY_SECOND = """
import sys
from apscheduler.triggers.cron import CronTrigger
from fulfillment import scheduler
from fulfillment.app import create_app
from fulfillment.platform.jobs import Job
from tests.conftest import settings_for

class EverySecond(Job):
    trigger = CronTrigger(second="*", timezone="UTC")

app = create_app(settings_for(sys.argv[1], log_level="ERROR"))
scheduler.timetable = lambda settings: [EverySecond("tick", "* * * * *", lambda: "tock")]
scheduler.run(app)
"""


def test_every_job_has_a_name_of_its_own_and_hours_that_can_be_read():
    table = scheduler.timetable(config.load({}))
    assert len({job.name for job in table}) == len(table)
    assert all(job.trigger for job in table)


def test_a_job_whose_hours_are_empty_is_switched_off():
    every = scheduler.timetable(config.load({}))
    fewer = scheduler.timetable(replace(config.load({}), schedule_audit=""))
    assert {job.name for job in every} - {job.name for job in fewer} == {"audit"}


@pytest.mark.engine("sqlite")
def test_a_job_is_woken_inside_the_application(app):
    seen = []
    job = Job("look", "* * * * *", lambda: seen.append(db.engine.url))
    scheduler.inside(app, job)()
    assert seen == [db.engine.url]


def test_a_wave_is_queued_for_a_worker_when_orders_wait(app, client, auth):
    assert scheduler.queue_wave(1).startswith("no order waits")
    client.put("/v1/items/A", json={"name": "Lamp"}, headers=auth("admin"))
    lines, destination = [{"sku": "A", "quantity": 1}], {"postal_code": "10001"}
    order = {"order_ref": "1", "lines": lines, "destination": destination, "allocate": "wave"}
    assert client.post("/v1/orders", json=order, headers=auth("admin")).status_code == 201
    assert scheduler.queue_wave(1).endswith("orders wait")
    (plan,) = db.session.scalars(select(Plan))
    assert (plan.kind, plan.status, plan.apply) == ("allocation", "queued", True)


def test_an_audit_in_order_says_how_many_invariants_hold(app):
    assert scheduler.check_invariants().endswith("invariants hold")


@pytest.mark.engine("sqlite")
def test_an_audit_that_finds_something_is_a_failed_run(app, monkeypatch):
    wrong = Check(99, "Nothing is there.", "SELECT 'a' AS subject, 'b' AS detail")
    monkeypatch.setitem(app.config, audit.CHECKS, [wrong])
    with pytest.raises(scheduler.InvariantBroken, match=r"99\. Nothing is there"):
        scheduler.check_invariants()


def test_schedulers_that_run_at_once_share_the_moments_and_stop_when_asked(database_url, app):
    command = [sys.executable, "-c", FOLLOW_EVERY_SECOND, database_url]
    started = [subprocess.Popen(command) for _ in range(2)]
    deadline = time.monotonic() + 30
    while len(runs()) < 4 and time.monotonic() < deadline:
        time.sleep(0.2)
    for process in started:
        os.kill(process.pid, signal.SIGTERM)
    assert [process.wait(20) for process in started] == [0, 0]
    moments = [run.scheduled_for for run in runs()]
    assert len(moments) >= 4
    assert len(moments) == len(set(moments))
    assert {run.outcome for run in runs()} == {"done"}


def runs():
    db.session.rollback()
    return db.session.scalars(select(JobRun)).all()
