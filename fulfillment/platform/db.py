"""The database: one engine, one session per request or job, one transaction per use case."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event, inspect
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session

from fulfillment.platform.config import BadSetting

# Names are given by rule, so that migrations can name what they alter on every engine.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"
ATTEMPTS = 5

T = TypeVar("T")


class Base(DeclarativeBase):
    """The parent of every table."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)


def init_app(app: Flask, url: str, sqlite_synchronous: str) -> None:
    """Bind the database at `url` to the application.

    Raises:
        BadSetting: the driver for such a database is not installed.
    """
    app.config["SQLALCHEMY_DATABASE_URI"] = normalised(url)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": not url.startswith("sqlite")}
    try:
        db.init_app(app)
    except ModuleNotFoundError as error:
        told = f"setting database_url: {error.name} is not installed (extra 'postgres')"
        raise BadSetting(told) from error
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            tune_sqlite(db.engine, sqlite_synchronous)


def normalised(url: str) -> str:
    """Name the psycopg 3 driver: a bare `postgresql://` means another one to older SQLAlchemy."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def tune_sqlite(engine: Engine, synchronous: str) -> None:
    """Make SQLite a database of record: WAL, foreign keys, one writer that others wait for."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute("PRAGMA busy_timeout = 30000")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A writer takes its lock at once: two readers that both want to upgrade would deadlock.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def insert_for_engine(table: type[Base]) -> Any:
    """Return the engine's own INSERT, the one that knows ON CONFLICT."""
    return (sqlite_insert if db.engine.dialect.name == "sqlite" else postgresql_insert)(table)


def insert_once(table: type[Base], row: Mapping[str, Any]) -> bool:
    """Insert a row; False when its key was there already.

    A rival that inserted it first and has not committed yet is waited for: on PostgreSQL by the
    unique index, on SQLite by the writer's lock. So of two at once one gets True.
    """
    # RETURNING, since psycopg does not count the rows of such an insert.
    statement = insert_for_engine(table).values(row).on_conflict_do_nothing()
    key = inspect(table).primary_key
    return db.session.execute(statement.returning(*key)).first() is not None


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one transaction of a use case: committed at the end, rolled back on any error."""
    session = db.session()
    session.rollback()  # end the read that came before: its snapshot is stale by now
    session.connection(execution_options={"writes": True})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


def retrying(work: Callable[[], T]) -> T:
    """Run a whole transaction again, a few times, when the database asks for that."""
    for attempt in range(1, ATTEMPTS):
        try:
            return work()
        except DBAPIError as error:
            if not asks_for_retry(error):
                raise
            time.sleep(0.02 * 2**attempt)
    return work()


def asks_for_retry(error: DBAPIError) -> bool:
    """Tell whether the same transaction may succeed if it is tried afresh."""
    state = getattr(error.orig, "sqlstate", None)
    return state in (SERIALIZATION_FAILURE, DEADLOCK) or "database is locked" in str(error.orig)
