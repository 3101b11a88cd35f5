"""`fulfillment serve` as its users start it, and load on them from a process apart."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from benchmarks.hotpath import cpu
from benchmarks.hotpath.rounds import Round, say

PATIENCE_SECONDS = 60.0
SERVER = "granian"
LOCAL = "127.0.0.1"
GENERATOR = (sys.executable, "-m", "benchmarks.hotpath.loadgen")
SEEDS = count(1)


@dataclass
class Service:
    """Running web processes, and the database whose CPU goes with their requests."""

    port: int
    pid: int
    database_seconds: Callable[[], float] = field(default=lambda: 0.0)

    def drive(self, requests: Mapping[str, Any], connections: int, seconds: float) -> Round:
        """Load the service for some seconds; return what was done."""
        order = {
            "requests": requests,
            "address": [LOCAL, self.port],
            "connections": connections,
            "seconds": seconds,
        }
        web, database = cpu.seconds(self.pid), self.database_seconds()
        done = subprocess.run(
            GENERATOR, input=json.dumps(order), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the load generator: {done.stderr}")
        spent = cpu.seconds(self.pid) - web, self.database_seconds() - database
        return round_of(json.loads(done.stdout), *spent)

    def status_of(self, request: bytes) -> int:
        """Send one request; return the answer's status."""
        with socket.create_connection((LOCAL, self.port), PATIENCE_SECONDS) as connection:
            connection.sendall(request)
            return int(connection.recv(64)[9:12])


def round_of(told: Mapping[str, Any], web: float, database: float) -> Round:
    statuses: dict[str, int] = told["statuses"]
    done = sum(n for status, n in statuses.items() if status.startswith("2"))
    if done < sum(statuses.values()) / 2:
        raise RuntimeError(f"most requests were refused: {statuses}, {told['samples']}")
    for status, said in told["samples"].items():
        say(f"  {statuses[status]} answers {status}, the first: {said}")
    return Round(
        rate=done / told["elapsed"],
        count=done,
        web_us=web / done * 1e6,
        database_us=database / done * 1e6,
        load_us=told["cpu"] / done * 1e6,
        p50_ms=told["p50_ms"],
        p99_ms=told["p99_ms"],
        refused={status: n for status, n in statuses.items() if not status.startswith("2")},
    )


def next_seed() -> int:
    """Return a seed not used before in this run: no key or cart is sent twice."""
    return time.time_ns() + next(SEEDS)


@contextmanager
def serving(url: str, workers: int) -> Iterator[Service]:
    """Run `fulfillment serve` on a free port, and stop it afterwards."""
    port = free_port()
    size = ("--host", LOCAL, "--port", str(port), "--workers", str(workers))
    command = (sys.executable, "-m", "fulfillment.cli", "serve", *size)
    with running(command, port, FULFILLMENT_DATABASE_URL=url) as process:
        yield Service(port, web_process(process.pid))


@contextmanager
def alike(beside: Service, application: str, **more: str) -> Iterator[Service]:
    """Run another application on the very server that the product runs on."""
    port = free_port()
    command = [str(port) if word == str(beside.port) else word for word in words(beside.pid)]
    with running([*command[:-1], application], port, **more) as process:
        yield Service(port, process.pid, beside.database_seconds)


@contextmanager
def running(
    command: Sequence[str], port: int, folder: Path | None = None, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Start what answers at a port, wait until it does, and stop it afterwards."""
    with NamedTemporaryFile(prefix="fulfillment-bench-") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | more, stdout=log, stderr=log
        )
        try:
            await_answer(process, port, Path(log.name))
            yield process
        finally:
            stop(process)


def web_process(supervisor: int) -> int:
    """Return the web server among the processes of `fulfillment serve`."""
    return next(pid for pid in cpu.family(supervisor) if SERVER in words(pid))


def words(pid: int) -> list[str]:
    """Return the command line of a process."""
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def await_answer(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until somebody answers, whatever they say."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if answers(port):
            return
        time.sleep(0.01)
    raise RuntimeError(f"no web process: {log.read_text()[-2000:]}")


def answers(port: int) -> bool:
    connection = HTTPConnection(LOCAL, port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return bool(connection.getresponse().status)
    except OSError:
        return False
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])
