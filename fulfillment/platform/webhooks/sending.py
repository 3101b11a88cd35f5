"""One try over HTTP: to the very address that was checked, and over at its deadline."""

import io
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

from fulfillment.platform.webhooks import targets
from fulfillment.platform.webhooks.targets import Address, Rules, Target

CONNECT_SECONDS = 5.0
# What nobody wants of an answer is read all the same, so that its sender is not cut off.
MOST_READ = 64 * 1024
PROBLEM_LENGTH = 300
GONE = 410


@dataclass(frozen=True)
class Answer:
    """What came of a try: the receiver's status, or why there is none; seconds that it took.

    `headers` (their names in lower case) and `body` are those of an answer that was listened to.
    """

    status: int | None
    problem: str | None
    seconds: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @property
    def taken(self) -> bool:
        return self.problem is None


def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    rules: Rules,
    seconds: float,
    listen: int = 0,
    method: str = "POST",
) -> Answer:
    """Send a message once, in at most so many seconds from the first look-up to the answer's end.

    Its status alone counts, unless we `listen`: then a body that breaks off, or is longer than so
    many bytes, is a problem too.
    """
    start = time.monotonic()
    try:
        target = targets.parse(url, rules)
        places = targets.look_up(target, rules)
        answer = exchange(target, places, headers, body, start + seconds, listen, method)
    except TimeoutError:
        answer = Answer(None, f"no answer within {seconds:g} seconds")
    except (targets.Refused, OSError, HTTPException, ValueError) as error:
        answer = Answer(None, printable(f"{type(error).__name__}: {error}"))
    return replace(answer, seconds=time.monotonic() - start)


def printable(words: str) -> str:
    """Return words of another side as one line that any database and any log takes."""
    shown = "".join(letter if letter.isprintable() else " " for letter in words[:PROBLEM_LENGTH])
    return " ".join(shown.split())


def told(status: int) -> str:
    if 300 <= status < 400:
        return f"status {status}: redirects are not followed"
    return f"status {status}"


def exchange(
    target: Target,
    places: list[Address],
    headers: Mapping[str, str],
    body: bytes,
    deadline: float,
    listen: int,
    method: str,
) -> Answer:
    with closing(Line(target, places, deadline)) as line:
        line.request(method, target.path, body, {**headers, "Connection": "close"})
        with line.getresponse() as response:
            status = response.status
            problem = None if 200 <= status < 300 else told(status)
            if listen and problem is None:
                data, problem = heard(response, listen)
            else:
                data = skimmed(response)
            said = {name.lower(): value for name, value in response.getheaders()}
            return Answer(status, problem, headers=said, body=data)


def heard(response: HTTPResponse, most: int) -> tuple[bytes, str | None]:
    """Return a body that counts, and why it does not if it is not whole."""
    data = response.read(most + 1)
    if len(data) > most:
        return b"", f"the answer is longer than {most} bytes"
    return data, "the answer breaks off" if response.length else None


def skimmed(response: HTTPResponse) -> bytes:
    with suppress(OSError, HTTPException):
        return response.read(MOST_READ)
    return b""


class Line(HTTPConnection):
    """A connection to addresses that were looked up before; no proxy, no second look-up."""

    def __init__(self, target: Target, places: list[Address], deadline: float) -> None:
        super().__init__(target.host, target.port)
        self.default_port = targets.PORTS[target.scheme]  # the Host header leaves it out
        self.target = target
        self.places = places
        self.deadline = deadline

    def connect(self) -> None:
        """Connect to the first address that answers."""
        limit = min(self.deadline, time.monotonic() + CONNECT_SECONDS)
        plain = connected(self.places, limit)
        try:
            if self.target.scheme == "https":
                plain.settimeout(left(limit))
                plain = trust().wrap_socket(plain, server_hostname=self.target.host)
        except BaseException:
            plain.close()
            raise
        self.sock = Timed(plain, self.deadline)


def connected(places: list[Address], limit: float) -> socket.socket:
    for number, (family, place) in enumerate(places, 1):
        plain = socket.socket(family, socket.SOCK_STREAM)
        try:
            plain.settimeout(left(limit))
            plain.connect(place)
            return plain
        except OSError:
            plain.close()
            if number == len(places):
                raise
    raise OSError("no address")


@cache
def trust() -> ssl.SSLContext:
    # Reading the authorities' certificates takes longer than a delivery.
    return ssl.create_default_context()


def left(deadline: float) -> float:
    """Return the seconds until a deadline.

    Raises:
        TimeoutError: there are none.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the deadline is over")
    return seconds


class Timed:
    """A socket whose every step ends at one deadline: who sends a byte a second gains nothing."""

    def __init__(self, plain: socket.socket, deadline: float) -> None:
        self.plain = plain
        self.deadline = deadline

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self.plain.settimeout(left(self.deadline))
            rest = rest[self.plain.send(rest) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(TimedReader(self.plain, self.deadline))

    def close(self) -> None:
        self.plain.close()


class TimedReader(io.RawIOBase):
    """The reading end of such a socket, which stays open for as long as it is read."""

    def __init__(self, plain: socket.socket, deadline: float) -> None:
        self.plain = plain
        self.reader = plain.makefile("rb", buffering=0)
        self.deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self.plain.settimeout(left(self.deadline))
        return self.reader.readinto(buffer)

    def close(self) -> None:
        self.reader.close()
        super().close()
