"""Runs the revisions, in the application context that `flask db` and `fulfillment db` open."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Engine

migrate = current_app.extensions["migrate"]
engine: Engine = migrate.db.engine


def run_offline() -> None:
    """Print the SQL instead of running it (`flask db upgrade --sql`)."""
    url = engine.url.render_as_string(hide_password=False)
    context.configure(
        url=url, target_metadata=migrate.db.metadata, literal_binds=True, **migrate.configure_args
    )
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Run the revisions in one transaction: a failure half-way leaves the schema as it was."""
    with engine.connect() as connection, without_foreign_keys(connection):
        writing = connection.execution_options(writes=True)
        context.configure(
            connection=writing,
            target_metadata=migrate.db.metadata,
            transactional_ddl=True,
            process_revision_directives=leave_out_empty,
            **migrate.configure_args,
        )
        with writing.begin():
            context.run_migrations()
            check_foreign_keys(writing)


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Suspend them on SQLite, where a table is altered by copying and dropping it."""
    if engine.dialect.name != "sqlite":
        yield
        return
    # On the driver's connection: inside a transaction SQLite ignores this pragma.
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys = ON")
        driver.close()


def check_foreign_keys(connection: Connection) -> None:
    if engine.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if dangling:
            raise RuntimeError(f"rows that refer to nothing: {dangling[:10]}")


def leave_out_empty(_context: object, _revision: object, directives: list) -> None:
    if directives and directives[0].upgrade_ops.is_empty():
        directives[:] = []


if context.is_offline_mode():
    run_offline()
else:
    run_online()
