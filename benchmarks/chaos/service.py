"""The service under attack: `fulfillment serve` as in production, killed and started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psutil

SKEWED = Path(__file__).with_name("skewed")
PATIENCE_SECONDS = 90
OTHERS = ("scheduler", "worker")
SERVER = "web server"


class HungUp(OSError):
    """The client went away before the answer came."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Service:
    """Web processes, scheduler and worker, supervised by `fulfillment serve`."""

    database_url: str
    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0

    def start(self) -> None:
        """Start it; its clock is as far off as the file `clock` says."""
        paths = [str(SKEWED), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        environ = {
            **os.environ,
            "FULFILLMENT_DATABASE_URL": self.database_url,
            "FULFILLMENT_LOG_LEVEL": "ERROR",
            "CHAOS_CLOCK": str(self.folder / "clock"),
            "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        }
        command = [sys.executable, "-m", "fulfillment.cli", "serve", "--workers", "2"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port)], stdout=log, stderr=log, env=environ
            )
        self.starts += 1

    def keep_up(self) -> bool:
        """Start it again if it ended, as the machine's init would; True if that was needed."""
        if self.process is not None and self.process.poll() is None:
            return False
        self.start()
        return True

    def processes(self) -> dict[str, list[psutil.Process]]:
        """Return the processes that run now, by what they do."""
        found: dict[str, list[psutil.Process]] = {name: [] for name in (*OTHERS, SERVER, "web")}
        for child in self.children():
            with suppress(psutil.Error):
                name = next((n for n in OTHERS if child.cmdline()[-1:] == [n]), SERVER)
                found[name].append(child)
                found["web"] += child.children() if name == SERVER else []
        return found

    def children(self) -> list[psutil.Process]:
        with suppress(psutil.Error):
            return psutil.Process(self.process.pid).children() if self.process else []
        return []

    def kill_all(self) -> None:
        """Kill everything at once: nothing gets to clean up."""
        if self.process is None:
            return
        with suppress(psutil.Error):
            whole = psutil.Process(self.process.pid)
            every = [whole, *whole.children(recursive=True)]
            for one in every:
                with suppress(psutil.Error):
                    one.send_signal(signal.SIGKILL)
            psutil.wait_procs(every, PATIENCE_SECONDS)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to stop, and wait."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE_SECONDS)

    def set_clock(self, seconds: float) -> None:
        """Move the clock of all its processes by so much from the real time."""
        (self.folder / "clock").write_text(f"{seconds}")


def ask(
    port: int,
    method: str,
    path: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    *,
    seconds: float = 30,
    hang_up: bool = False,
) -> tuple[int, Any]:
    """Send one request; return status and JSON. `hang_up`: go away before the answer.

    Raises:
        HungUp: we went away, as was asked.
        OSError: no connection, or it broke.
        HTTPException: the answer broke off.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        sent = None if body is None else json.dumps(body)
        named = {"Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, sent, named)
        if hang_up:
            raise HungUp
        answer = connection.getresponse()
        raw = answer.read()
        return answer.status, json.loads(raw) if raw else None
    finally:
        connection.close()


def wait_for_write(port: int, headers: Mapping[str, str], body: Any) -> float:
    """Return the seconds until a write is acknowledged."""
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE_SECONDS:
        with suppress(OSError, HTTPException, ValueError):
            if ask(port, "POST", "/v1/stock/movements", body, headers, seconds=2)[0] == 201:
                return time.monotonic() - started
        time.sleep(0.02)
    raise AssertionError(f"no write is taken within {PATIENCE_SECONDS} s")
