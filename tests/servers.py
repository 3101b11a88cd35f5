"""Web servers as processes of their own, which tests may kill, and a client that speaks to them."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from fulfillment.cli.serve import WEB

READY_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """The web process of `fulfillment serve`, alone, on a port of its own."""

    database_url: str
    log: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        environ = {**os.environ, "FULFILLMENT_DATABASE_URL": self.database_url}
        environ["FULFILLMENT_LOG_LEVEL"] = "ERROR"
        size = ("--port", str(self.port), "--workers", "1", "--blocking-threads", "8")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*WEB, *size, "fulfillment.app:create_app"],
                stderr=log,
                env=environ,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill the server and its workers with SIGKILL: nothing gets to clean up."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                if request(self.port, "GET", "/readyz")[0] == 200:
                    return
            except (OSError, HTTPException):
                time.sleep(0.05)
        raise AssertionError(f"not ready within {READY_SECONDS} s: {self.log.read_text()[-2000:]}")


def request(
    port: int, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], Any]:
    """Send one request; return status, headers and the JSON body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=READY_SECONDS)
    try:
        sent = None if body is None else json.dumps(body)
        named = {"Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, sent, named)
        answer = connection.getresponse()
        raw = answer.read()
        return answer.status, dict(answer.getheaders()), json.loads(raw) if raw else None
    finally:
        connection.close()
