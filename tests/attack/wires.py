"""The wires to the database: they call somebody in right before a statement that is sent."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event

from fulfillment.platform import direct

WRITE_LOCK = "BEGIN IMMEDIATE"
ENDS = ("COMMIT", "ROLLBACK")  # and no savepoint's ROLLBACK TO


@dataclass
class Tap:
    """Listens to the statements of one thread; `before` is called with the number of each."""

    thread: int | None = None
    sent: list[str] = field(default_factory=list)
    locked: list[bool] = field(default_factory=list)
    before: Callable[[int], None] = lambda number: None
    holder: object = None  # the connection that has SQLite's one write lock

    @property
    def holds_write_lock(self) -> bool:
        return self.holder is not None

    def listen(self, before: Callable[[int], None]) -> None:
        """Begin anew, with what this thread sends from now on."""
        self.sent, self.locked = [], []
        self.before, self.holder = before, None
        self.thread = threading.get_ident()

    def stop(self) -> None:
        self.thread = None

    def hear(self, statement: object, connection: object = None) -> None:
        if threading.get_ident() != self.thread or str(statement).startswith("PRAGMA"):
            return
        self.sent.append(str(statement))
        self.locked.append(self.holds_write_lock)
        self.before(len(self.sent) - 1)
        if str(statement).startswith(WRITE_LOCK):
            self.holder = connection
        if statement in ENDS:
            self.hear_end(connection)

    def hear_end(self, connection: object) -> None:
        if connection is self.holder:
            self.holder = None


def tap(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Tap:
    """Listen at the driver, below every way to send a statement."""
    engine.dispose()
    wire = Tap()
    if engine.dialect.name == "postgresql":
        monkeypatch.setattr(direct, "rows", heard(wire, direct.rows))
    connect = connect_sqlite if engine.dialect.name == "sqlite" else connect_postgresql
    event.listen(
        engine, "do_connect", lambda _dialect, _record, args, named: connect(wire, args, named)
    )
    return wire


def heard(wire: Tap, rows: Callable[..., Any]) -> Callable[..., Any]:
    """What goes to libpq itself passes over the driver's cursors."""

    def send(to: direct.Line, statement: str, parameters: Sequence[Any]) -> Any:
        wire.hear(statement)
        return rows(to, statement, parameters)

    return send


def connect_sqlite(wire: Tap, args: object, named: dict[str, object]) -> sqlite3.Connection:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql, *rest):
            wire.hear(sql, self.connection)
            return super().execute(sql, *rest)

        def executemany(self, sql, *rest):
            wire.hear(sql, self.connection)
            return super().executemany(sql, *rest)

    class Connection(sqlite3.Connection):
        def cursor(self, factory=Cursor):
            return super().cursor(factory)

        # The driver's own shortcuts pass over a cursor that is not its own.
        def execute(self, *statement):
            return self.cursor().execute(*statement)

        def executemany(self, *statement):
            return self.cursor().executemany(*statement)

        def commit(self):
            super().commit()
            wire.hear_end(self)

        def rollback(self):
            super().rollback()
            wire.hear_end(self)

    return sqlite3.connect(*args, **{**named, "factory": Connection})


def connect_postgresql(wire: Tap, args: object, named: dict[str, object]) -> psycopg.Connection:
    class Cursor(psycopg.Cursor):
        def execute(self, query, *rest, **options):
            wire.hear(query)
            return super().execute(query, *rest, **options)

        def executemany(self, query, *rest, **options):
            wire.hear(query)
            return super().executemany(query, *rest, **options)

    class Connection(psycopg.Connection):
        def commit(self):
            wire.hear("COMMIT")
            super().commit()

    return Connection.connect(*args, **{**named, "cursor_factory": Cursor})
