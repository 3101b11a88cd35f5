"""Statements that go straight to the driver, where every microsecond of a request counts."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from flask import current_app
from msgspec import Struct, field
from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError

from fulfillment.platform.config import Settings
from fulfillment.platform.db import db

POSTGRESQL, SQLITE = "postgresql", "sqlite"
# A plan is made once for a connection, perhaps while tables are still empty: it must not read them
# whole, and get slower with each row until PostgreSQL counts them again. Where that is all that it
# can do, the plan looks so dear that it would be compiled.
PLANNED_ONCE = b"SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off"
# So many statements a connection keeps prepared; more are planned anew each time.
MOST_PREPARED = 100


class Line(Struct, frozen=True):
    """A driver's connection outside any transaction: each statement commits, or says BEGIN."""

    held: Any  # what SQLAlchemy gave for it, and closes it with
    driver: Any
    engine: Engine
    is_postgresql: bool
    ends: float  # on the monotonic clock
    prepared: dict[str, bytes] = field(default_factory=dict)  # the names of PostgreSQL's statements


Rows = list[tuple[Any, ...]]

# SQLite has one writer at a time and works in the threads of this process, which can do one thing
# at a time, too: several at once would only wake each other up, so they take turns. Nothing but
# speed depends on it: whoever has waited this long for a slow one does not wait for it any more.
PATIENCE_SECONDS = 0.05
turns: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()

# The lines that nobody uses, by database: as many as requests ever needed one at once. To lend a
# connection and take it back costs a pool, with its locks and its rollback, more than a statement.
idle: WeakKeyDictionary[Engine, list[Line]] = WeakKeyDictionary()


def errors() -> tuple[type[Exception], ...]:
    """Return what the driver raises, and the pool."""
    return db.engine.dialect.loaded_dbapi.Error, SQLAlchemyError


@contextmanager
def line() -> Iterator[Line]:
    """Lend a line; one that broke, or that nobody knows the state of, is not given back."""
    engine = db.engine
    if engine.dialect.name == POSTGRESQL:
        yield from lent(engine)
        return
    turn = turns.setdefault(engine, Lock())
    is_mine = turn.acquire(timeout=PATIENCE_SECONDS)
    try:
        yield from lent(engine)
    finally:
        if is_mine:
            turn.release()


@contextmanager
def all_or_nothing(to: Line) -> Iterator[None]:
    """Do several statements in one transaction of SQLite, as its one writer."""
    driver = to.driver
    driver.execute("BEGIN IMMEDIATE")
    try:
        yield
        driver.execute("COMMIT")
    except BaseException:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise


def lent(engine: Engine) -> Iterator[Line]:
    to = idle_line(engine) or connected(engine)
    usable = False
    try:
        yield to
        usable = True
    except Exception:
        usable = not (to.driver.broken if to.is_postgresql else to.driver.in_transaction)
        raise
    finally:
        if usable:
            idle[engine].append(to)
        else:
            to.held.close()


def idle_line(engine: Engine) -> Line | None:
    free, now = idle.get(engine), time.monotonic()
    while free:
        to = free.pop()
        if now < to.ends:
            return to
        to.held.close()
    return None


def connected(engine: Engine) -> Line:
    """Return a new line, which the pool forgets; it is closed with the others of its engine."""
    if engine not in idle:
        idle[engine] = []
        event.listen(engine, "engine_disposed", hang_up)
    pooled = engine.raw_connection()
    driver: Any = pooled.driver_connection
    pooled.detach()
    settings: Settings = current_app.config["SETTINGS"]
    ends = time.monotonic() + settings.database_recycle_seconds
    to = Line(pooled, driver, engine, engine.dialect.name == POSTGRESQL, ends)
    # A line of a pooler of connections may be somebody else's the next moment.
    if to.is_postgresql and settings.database_prepare != "off":
        try:
            checked(to, driver.pgconn.exec_(PLANNED_ONCE))
        except Exception:
            pooled.close()
            raise
    return to


def hang_up(engine: Engine) -> None:
    for to in idle.pop(engine, []):
        to.held.close()


def rows(to: Line, statement: str, parameters: Sequence[Any]) -> Rows:
    """Run a statement, with `%s` or `?` for its parameters, and return its rows.

    From PostgreSQL all values come as text: the driver's conversions take longer than the query.

    Raises:
        Error: of the driver.
    """
    if not to.is_postgresql:
        return list(to.driver.execute(statement, parameters))
    driver, given = to.driver.pgconn, given_as(parameters)
    if name := to.prepared.get(statement) or prepare(to, statement):
        result = driver.exec_prepared(name, given)
    else:
        result = driver.exec_params(numbered(statement), given)
    checked(to, result)
    return rows_in(result)


def rows_in(result: Any) -> Rows:
    columns = range(result.nfields)
    return [tuple(text_at(result, n, at) for at in columns) for n in range(result.ntuples)]


def prepare(to: Line, statement: str) -> bytes | None:
    """Prepare a statement, if that is allowed; return its name."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.database_prepare == "off" or len(to.prepared) >= MOST_PREPARED:
        return None
    name = f"direct_{len(to.prepared)}".encode()
    checked(to, to.driver.pgconn.prepare(name, numbered(statement)))
    to.prepared[statement] = name
    return name


def numbered(statement: str) -> bytes:
    """Return a statement with its parameters as PostgreSQL itself writes them."""
    first, *others = statement.split("%s")
    numbers = count(1)
    return "".join([first, *(f"${next(numbers)}{text}" for text in others)]).encode()


def checked(to: Line, result: Any) -> None:
    dbapi: Any = to.engine.dialect.loaded_dbapi
    if result.status not in (dbapi.pq.ExecStatus.TUPLES_OK, dbapi.pq.ExecStatus.COMMAND_OK):
        raise dbapi.errors.error_from_result(result)


def given_as(parameters: Sequence[Any]) -> list[bytes | None]:
    """Return parameters as texts, which PostgreSQL reads by their types."""
    return [None if one is None else encoded(one) for one in parameters]


def encoded(value: object) -> bytes:
    return (value.isoformat() if isinstance(value, date) else str(value)).encode()


def text_at(result: Any, row: int, column: int) -> str | None:
    value = result.get_value(row, column)
    return None if value is None else value.decode()


def moment(to: Line, value: datetime) -> Any:
    """Return a moment as the columns of this engine have it."""
    if to.is_postgresql:
        return value
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def array(values: Iterable[object]) -> str:
    """Return PostgreSQL's text of an array."""
    return "{" + ",".join(map(quoted, values)) + "}"


def quoted(value: object) -> str:
    if value is None:
        return "NULL"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
