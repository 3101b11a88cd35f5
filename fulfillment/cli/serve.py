"""`fulfillment serve`: web, scheduler and worker on one machine, started and stopped together."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from tempfile import TemporaryDirectory
from threading import Event

import click

from fulfillment.cli.edge import in_app
from fulfillment.platform import migrations
from fulfillment.platform.db import db
from fulfillment.platform.metrics import MULTIPROCESS

POLL_SECONDS = 0.2
RESTART_SECONDS = 2.0
PROBE_SECONDS = 1.0
PATIENCE_SECONDS = 30.0
# Per web process; no more than the pool has connections (5 and 10 in overflow).
THREADS = 8
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
ANYWHERE = ("0.0.0.0", "::")

# At the level of warnings it advises against more threads than cores; ours wait for the database.
# A worker that is told to stop before it has started would be waited for without end.
GRANIAN = (
    "--interface",
    "wsgi",
    "--factory",
    "--log-level",
    "error",
    "--workers-kill-timeout",
    "10",
    "--respawn-failed-workers",
    "--respawn-interval",
    "0.5",
)
WEB = (sys.executable, "-m", "granian", *GRANIAN)
OURS = (sys.executable, "-m", "fulfillment.cli")


def end_with_parent() -> None:
    """Be told to stop when the supervisor is killed outright, so that no port stays taken."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A process that is started with us, and started again if it may die."""

    name: str
    command: tuple[str, ...]
    may_die: bool = True
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        # A group of its own: what it started can be ended even when it died without a word.
        self.process = subprocess.Popen(self.command, preexec_fn=end_with_parent, process_group=0)

    def kill_group(self) -> None:
        """End at once whatever is left of the processes that this one started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def is_dead(self) -> bool:
        return self.process.poll() is not None


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0: every interface.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    default=min(4, os.cpu_count() or 1),
    show_default="one per core, at most 4",
    type=click.IntRange(1),
    help="Web processes.",
)
@in_app
def command(host: str, port: int, workers: int) -> None:
    """Run web, scheduler and worker on this machine until stopped.

    The embedded SQLite database is brought up to date first; any other must be (fulfillment db
    upgrade). A web process, scheduler or worker that dies is replaced.
    """
    check_port(host, port)
    prepare_database()
    click.echo("Starting", err=True)
    address = ("--host", host, "--port", str(port))
    size = ("--workers", str(workers), "--blocking-threads", str(THREADS))
    web = Child("web", (*WEB, *address, *size, "fulfillment.app:create_app"), may_die=False)
    ours = [Child(name, (*OURS, name)) for name in ("scheduler", "worker")]
    with shared_metrics(), stop_signals() as stop:
        supervise([web, *ours], stop, Address(host, port))


def check_port(host: str, port: int) -> None:
    """Refuse a port that another program listens on: the web server would share it in silence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(f"{host}:{port} cannot be used: {error.strerror}") from error


def prepare_database() -> None:
    if db.engine.dialect.name == "sqlite":
        migrations.upgrade()
    if migrations.present() != migrations.newest():
        raise click.ClickException("the database is not up to date: fulfillment db upgrade")
    db.engine.dispose()


@dataclass(frozen=True)
class Address:
    """Where the web processes listen."""

    host: str
    port: int

    @property
    def name(self) -> str:
        return "localhost" if self.host in ANYWHERE else self.host

    def is_ready(self) -> bool:
        """Ask the web processes themselves."""
        connection = HTTPConnection(self.name, self.port, timeout=PROBE_SECONDS)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def announce(self) -> None:
        """Say that they serve, and what."""
        shown = f"[{self.name}]" if ":" in self.name else self.name
        url = f"http://{shown}:{self.port}"
        click.echo(f"Ready at {url}", err=True)
        click.echo(f"  {url}/docs     the API, to read and to try", err=True)
        click.echo(f"  {url}/metrics  figures for Prometheus", err=True)
        click.echo("  a key to call it with: fulfillment keys create --role admin", err=True)


@contextmanager
def shared_metrics() -> Iterator[None]:
    """Give the processes a fresh folder in which they add up their figures."""
    with TemporaryDirectory(prefix="fulfillment-metrics-") as folder:
        os.environ[MULTIPROCESS] = folder
        yield


@contextmanager
def stop_signals() -> Iterator[Event]:
    stop = Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    yield stop


def supervise(children: list[Child], stop: Event, address: Address) -> None:
    """Keep the children running until `stop`, or until one ends that may not."""
    announced = False
    try:
        for child in children:
            child.start()
        while not stop.wait(POLL_SECONDS):
            tend(children, stop)
            if not announced and (announced := address.is_ready()):
                address.announce()
    finally:
        end(children)


def tend(children: list[Child], stop: Event) -> None:
    for child in children:
        if not child.is_dead():
            continue
        status = child.process.returncode
        if not child.may_die:
            raise click.ClickException(f"{child.name} ended with status {status}")
        click.echo(f"{child.name} ended with status {status}; starting it again", err=True)
        stop.wait(RESTART_SECONDS)
        child.start()


def end(children: list[Child]) -> None:
    """Ask every child to finish, and kill what has not after a while."""
    alive = [c.process for c in children if not c.is_dead()]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for process in alive:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for child in children:
        child.kill_group()
