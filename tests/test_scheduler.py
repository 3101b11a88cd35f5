import pytest
from msgspec.structs import replace
from sqlalchemy import select

from fulfillment import scheduler
from fulfillment.planning.models import Plan
from fulfillment.platform import audit, config, cron
from fulfillment.platform.audit import Check
from fulfillment.platform.db import db, transaction
from fulfillment.platform.jobs import Schedule, schedules


def rows():
    db.session.rollback()
    return {row.job: row for row in db.session.scalars(select(Schedule))}


def test_every_job_has_a_name_of_its_own_and_hours_that_can_be_read():
    table = scheduler.timetable(config.load({}))
    assert len({job.name for job in table}) == len(table)
    assert all(cron.read(job.cron) for job in table)


def test_every_job_is_given_its_first_hours(app):
    scheduler.seed()
    table = scheduler.timetable(config.load({}))
    assert {name: row.cron for name, row in rows().items()} == {job.name: job.cron for job in table}
    assert {(row.timezone, row.enabled, row.jitter_seconds) for row in rows().values()} == {
        ("UTC", True, 0)
    }


def test_hours_that_planners_have_set_stay(app):
    scheduler.seed()
    values = {"cron": "0 5 * * *", "timezone": "Asia/Tokyo", "enabled": False}
    with transaction():
        schedules.put("audit", values)
    before = rows()["audit"].updated_at
    scheduler.seed()
    row = rows()["audit"]
    assert {name: getattr(row, name) for name in values} == values
    assert row.updated_at == before


@pytest.mark.engine("sqlite")
def test_the_settings_give_the_first_hours_and_a_job_without_is_off(app):
    settings = app.config["SETTINGS"]
    changed = replace(settings, schedule_audit="", schedule_outlook="0 1 * * *")
    app.config["SETTINGS"] = changed
    scheduler.seed()
    assert (rows()["outlook"].cron, rows()["outlook"].enabled) == ("0 1 * * *", True)
    assert (rows()["audit"].cron, rows()["audit"].enabled) == (settings.schedule_audit, False)


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
