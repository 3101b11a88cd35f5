"""Statements that go straight to the driver, where every microsecond of a request counts."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fulfillment.platform.db import db

POSTGRESQL, SQLITE = "postgresql", "sqlite"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement in the words of each engine, its parameters in the same order."""

    postgresql: str
    sqlite: str


@dataclass(frozen=True, slots=True)
class Line:
    """A driver's connection outside any transaction: each statement commits by itself."""

    driver: Any
    engine: Engine
    is_postgresql: bool


def errors() -> tuple[type[Exception], ...]:
    """Return what the driver raises, and the pool."""
    return db.engine.dialect.loaded_dbapi.Error, SQLAlchemyError


@contextmanager
def line() -> Iterator[Line]:
    """Lend a connection of the pool; one that broke is not given back."""
    engine = db.engine
    pooled = engine.raw_connection()
    driver: Any = pooled.driver_connection
    is_postgresql = engine.dialect.name == POSTGRESQL
    try:
        if is_postgresql:
            driver.autocommit = True
        yield Line(driver, engine, is_postgresql)
    except BaseException:
        if is_postgresql and driver.broken:
            pooled.invalidate()
        raise
    finally:
        if is_postgresql and not driver.closed:
            driver.autocommit = False
        pooled.close()


def rows(to: Line, statement: Statement, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows."""
    if to.is_postgresql:
        return list(to.driver.execute(statement.postgresql, parameters, prepare=True))
    return list(to.driver.execute(statement.sqlite, parameters))


def moment(to: Line, value: datetime) -> Any:
    """Return a moment as the columns of this engine have it."""
    return value if to.is_postgresql else f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def array(values: Iterable[object]) -> str:
    """Return PostgreSQL's text of an array; the driver takes far longer for a list."""
    return "{" + ",".join(map(quoted, values)) + "}"


def quoted(value: object) -> str:
    if value is None:
        return "NULL"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
