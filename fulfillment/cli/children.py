"""Processes of one machine that are started, replaced and stopped together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event

import click

RESTART_SECONDS = 2.0
YOUNG_SECONDS = 10.0
# More than the web server gives its requests in flight.
PATIENCE_SECONDS = 40.0
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def before_start() -> None:
    """Prepare a child: whoever has no ear for our signals must not die of them."""
    for signum in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(signum, signal.SIG_IGN)
    if LIBC is not None:
        # Told to stop when the supervisor is killed outright, so that no port stays taken.
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A process that is started with us, and started again once it has proven that it can run."""

    name: str
    command: tuple[str, ...]
    proven: bool = True
    started_at: float = 0.0
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        # A group of its own: what it started can be ended even when it died without a word.
        self.process = subprocess.Popen(self.command, preexec_fn=before_start, process_group=0)
        self.started_at = time.monotonic()

    def tell_group(self, signum: signal.Signals) -> None:
        """Send a signal to this process and to all that it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signum)

    def is_dead(self) -> bool:
        return self.process.poll() is not None

    def is_young(self) -> bool:
        return time.monotonic() - self.started_at < YOUNG_SECONDS


def tend(children: Sequence[Child], stop: Event) -> None:
    """Replace every child that died.

    Raises:
        ClickException: it never ran, and would not the next time.
    """
    for child in children:
        if child.is_dead():
            replace(child, stop)


def replace(child: Child, stop: Event) -> None:
    status = child.process.returncode
    if not child.proven:
        raise click.ClickException(f"{child.name} ended with status {status}")
    click.echo(f"{child.name} ended with status {status}; starting it again", err=True)
    child.tell_group(signal.SIGKILL)  # what it left behind would keep its port
    if child.is_young():
        stop.wait(RESTART_SECONDS)
    if not stop.is_set():
        child.start()


def end(children: Sequence[Child]) -> None:
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
        child.tell_group(signal.SIGKILL)
