import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import inspect, text, update

from fulfillment.platform import clock
from fulfillment.platform.db import db, transaction
from fulfillment.platform.jobs import Job, Schedule, runs
from fulfillment.platform.jobs.clockwork import Clockwork
from tests.rivals import wait_until

# A scheduler whose hours are every second, and whose job says in a table when it began and ended.
EVERY_SECOND = """
import os, sys, time
from datetime import timedelta
from sqlalchemy import text
from fulfillment import scheduler
from fulfillment.app import create_app
from fulfillment.platform import clock, cron
from fulfillment.platform.db import retrying, transaction
from fulfillment.platform.jobs import Job, clockwork, runs
from tests.conftest import settings_for

class EverySecond(cron.Cron):
    def next_after(self, moment):
        return moment.replace(microsecond=0) + timedelta(seconds=1)

def say(what):
    def write():
        with transaction() as session:
            row = {"pid": os.getpid(), "at": clock.now().timestamp(), "what": what}
            session.execute(text("INSERT INTO said VALUES (:pid, :at, :what)"), row)
    retrying(write)

def work():
    say("begin")
    time.sleep(float(sys.argv[2]))
    say("end")

cron.Cron = EverySecond
runs.LEASE = timedelta(seconds=3)
clockwork.WATCH_SECONDS = 0.5
scheduler.timetable = lambda settings: [Job("tick", "* * * * *", work)]
scheduler.run(create_app(settings_for(sys.argv[1], log_level="CRITICAL")))
"""


@pytest.fixture
def said(app):
    """What the runs said: (process, when, begin or end), in the order of time."""
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE said (pid bigint, at double precision, what text)"))

    def read():
        db.session.rollback()
        return [tuple(row) for row in db.session.execute(text("SELECT * FROM said ORDER BY at"))]

    return read


@pytest.fixture
def schedulers(database_url, app):
    """Start so many schedulers; whoever still runs at the end is killed."""
    started = []

    def start(count, seconds):
        command = [sys.executable, "-c", EVERY_SECOND, database_url, str(seconds)]
        started.extend(subprocess.Popen(command) for _ in range(count))
        return started

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_of_four_schedulers_one_may_be_killed_in_its_run_and_no_moment_is_run_twice(
    schedulers, timetable, said
):
    processes = schedulers(4, 0.4)
    wait_until(lambda: len(said()) >= 6)
    victim = killed_while_running(processes, said)
    wait_until(lambda: said()[-1][1] > victim.at + 4)
    for process in processes:
        process.terminate()
    assert sorted(process.wait(20) for process in processes) == [-signal.SIGKILL, 0, 0, 0]
    begun = [row for row in said() if row[2] == "begin"]
    # Each moment has one row, and each row was one run.
    assert len(begun) == len(timetable.runs())
    # Nothing twice at once: whoever begins, those before have ended or are dead.
    running = set()
    for pid, _, what in said():
        if what == "begin":
            assert running <= {victim.pid}
            running.add(pid)
        else:
            running.remove(pid)
    assert running == {victim.pid}
    assert [run.status for run in timetable.runs()].count("abandoned") == 1
    assert {run.status for run in timetable.runs()} == {"done", "abandoned"}
    assert len({pid for pid, *_ in begun}) >= 2
    # Until the lease was over nobody knew; from then on it went on as before.
    after = [at for _, at, _ in begun if at > victim.at]
    assert 2 < after[0] - victim.at < 20
    assert len(after) >= 2


@dataclass(frozen=True)
class Victim:
    """Which process was killed, and when its run had begun."""

    pid: int
    at: float


def killed_while_running(processes, said):
    """Kill the process whose run has just begun, before it ends."""
    known = len(said())
    wait_until(lambda: len(said()) > known and said()[-1][2] == "begin")
    pid, at, _ = said()[-1]
    os.kill(pid, signal.SIGKILL)
    next(process for process in processes if process.pid == pid).wait()
    assert (pid, at, "begin") == said()[-1], "it was too late to kill it in its run"
    return Victim(pid, at)


def test_a_scheduler_that_is_told_to_stop_finishes_its_run(schedulers, timetable, said):
    (process,) = schedulers(1, 1.0)
    wait_until(lambda: said() and said()[-1][2] == "begin")
    process.terminate()
    assert process.wait(20) == 0
    assert [what for *_, what in said()][-1] == "end"
    assert {run.status for run in timetable.runs()} == {"done"}


@pytest.fixture
def clockwork(app, timetable, monkeypatch):
    """A scheduler in a thread, of the job wave."""
    monkeypatch.setattr("fulfillment.platform.jobs.clockwork.WATCH_SECONDS", 0.2)
    done = []
    works = Clockwork(app, [Job("wave", "", lambda: done.append(clock.now()))])
    works.done = done
    thread = Thread(target=works.run)
    thread.start()
    yield works
    works.stop()
    thread.join()


def set_to(**values):
    with transaction() as session:
        version = {"version": Schedule.version + 1, "updated_at": clock.now()}
        session.execute(update(Schedule).values(**values, **version))


@pytest.mark.engine("sqlite")
def test_changed_hours_are_followed_within_seconds(clockwork, timetable):
    timetable.has(cron="0 0 1 1 *")
    next_wake = lambda: (job := clockwork.scheduler.get_job("wave")) and job.next_run_time  # noqa: E731
    wait_until(next_wake, 5)
    assert next_wake().strftime("%m-%d %H:%M") == "01-01 00:00"
    set_to(cron="30 12 1 7 *", timezone="Europe/Berlin")
    wait_until(lambda: f"{next_wake():%m-%d %H:%M}" == "07-01 10:30", 5)
    set_to(enabled=False)
    wait_until(lambda: next_wake() is None, 5)
    set_to(enabled=True)
    wait_until(next_wake, 5)
    assert clockwork.done == []


@pytest.mark.engine("sqlite")
def test_a_run_that_somebody_asks_for_begins_within_seconds(clockwork, timetable):
    timetable.has(cron="0 0 1 1 *", enabled=False)
    with transaction():
        runs.ask("wave")
    wait_until(lambda: clockwork.done, 5)
    wait_until(lambda: [run.status for run in timetable.runs()] == ["done"], 5)


@pytest.mark.engine("sqlite")
def test_a_scheduler_that_starts_makes_up_for_what_was_just_missed(timetable, clockwork):
    missed = clock.now() - timedelta(minutes=3)
    cron = f"{missed.minute} {missed.hour} * * *"
    timetable.has(cron=cron, updated_at=clock.now() - timedelta(days=2))
    wait_until(lambda: clockwork.done, 5)
    wait_until(lambda: [run.status for run in timetable.runs()] == ["done"], 5)
    (run,) = timetable.runs()
    assert run.scheduled_for == missed.replace(second=0, microsecond=0)


@pytest.mark.engine("sqlite")
def test_a_job_that_this_release_does_not_know_is_left_alone(clockwork, timetable):
    timetable.has("of-another-release", "* * * * *")
    timetable.has(cron="0 0 1 1 *")
    wait_until(lambda: clockwork.scheduler.get_job("wave"), 5)
    assert clockwork.scheduler.get_job("of-another-release") is None


@pytest.mark.engine("sqlite")
def test_a_database_that_cannot_be_read_is_told_and_tried_again(clockwork, timetable, capsys):
    assert inspect(db.engine).has_table("schedules")
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE schedules RENAME TO elsewhere"))
    wait_until(lambda: "the timetable cannot be read" in capsys.readouterr().err, 5)
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO schedules"))
    timetable.has(cron="0 0 1 1 *")
    wait_until(lambda: clockwork.scheduler.get_job("wave"), 5)
