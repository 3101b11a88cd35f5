"""The database: one engine, one session per request or job, one transaction per use case."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import structlog
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, inspect, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session

from fulfillment.platform import connections
from fulfillment.platform.config import BadSetting, Settings
from fulfillment.platform.errors import Refusal

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
FIRST_PAUSE_SECONDS = 0.04
# No attempt begins later than this: who waits for the answer has a time limit too.
RETRY_SECONDS = 10.0

# Lets this transaction's commit return before it is on the disk. For a statement's own SELECT list.
RELAXED_COMMIT = "set_config('synchronous_commit', 'off', true)"

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")


class Base(DeclarativeBase):
    """The parent of every table."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)


class OutcomeUnknown(Refusal):
    """The connection broke during COMMIT: the change was made whole, or not at all."""

    status = 503
    headers: Mapping[str, str] = {"Retry-After": "1"}

    def __init__(self) -> None:
        told = "The database was lost during the commit; repeat the request with the same key."
        super().__init__("unavailable", told)


def init_app(app: Flask, settings: Settings) -> None:
    """Bind the database of the settings to the application, else an embedded one.

    Raises:
        BadSetting: the driver for such a database is not installed.
    """
    address = normalised(settings.database_url or embedded("fulfillment.db"))
    app.config["SQLALCHEMY_DATABASE_URI"] = address
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = connections.options(address, settings)
    try:
        db.init_app(app)
    except ModuleNotFoundError as error:
        told = f"setting database_url: {error.name} is not installed (extra 'postgres')"
        raise BadSetting(told) from error
    app.teardown_appcontext(close_session)  # before the extension's own, which would raise
    with app.app_context():
        connections.tune(db.engine, settings)


def close_session(_: BaseException | None) -> None:
    """End the request's session; its answer stands, even if the connection is lost by now."""
    try:
        db.session.remove()
    except SQLAlchemyError:
        log.warning("a connection was lost after the last use", exc_info=True)
        with suppress(SQLAlchemyError):
            db.session().invalidate()
        db.session.registry.clear()


def normalised(url: str) -> str:
    """Name the psycopg 3 driver: a bare `postgresql://` means another one to older SQLAlchemy."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def embedded(name: str) -> str:
    """Return the URL of a SQLite file in the instance folder, which is made if need be."""
    folder = Path(Flask("fulfillment", static_folder=None).instance_path)
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / name}"


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
def transaction(*, durable: bool = True) -> Iterator[Session]:
    """Open the one transaction of a use case: committed at the end, rolled back on any error.

    Not `durable`, its commit may return before it is on the disk, where `may_relax` allows that.
    """
    session = db.session()
    session.rollback()  # end the read that came before: its snapshot is stale by now
    session.connection(execution_options={"writes": True})
    try:
        if not durable and may_relax():
            session.execute(text(f"SELECT {RELAXED_COMMIT}"))
        yield session
        with committing():
            session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def committing() -> Iterator[None]:
    """Do what commits, a COMMIT or a statement in AUTOCOMMIT: if it breaks off, nobody knows.

    Raises:
        OutcomeUnknown: the connection broke.
    """
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated:
            raise OutcomeUnknown from error
        raise


def may_relax() -> bool:
    """Tell whether a cart hold may be acknowledged before it is on the disk."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.holds_synchronous_commit == "off" and db.engine.dialect.name == "postgresql"


def retrying(work: Callable[[], T]) -> T:
    """Run a whole transaction again, a few times, when the database asks for that."""
    end = time.monotonic() + RETRY_SECONDS
    for attempt in range(1, ATTEMPTS):
        try:
            return work()
        except DBAPIError as error:
            if not asks_for_retry(error) or time.monotonic() > end:
                raise
            # At random, or those who got into each other's way would meet again.
            time.sleep(random.uniform(0.5, 1) * FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
    return work()


def retried(work: Callable[P, T]) -> Callable[P, T]:
    """Make a function that is one transaction of a job run through `retrying`."""

    @wraps(work)
    def run(*args: P.args, **named: P.kwargs) -> T:
        return retrying(lambda: work(*args, **named))

    return run


def asks_for_retry(error: DBAPIError) -> bool:
    """Tell whether the same transaction may succeed if it is tried afresh.

    One whose connection broke was rolled back: had it been in COMMIT, it would be OutcomeUnknown.
    """
    state = getattr(error.orig, "sqlstate", None)
    collided = state in (SERIALIZATION_FAILURE, DEADLOCK)
    locked = "database is locked" in str(error.orig)
    return collided or locked or error.connection_invalidated
