"""`fulfillment serve`: web, scheduler and worker on one machine, started and stopped together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import click
from flask import Flask

from fulfillment.cli.address import Address
from fulfillment.cli.children import Child, end, tend
from fulfillment.cli.refusals import plain_errors
from fulfillment.platform import config, revisions
from fulfillment.platform import db as database
from fulfillment.platform.config import Settings
from fulfillment.platform.db import db
from fulfillment.platform.metrics import MULTIPROCESS

POLL_SECONDS = 0.2
# From the moment that no new connections are taken until the web server stops: it accepts those
# that wait within a millisecond.
DOORS_SECONDS = 0.2

# At the level of warnings it advises against more threads than cores; ours wait for the database.
# A worker that is told to stop before it has started would be waited for without end.
GRANIAN = (
    "--interface",
    "wsgi",
    "--factory",
    "--log-level",
    "error",
    "--workers-kill-timeout",
    "30",
    "--respawn-failed-workers",
    "--respawn-interval",
    "0.5",
)
WEB = (sys.executable, "-m", "granian", *GRANIAN)
APPLICATION = "fulfillment.cli.web:create_app"
OURS = (sys.executable, "-m", "fulfillment.cli")
JOBS = ("scheduler", "worker")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0: every interface.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--uds",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Listen on this socket in the file system instead, for a proxy on the same machine.",
)
@click.option(
    "--workers",
    default=min(4, os.cpu_count() or 1),
    show_default="one per core, at most 4",
    type=click.IntRange(1),
    help="Web processes.",
)
@click.option("--web-only", is_flag=True, help="Leave scheduler and worker to other machines.")
def command(host: str, port: int, uds: Path | None, workers: int, web_only: bool) -> None:
    """Run web, scheduler and worker on this machine until stopped.

    The embedded SQLite database is brought up to date first; any other must be (fulfillment db
    upgrade). A web process, scheduler or worker that dies is replaced. SIGTERM finishes the
    requests in flight.
    """
    address, running = Address(host, port, uds), list[Child]()
    with plain_errors():
        settings = config.load()
        address.check()
        prepare_database(settings)
    click.echo("Starting", err=True)
    web = web_child(address, workers, settings.database_pool_size)
    ours = [Child(name, (*OURS, name)) for name in JOBS if not web_only]
    with shared_metrics(), stop_signals() as stop:
        supervise(web, ours, running, stop, address)
        say_goodbye(web, address, settings.drain_seconds)
        end(running)


def web_child(address: Address, workers: int, threads: int) -> Child:
    # No more threads than connections: a request never waits for one that another holds.
    size = ("--workers", str(workers), "--blocking-threads", str(threads))
    return Child("web", (*WEB, *address.options, *size, APPLICATION), proven=False)


def prepare_database(settings: Settings) -> None:
    """See that the schema is there, without the application, which takes its time to import."""
    app = Flask("fulfillment", static_folder=None)
    app.config["SETTINGS"] = settings
    database.init_app(app, settings)
    with app.app_context():
        if db.engine.dialect.name == "sqlite" and revisions.present() != revisions.newest():
            upgrade()
        if revisions.present() != revisions.newest():
            raise click.ClickException("the database is not up to date: fulfillment db upgrade")
        db.engine.dispose()


def upgrade() -> None:
    done = subprocess.run((*OURS, "db", "upgrade"), capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(done.stderr.strip().removeprefix("Error: "))


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


def supervise(
    web: Child, ours: Sequence[Child], running: list[Child], stop: Event, address: Address
) -> None:
    """Keep the children running until `stop`, or until the web server cannot even start.

    Ours wait until it answers: clients do, while nobody waits for jobs.
    """
    try:
        start([web], running)
        while not stop.wait(POLL_SECONDS):
            tend(running, stop)
            if not web.proven and address.is_ready():
                web.proven = True
                address.announce()
                start(ours, running)
    except BaseException:
        end(running)
        raise


def start(children: Sequence[Child], running: list[Child]) -> None:
    for child in children:
        child.start()
        running.append(child)


def say_goodbye(web: Child, address: Address, seconds: float) -> None:
    """Let clients and load balancers leave before the web server stops; then shut the door."""
    if not web.proven:
        return
    web.tell_group(signal.SIGUSR1)
    time.sleep(seconds)
    web.tell_group(signal.SIGUSR2)
    if address.uds:
        with suppress(FileNotFoundError):
            address.uds.unlink()
    time.sleep(DOORS_SECONDS)
