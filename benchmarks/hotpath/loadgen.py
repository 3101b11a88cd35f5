"""The load generator: one process, some connections, one loop; a JSON order in, a JSON report out.

    python -m benchmarks.hotpath.loadgen < order.json

It sends the next request over a connection as soon as the last one is answered. It shares the
cores with what it measures, so requests are made before the clock starts, and the loop is bare.
"""

import json
import re
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from benchmarks.hotpath import bodies

END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
MOST_BYTES = 1 << 16
SILENCE_SECONDS = 30.0
AHEAD_SECONDS, MOST_AHEAD = 1.0, 50_000


@dataclass(slots=True)
class Connection:
    """A socket that waits for one answer."""

    socket: socket.socket
    sent: float = 0.0
    received: bytes = b""
    whole: int = 0  # bytes of the answer, once its head is there

    def send(self, request: bytes) -> None:
        self.received, self.whole = b"", 0
        self.sent = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Read what is there; tell whether the answer is whole."""
        some = self.socket.recv(MOST_BYTES)
        if not some:
            raise ConnectionError("the service closed a connection")
        self.received = self.received + some if self.received else some
        if not self.whole:
            self.whole = length_of(self.received)
        return bool(self.whole) and len(self.received) >= self.whole


def length_of(received: bytes) -> int:
    end = received.find(END_OF_HEAD)
    if end < 0:
        return 0
    found = LENGTH.search(received, 0, end)
    if not found:
        raise ValueError(f"an answer without a length: {received[:end]!r}")
    return end + len(END_OF_HEAD) + int(found[1])


@dataclass
class Report:
    """How many answers of each status came after how long, and what the first refusals said."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[bytes] = field(default_factory=Counter)
    samples: dict[str, str] = field(default_factory=dict)

    def add(self, answer: Connection) -> None:
        self.seconds.append(time.perf_counter() - answer.sent)
        status = answer.received[9:12]
        self.statuses[status] += 1
        if not status.startswith(b"2") and status.decode() not in self.samples:
            self.samples[status.decode()] = answer.received[-400:].decode(errors="replace")

    def as_json(self, elapsed: float, own: float) -> str:
        ordered = sorted(self.seconds)
        answers = {
            "elapsed": elapsed,
            "cpu": own,
            "p50_ms": ordered[len(ordered) // 2] * 1e3,
            "p99_ms": ordered[int(len(ordered) * 0.99)] * 1e3,
            "statuses": {status.decode(): count for status, count in self.statuses.items()},
            "samples": self.samples,
        }
        return json.dumps(answers)


def made_ahead(requests: Iterator[bytes]) -> Iterator[bytes]:
    """Make requests for a second; those that are wanted beyond them are made one by one."""
    made, until = [next(requests)], time.perf_counter() + AHEAD_SECONDS
    while len(made) < MOST_AHEAD and time.perf_counter() < until:
        made.append(next(requests))
    return chain(made, requests)


def connected(host: str, port: int) -> Connection:
    opened = socket.create_connection((host, port))
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Connection(opened)


def drive(
    requests: Iterator[bytes], host: str, port: int, connections: int, until: float
) -> Report:
    """Keep every connection busy `until` that moment, then wait for the last answers."""
    report, waiting = Report(), select.epoll()
    opened: dict[int, Connection] = {}
    for _ in range(connections):
        connection = connected(host, port)
        opened[connection.socket.fileno()] = connection
        waiting.register(connection.socket, select.EPOLLIN)
        connection.send(next(requests))
    while opened:
        ready = waiting.poll(SILENCE_SECONDS)
        if not ready:
            raise TimeoutError(f"no answer for {SILENCE_SECONDS} seconds")
        for number, _ in ready:
            connection = opened[number]
            if connection.receive():
                report.add(connection)
                if time.perf_counter() < until:
                    connection.send(next(requests))
                else:
                    waiting.unregister(number)
                    opened.pop(number).socket.close()
    return report


def main() -> None:
    """Take the order, do it, report."""
    order = json.load(sys.stdin)
    requests = made_ahead(bodies.requests(**order["requests"]))
    host, port = order["address"]
    began, own = time.perf_counter(), time.process_time()
    report = drive(requests, host, port, order["connections"], began + order["seconds"])
    print(report.as_json(time.perf_counter() - began, time.process_time() - own))


if __name__ == "__main__":
    main()
