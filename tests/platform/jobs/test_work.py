import json
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from fulfillment.platform import clock
from fulfillment.platform.db import db, transaction
from fulfillment.platform.jobs import Job, JobRun, Schedule, runs
from fulfillment.platform.jobs.work import run_next
from fulfillment.platform.outbox import Event
from tests.platform.jobs.conftest import NOON

QUARTER = timedelta(minutes=15)


def fail():
    raise RuntimeError("no lanes")


def test_a_moment_of_the_timetable_is_run_once(timetable):
    timetable.has()
    done = []
    timetable.at(NOON, lambda: done.append(1))
    timetable.at(NOON, lambda: done.append(2))
    assert done == [1]


def test_a_run_is_recorded_with_its_outcome(timetable):
    timetable.has()
    timetable.at(NOON + timedelta(seconds=3), lambda: "7 orders allocated")
    (run,) = timetable.runs()
    assert (run.job, run.scheduled_for, run.asked_by) == ("wave", NOON, "clock")
    assert run.started_at == run.finished_at == NOON + timedelta(seconds=3)
    assert (run.status, run.detail, run.seconds) == ("done", "7 orders allocated", 0)


def test_a_job_that_fails_is_recorded_and_tried_at_its_next_moment(timetable):
    timetable.has()
    timetable.at(NOON, fail)
    timetable.at(NOON + QUARTER)
    assert [(run.outcome, run.detail) for run in timetable.runs()] == [
        ("failed", "RuntimeError: no lanes"),
        ("done", "fine"),
    ]


def test_a_failure_alerts_by_a_figure_a_log_line_and_news(timetable, client, capsys):
    timetable.has()
    timetable.at(NOON, fail)
    timetable.at(NOON + QUARTER)
    figures = client.get("/metrics").text
    assert 'fulfillment_job_runs_total{job="wave",outcome="failed"}' in figures
    assert 'fulfillment_job_seconds_count{job="wave"}' in figures
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["level"], line["job"]) for line in lines if line["event"] == "job failed"] == [
        ("error", "wave")
    ]
    (news,) = db.session.scalars(select(Event))
    assert (news.kind, news.subject) == ("job.failed", "wave")
    assert news.payload == {
        "job": "wave",
        "scheduled_for": NOON.isoformat(),
        "outcome": "failed",
        "detail": "RuntimeError: no lanes",
    }


def test_what_a_failing_job_wrote_is_rolled_back(timetable):
    timetable.has()

    def fail_half_way():
        with transaction() as session:
            session.add(JobRun(job="half", scheduled_for=NOON, started_at=NOON))
            session.flush()
            fail()

    timetable.at(NOON, fail_half_way)
    assert [run.job for run in timetable.runs()] == ["wave"]


def test_moments_that_pass_while_a_job_runs_are_made_up_for_by_one_run_after_it(timetable):
    timetable.has(cron="* * * * *")
    seen = []
    with time_machine.travel(NOON, tick=False) as now:

        def work():
            seen.append(clock.now())
            assert not run_next(Job("wave", "", fail)), "it ran twice at once"
            now.shift(timedelta(minutes=4) if len(seen) == 1 else timedelta(seconds=1))

        while run_next(Job("wave", "", work)):
            pass
    assert [run.scheduled_for for run in timetable.runs()] == [NOON, NOON + timedelta(minutes=4)]
    assert seen == [NOON, NOON + timedelta(minutes=4)]


def test_a_disabled_schedule_does_not_run_unless_somebody_asks(timetable):
    timetable.has(enabled=False)
    timetable.at(NOON)
    assert timetable.runs() == []
    with time_machine.travel(NOON, tick=False), transaction():
        runs.ask("wave")
    timetable.at(NOON)
    assert [(run.asked_by, run.status) for run in timetable.runs()] == [("system", "done")]


def test_a_job_without_a_schedule_does_not_run(timetable):
    timetable.at(NOON)
    assert timetable.runs() == []


def test_a_change_of_the_hours_counts_at_once(timetable):
    timetable.has()
    with transaction() as session:
        session.execute(update(Schedule).values(cron="5 * * * *", updated_at=NOON))
    timetable.at(NOON)
    timetable.at(NOON + timedelta(minutes=5))
    assert [run.scheduled_for.minute for run in timetable.runs()] == [5]


def test_a_run_that_is_asked_for_is_a_moment_of_its_own(timetable):
    timetable.has()
    for second in (1, 2):
        with time_machine.travel(NOON + timedelta(seconds=second), tick=False), transaction():
            assert runs.ask("wave").scheduled_for == NOON + timedelta(seconds=1)
    assert runs.asked() == ["wave"]
    timetable.at(NOON + timedelta(seconds=3))
    assert [(run.scheduled_for.second, run.asked_by) for run in timetable.runs()] == [
        (0, "clock"),
        (1, "system"),
    ]
    assert runs.asked() == []


def test_a_run_that_is_asked_for_while_the_job_runs_waits(timetable):
    timetable.has()
    with time_machine.travel(NOON, tick=False):
        assert runs.claim("wave", NOON)
        with transaction():
            runs.ask("wave")
        assert runs.asked() == []
        assert runs.take("wave") is None
        runs.close("wave", NOON, "done", "")
        assert runs.asked() == ["wave"]
        assert runs.take("wave") == NOON + timedelta(microseconds=1)


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("cron", "timezone", "day", "moment"),
    [
        ("30 2 * * *", "Europe/Berlin", "2026-03-29", "01:00"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25", "00:30"),
        ("30 2 * * *", "America/New_York", "2026-03-08", "07:00"),
        ("30 1 * * *", "America/New_York", "2026-11-01", "05:30"),
    ],
)
def test_a_nightly_job_runs_once_on_the_day_when_clocks_change(
    timetable, cron, timezone, day, moment
):
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    timetable.has(cron=cron, timezone=timezone, updated_at=start - timedelta(days=9))
    for minutes in range(0, 24 * 60, 5):
        timetable.at(start + timedelta(minutes=minutes))
    (run,) = timetable.runs()
    assert f"{run.scheduled_for:%Y-%m-%d %H:%M}" == f"{day} {moment}"


def test_a_long_run_keeps_its_lease(timetable, monkeypatch):
    monkeypatch.setattr(runs, "LEASE", timedelta(seconds=0.4))
    timetable.has(cron="* * * * *", updated_at=clock.now() - timedelta(hours=1))

    def work():
        time.sleep(1.2)
        assert runs.bury() == []
        return "long"

    assert run_next(Job("wave", "", work))
    assert [(run.status, run.detail) for run in timetable.runs()] == [("done", "long")]


def test_a_run_whose_scheduler_died_is_abandoned_told_and_not_repeated(timetable, client):
    timetable.has()
    with time_machine.travel(NOON, tick=False) as now:
        assert runs.claim("wave", NOON)
        assert runs.bury() == []
        now.shift(runs.LEASE)
        assert runs.bury() == []
        now.shift(timedelta(seconds=1))
        assert runs.bury() == ["wave"]
        assert runs.bury() == []
    timetable.at(NOON + timedelta(minutes=2))
    timetable.at(NOON + QUARTER)
    assert [(run.scheduled_for, run.status) for run in timetable.runs()] == [
        (NOON, "abandoned"),
        (NOON + QUARTER, "done"),
    ]
    (news,) = db.session.scalars(select(Event))
    assert (news.subject, news.payload["outcome"]) == ("wave", "abandoned")
    assert 'outcome="abandoned"' in client.get("/metrics").text


def test_who_comes_back_from_the_dead_changes_nothing(timetable):
    timetable.has()
    with time_machine.travel(NOON, tick=False) as now:
        runs.claim("wave", NOON)
        now.shift(runs.LEASE * 2)
        runs.bury()
        assert not runs.renew("wave", NOON)
        runs.close("wave", NOON, "done", "late")
    assert [run.status for run in timetable.runs()] == ["abandoned"]


def test_a_run_of_a_release_that_knew_no_leases_is_not_waited_for(timetable):
    with transaction() as session:
        session.add(JobRun(job="wave", scheduled_for=NOON, started_at=NOON))
    assert runs.bury() == ["wave"]


def test_old_records_are_forgotten(timetable):
    timetable.has(updated_at=NOON - timedelta(days=9))
    for day in range(3):
        timetable.at(NOON + timedelta(days=day))
    with transaction():
        assert runs.forget_before(NOON + timedelta(days=1)) == 1
    assert len(timetable.runs()) == 2
