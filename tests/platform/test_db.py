import sqlite3
import threading
import time
from contextlib import contextmanager

import pytest
from msgspec.structs import replace
from psycopg import errors as postgresql
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from fulfillment.platform import db as module
from fulfillment.platform.db import OutcomeUnknown, db, retried, retrying, transaction
from fulfillment.platform.idempotency import IdempotencyKey
from tests.conftest import settings_for
from tests.platform.notes import Note, count

TOLD = {"type": "/problems/unavailable", "status": 503}


@pytest.fixture
def settings(database_url):
    """Limits that are short, so that they are met, and one connection only."""
    return settings_for(
        database_url,
        database_pool_size=1,
        database_pool_wait_seconds=1,
        database_lock_seconds=0.2,
        database_statement_seconds=0.5,
    )


@pytest.fixture
def headers(auth, notes):
    return auth("warehouse")


@pytest.fixture
def post(client, headers):
    def post(text, **more):
        return client.post("/v1/notes", json={"text": text}, headers={**headers, **more})

    return post


def is_unavailable(answer):
    assert TOLD.items() <= answer.json.items()
    return answer.status_code == 503 and answer.headers["Retry-After"] == "1"


@contextmanager
def rival(url):
    """Speak to the same database from outside, in a transaction that is open all the while."""
    engine = create_engine(module.normalised(url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def note(text):
    return Note(text=text, facility="W1", stars=0)


def scalar(statement):
    return db.session.execute(text(statement)).scalar()


def kill_our_connections(url):
    """Let PostgreSQL hang up on everybody, as when it restarts."""
    with rival(url) as other:
        mine = "datname = current_database() AND pid <> pg_backend_pid()"
        other.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}"))


@pytest.mark.engine("postgresql")
def test_an_answer_stands_though_the_connection_was_lost_after_its_last_use(app, database_url):
    def read_and_lose():
        found = scalar("SELECT 7")
        kill_our_connections(database_url)
        return str(found)

    app.add_url_rule("/lost", view_func=read_and_lose)
    app.add_url_rule("/found", view_func=lambda: str(scalar("SELECT 8")))
    client = app.test_client()
    with app.app_context():
        db.session.remove()
    assert [client.get(path).text for path in ("/lost", "/found")] == ["7", "8"]


def test_who_finds_no_free_connection_is_told_to_come_again(post):
    assert post("first").status_code == 201
    with held_connection():
        assert is_unavailable(post("second"))
    assert post("third").status_code == 201
    assert (count("second"), count("third")) == (0, 1)


@contextmanager
def held_connection():
    """Let another thread keep the only connection there is."""
    pool = db.engine.pool
    held, done = threading.Event(), threading.Event()

    def hold():
        connection = pool.connect()
        held.set()
        done.wait()
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    yield
    done.set()
    thread.join()


def test_who_waits_too_long_for_a_lock_is_told_to_come_again(post, database_url, engine):
    lock = "BEGIN IMMEDIATE" if engine == "sqlite" else "LOCK TABLE notes IN EXCLUSIVE MODE"
    with rival(database_url) as other:
        if engine == "sqlite":
            other.connection.dbapi_connection.isolation_level = None
        other.exec_driver_sql(lock)
        assert is_unavailable(post("late", **{"Idempotency-Key": "k"}))
    assert count("late") == 0
    assert db.session.query(IdempotencyKey).count() == 0
    assert post("late", **{"Idempotency-Key": "k"}).status_code == 201


@pytest.mark.engine("postgresql")
def test_a_statement_that_takes_too_long_is_cancelled_and_writes_nothing(notes):
    def work():
        with transaction() as session:
            session.add(note("slow"))
            session.flush()
            session.execute(text("SELECT pg_sleep(10)"))

    with pytest.raises(OperationalError, match="statement timeout"):
        work()
    assert count("slow") == 0


@pytest.mark.engine("postgresql")
def test_postgresql_knows_the_limits_from_the_first_moment(app):
    assert scalar("SHOW statement_timeout") == "500ms"
    assert scalar("SHOW lock_timeout") == "200ms"
    assert scalar("SHOW idle_in_transaction_session_timeout") == "1min"


@pytest.mark.engine("sqlite")
def test_sqlite_is_a_database_of_record(app):
    assert scalar("PRAGMA journal_mode") == "wal"
    assert scalar("PRAGMA synchronous") == 2  # FULL
    assert scalar("PRAGMA foreign_keys") == 1
    assert scalar("PRAGMA busy_timeout") == 200


SYNCHRONOUS = "SELECT source FROM pg_settings WHERE name = 'synchronous_commit'"


@pytest.mark.engine("postgresql")
@pytest.mark.parametrize(("chosen", "told"), [("on", False), ("off", True)])
def test_only_holds_may_be_acknowledged_early_and_only_if_the_operator_says_so(app, chosen, told):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], holds_synchronous_commit=chosen)
    with transaction(durable=False):
        assert (scalar(SYNCHRONOUS) == "session") == told
    with transaction():
        assert scalar(SYNCHRONOUS) != "session"


@pytest.mark.engine("postgresql")
def test_a_statement_can_relax_its_own_commit_and_nothing_after_it(app):
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        relaxed = connection.execute(text(f"SELECT {module.RELAXED_COMMIT}")).scalar()
        assert relaxed == "off"
        assert connection.execute(text(SYNCHRONOUS)).scalar() != "session"


@pytest.mark.engine("sqlite")
def test_sqlite_has_one_kind_of_commit(app):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], holds_synchronous_commit="off")
    with transaction(durable=False):
        assert scalar("PRAGMA synchronous") == 2


@pytest.mark.engine("postgresql")
def test_a_request_after_a_restart_of_the_database_does_not_notice(post, database_url):
    assert post("before").status_code == 201
    kill_our_connections(database_url)
    time.sleep(0.2)
    assert post("after").status_code == 201


@pytest.mark.engine("postgresql")
def test_a_transaction_whose_connection_breaks_is_run_again_from_its_start(notes, database_url):
    runs = []

    def work():
        with transaction() as session:
            session.add(note("once"))
            session.flush()
            runs.append(1)
            if len(runs) == 1:
                kill_our_connections(database_url)
            session.execute(text("SELECT 1"))

    retrying(work)
    assert (len(runs), count("once")) == (2, 1)


@pytest.mark.engine("postgresql")
def test_a_commit_that_breaks_off_is_never_run_again(notes, database_url):
    runs = []

    def work():
        with transaction() as session:
            session.add(note("perhaps"))
            session.flush()
            runs.append(1)
            kill_our_connections(database_url)

    with pytest.raises(OutcomeUnknown):
        retrying(work)
    assert len(runs) == 1


class Collision:
    """Work that another transaction gets in the way of, so many times."""

    def __init__(self, times, cause):
        self.left = times
        self.cause = cause
        self.runs = 0

    def __call__(self):
        self.runs += 1
        if self.left:
            self.left -= 1
            raise OperationalError("UPDATE", {}, self.cause)
        return "done"


COLLISIONS = [
    postgresql.SerializationFailure("could not serialize access"),
    postgresql.DeadlockDetected("deadlock detected"),
    sqlite3.OperationalError("database is locked"),
]


@pytest.mark.parametrize("cause", COLLISIONS, ids=lambda cause: type(cause).__name__)
def test_work_that_collides_is_tried_again_and_not_for_ever(cause):
    passing, hopeless = Collision(2, cause), Collision(99, cause)
    assert retrying(passing) == "done"
    assert passing.runs == 3
    with pytest.raises(OperationalError):
        retried(hopeless)()
    assert hopeless.runs == module.ATTEMPTS


@pytest.fixture
def collides(app, post):
    """Let the first writes of stars fail as PostgreSQL fails those that collide."""

    def collides(times):
        address = post("starred").headers["Location"]
        with transaction() as session:
            # A sequence counts the attempts: it is not rolled back with them.
            session.execute(text("CREATE SEQUENCE attempts"))
            session.execute(text(COLLIDE.format(times=times)))
            session.execute(text(ON_STARS))
        return address

    return collides


COLLIDE = """
    CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('attempts') <= {times} THEN
            RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001';
        END IF;
        RETURN NEW;
    END $$"""
ON_STARS = "CREATE TRIGGER collide BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION collide()"


@pytest.mark.engine("postgresql")
def test_a_request_that_collides_is_made_once_all_the_same(client, headers, collides):
    address = collides(2)
    answer = client.patch(address, json={"stars": 5}, headers=headers)
    assert (answer.status_code, answer.json["stars"]) == (200, 5)
    assert scalar("SELECT last_value FROM attempts") == 3


@pytest.mark.engine("postgresql")
def test_a_request_that_always_collides_is_told_to_come_again(client, headers, collides):
    address = collides(99)
    assert is_unavailable(client.patch(address, json={"stars": 5}, headers=headers))
    assert scalar("SELECT last_value FROM attempts") == module.ATTEMPTS
    assert client.get(address, headers=headers).json["stars"] == 0


@pytest.mark.engine("sqlite")
def test_a_lock_that_is_freed_between_two_attempts_is_not_noticed(client, post, headers, settings):
    address = post("starred").headers["Location"]
    other = sqlite3.connect(db.engine.url.database, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    freed = threading.Timer(2 * settings.database_lock_seconds, other.rollback)
    freed.start()
    assert client.patch(address, json={"stars": 5}, headers=headers).json["stars"] == 5
    freed.join()
    other.close()


def test_what_is_no_collision_is_not_tried_again():
    full = Collision(99, postgresql.DiskFull("no space left on device"))
    with pytest.raises(OperationalError):
        retrying(full)
    assert full.runs == 1


def test_no_attempt_begins_after_the_time_is_over(monkeypatch):
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.0)
    late = Collision(99, COLLISIONS[0])
    with pytest.raises(OperationalError):
        retrying(late)
    assert late.runs == 1
