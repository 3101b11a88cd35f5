"""The load generator: one process, some connections, one loop; a JSON order in, a JSON report out.

    python -m benchmarks.hotpath.loadgen < order.json

It sends the next request over a connection as soon as the last one is answered.
"""

import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.hotpath import bodies

END_OF_HEAD = b"\r\n\r\n"
MOST_BYTES = 1 << 20
SILENCE_SECONDS = 30.0


@dataclass
class Connection:
    """A socket that waits for one answer."""

    socket: socket.socket
    sent: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    whole: int = 0  # bytes of the answer, once its head is there

    def send(self, request: bytes) -> None:
        self.received, self.whole = bytearray(), 0
        self.sent = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Read what is there; tell whether the answer is whole."""
        some = self.socket.recv(MOST_BYTES)
        if not some:
            raise ConnectionError("the service closed a connection")
        self.received += some
        if not self.whole:
            self.whole = length_of(self.received)
        return bool(self.whole) and len(self.received) >= self.whole


def length_of(received: bytearray) -> int:
    end = received.find(END_OF_HEAD)
    if end < 0:
        return 0
    head = received[:end].lower()
    _, found, rest = head.partition(b"content-length:")
    if not found:
        raise ValueError(f"an answer without a length: {bytes(head)!r}")
    return end + len(END_OF_HEAD) + int(rest.split(b"\r\n", 1)[0])


@dataclass
class Report:
    """How many answers of each status came after how long, and what the first refusals said."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    samples: dict[str, str] = field(default_factory=dict)

    def add(self, answer: Connection) -> None:
        self.seconds.append(time.perf_counter() - answer.sent)
        status = answer.received[9:12].decode()
        self.statuses[status] += 1
        if not status.startswith("2") and status not in self.samples:
            self.samples[status] = answer.received[-400:].decode(errors="replace")

    def as_json(self, elapsed: float) -> str:
        ordered = sorted(self.seconds)
        answers = {
            "elapsed": elapsed,
            "p50_ms": ordered[len(ordered) // 2] * 1e3,
            "p99_ms": ordered[int(len(ordered) * 0.99)] * 1e3,
            "statuses": self.statuses,
            "samples": self.samples,
        }
        return json.dumps(answers)


def drive(
    requests: Iterator[bytes], host: str, port: int, connections: int, until: float
) -> Report:
    """Keep every connection busy `until` that moment, then wait for the last answers."""
    report, waiting = Report(), selectors.DefaultSelector()
    for _ in range(connections):
        opened = Connection(socket.create_connection((host, port)))
        opened.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(opened.socket, selectors.EVENT_READ, opened)
        opened.send(next(requests))
    while waiting.get_map():
        ready = waiting.select(SILENCE_SECONDS)
        if not ready:
            raise TimeoutError(f"no answer for {SILENCE_SECONDS} seconds")
        for key, _ in ready:
            connection: Connection = key.data
            if connection.receive():
                report.add(connection)
                if time.perf_counter() < until:
                    connection.send(next(requests))
                else:
                    waiting.unregister(connection.socket)
                    connection.socket.close()
    return report


def main() -> None:
    """Take the order, do it, report."""
    order = json.load(sys.stdin)
    requests = bodies.requests(**order["requests"])
    host, port = order["address"]
    began = time.perf_counter()
    report = drive(requests, host, port, order["connections"], began + order["seconds"])
    print(report.as_json(time.perf_counter() - began))


if __name__ == "__main__":
    main()
