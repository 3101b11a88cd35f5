import os
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import select

from fulfillment import worker
from fulfillment.platform import outbox
from fulfillment.platform.db import db, transaction
from fulfillment.platform.outbox import Event, Subscriber

WORK = """
import sys
from fulfillment import worker
from fulfillment.app import create_app
from fulfillment.platform import outbox
from tests.conftest import settings_for

app = create_app(settings_for(sys.argv[1], log_level="INFO"))
record = lambda payload, solved: print("did", payload["n"], flush=True)
outbox.subscribe("test.news", outbox.Subscriber(lambda payload: None, record))
worker.run(app)
"""


@pytest.fixture
def news(app, monkeypatch):
    """A function that publishes news, and the list of what was done about it."""
    done = []
    subscriber = Subscriber(lambda payload: payload["n"], lambda _, solved: done.append(solved))
    monkeypatch.setitem(outbox.subscribers, "test.news", subscriber)

    def publish(*numbers):
        with transaction():
            for n in numbers:
                outbox.publish("test.news", "x", n=n)
        return done

    return publish


def test_the_worker_acts_on_news_and_then_pauses(app, news):
    done = news(1, 2)
    assert worker.work_once(app) == 0
    assert done == [1, 2]
    assert worker.work_once(app) == worker.IDLE_SECONDS


def test_news_that_cannot_be_acted_on_does_not_hold_up_the_rest(app, news, monkeypatch):
    done = news(1, 0, 2)
    broken = Subscriber(
        lambda payload: 1 / payload["n"], lambda payload, _: done.append(payload["n"])
    )
    monkeypatch.setitem(outbox.subscribers, "test.news", broken)
    worker.work_once(app)
    assert done == [1, 2]
    (waiting,) = db.session.scalars(select(Event).where(Event.due_at.is_not(None)))
    assert (waiting.payload, waiting.attempts) == ({"n": 0}, 1)


@pytest.mark.engine("sqlite")
def test_a_worker_whose_database_fails_waits_and_goes_on(app, monkeypatch):
    def fail():
        db.session.connection().exec_driver_sql("SELECT * FROM no_such_table")

    monkeypatch.setattr(worker, "DUTIES", (fail,))
    assert worker.work_once(app) == worker.TROUBLE_SECONDS


def test_workers_at_once_act_on_each_piece_of_news_once_and_stop_when_asked(database_url, news):
    command = [sys.executable, "-c", WORK, database_url]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, **pipes) for _ in range(2)]
    for process in started:
        # From here on a signal is heard.
        assert any("worker started" in line for line in iter(process.stderr.readline, ""))
    news(*range(40))
    deadline = time.monotonic() + 30
    while waiting() and time.monotonic() < deadline:
        time.sleep(0.2)
    for process in started:
        os.kill(process.pid, signal.SIGTERM)
    lines = [line for process in started for line in process.communicate()[0].splitlines()]
    assert [process.returncode for process in started] == [0, 0]
    assert sorted(lines) == sorted(f"did {n}" for n in range(40))


def waiting():
    db.session.rollback()
    return db.session.scalars(select(Event.id).where(Event.due_at.is_not(None))).all()
