"""Connections to the database: how many, how long they wait, and what each is told at its start."""

import select
import sqlite3
from typing import Any

from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError

from fulfillment.platform.config import Settings

CONNECT_SECONDS = 10
# A peer that vanished without a word is noticed after a minute, not after two hours.
KEEPALIVE_SECONDS = 60


def options(url: str, settings: Settings) -> dict[str, Any]:
    """Return the options of SQLAlchemy's engine: a bounded pool, and the driver's arguments."""
    address = make_url(url)
    arguments = {"connect_args": postgresql_arguments(address, settings)}
    if address.get_backend_name() == "sqlite":
        arguments = {}
        if address.database in (None, "", ":memory:"):
            return {}  # one connection, shared by all threads
    return arguments | {
        "pool_size": settings.database_pool_size,
        "max_overflow": 0,
        "pool_timeout": settings.database_pool_wait_seconds,
        "pool_recycle": settings.database_recycle_seconds,
        "pool_use_lifo": True,  # what is not needed idles, and is recycled
        "hide_parameters": True,  # an error that is logged tells no secrets
    }


def postgresql_arguments(address: URL, settings: Settings) -> dict[str, Any]:
    """Return psycopg's arguments; the limits travel with the greeting, at no round trip."""
    limits = {
        "statement_timeout": settings.database_statement_seconds,
        "lock_timeout": settings.database_lock_seconds,
        "idle_in_transaction_session_timeout": settings.database_idle_seconds,
    }
    said = [str(address.query.get("options", ""))]
    if settings.database_limits == "connection":
        said += [f"-c {name}={round(seconds * 1000)}" for name, seconds in limits.items()]
    return {
        "options": " ".join(said).strip(),
        "prepare_threshold": 5 if settings.database_prepare == "on" else None,
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": KEEPALIVE_SECONDS,
    }


def tune(engine: Engine, settings: Settings) -> None:
    """Prepare what the engine will connect to, by its kind."""
    if engine.dialect.name == "sqlite":
        tune_sqlite(engine, settings.sqlite_synchronous, settings.database_lock_seconds)
    else:
        refuse_dead_connections(engine)


def tune_sqlite(engine: Engine, synchronous: str, lock_seconds: float) -> None:
    """Make SQLite a database of record: WAL, foreign keys, one writer that others wait for."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute(f"PRAGMA busy_timeout = {round(lock_seconds * 1000)}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A writer takes its lock at once: two readers that both want to upgrade would deadlock.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def refuse_dead_connections(engine: Engine) -> None:
    """Replace the pool when the server has hung up on it, found out without a round trip."""

    @event.listens_for(engine, "checkout")
    def on_checkout(connection: Any, _record: Any, _fairy: Any) -> None:
        if has_hung_up(connection):
            raise InvalidatePoolError


def has_hung_up(connection: Any) -> bool:
    """Tell whether something waits to be read: an idle server says nothing but its farewell."""
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))
