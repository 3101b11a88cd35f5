"""Shortcuts: ordinary requests that are answered before Flask takes them apart.

A shortcut only ever says yes. Whatever it does not answer reaches Flask as it came: so there is one
set of rules, and one set of words for refusals.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from io import BytesIO
from typing import Any, NamedTuple

import structlog
from flask import Flask
from msgspec import Struct

from fulfillment.platform import access, idempotency, logs, metrics
from fulfillment.platform.config import Settings
from fulfillment.platform.context import Role

JSON = frozenset({"application/json", "application/json; charset=utf-8"})
# What somebody sends who asks for more than the ordinary.
UNUSUAL = ("SCRIPT_NAME", "QUERY_STRING", "HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING")
# What `docs` gives every answer of Flask.
EVERYWHERE = {"X-Content-Type-Options": "nosniff"}
STATUS = {status.value: f"{status.value} {status.phrase.upper()}" for status in HTTPStatus}

log = structlog.get_logger()

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


class Call(Struct, frozen=True):
    """A POST of a JSON body that came whole."""

    environ: Environ
    path: str
    body: bytes

    @property
    def secret(self) -> str:
        """The secret that it came with; "" without one."""
        return access.secret_in(self.environ.get("HTTP_AUTHORIZATION", ""))

    @property
    def key(self) -> str | None:
        """Its Idempotency-Key."""
        return idempotency.checked(self.environ.get("HTTP_IDEMPOTENCY_KEY"))

    @property
    def fingerprint(self) -> str:
        """What tells it from another request under the same key."""
        return idempotency.fingerprint("POST", f"{self.path}?", self.body)


class Answer(NamedTuple):
    """An answer that is a success."""

    status: int
    headers: Mapping[str, str]
    body: str


class Shortcut(Struct, frozen=True):
    """How ordinary calls of these roles are answered; None goes to Flask."""

    roles: frozenset[Role]
    answer: Callable[[Call, frozenset[Role]], Answer | None]


class Shortcuts:
    """The WSGI application in front of Flask."""

    def __init__(self, app: Flask, known: Mapping[str, Shortcut]) -> None:
        settings: Settings = app.config["SETTINGS"]
        self.app, self.flask, self.known = app, app.wsgi_app, known
        self.most_bytes = settings.max_body_bytes

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        shortcut = self.known.get(environ["PATH_INFO"])
        if shortcut and environ["REQUEST_METHOD"] == "POST":
            call = ordinary(environ, self.most_bytes)
            told = call and self.answered(shortcut, call, start_response)
            if told:
                return told
        return self.flask(environ, start_response)

    def answered(self, shortcut: Shortcut, call: Call, start_response: Any) -> list[bytes] | None:
        """Answer a call, with the log line and the figures of any other request."""
        began, path = time.perf_counter(), call.path
        with self.app.app_context():
            name = logs.begin(call.environ.get("HTTP_X_REQUEST_ID", ""))
            answer = tried(shortcut, call)
            if answer is None:
                return None
            took = time.perf_counter() - began
            metrics.tally("POST", path, answer.status, took)
            logs.tell("POST", path, answer.status, call.environ.get("REMOTE_ADDR"), took)
        body = answer.body.encode()
        about = {**answer.headers, **EVERYWHERE, logs.HEADER: name}
        about["Content-Length"] = str(len(body))
        start_response(STATUS[answer.status], list(about.items()))
        return [body]


def tried(shortcut: Shortcut, call: Call) -> Answer | None:
    try:
        return shortcut.answer(call, shortcut.roles)
    except Exception:
        # Flask's turn: what is broken for good will be told there.
        log.exception("shortcut failed", path=call.path)
        return None


def ordinary(environ: Environ, most_bytes: int) -> Call | None:
    """Return the request if nothing about it is out of the ordinary."""
    length = environ.get("CONTENT_LENGTH", "")
    if (
        any(environ.get(name) for name in UNUSUAL)
        or environ.get("CONTENT_TYPE", "").lower() not in JSON
        or not (length.isdecimal() and length.isascii() and 0 < int(length) <= most_bytes)
    ):
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(body)
    return Call(environ, environ["PATH_INFO"], body) if len(body) == int(length) else None


def init_app(app: Flask, shortcuts: Iterable[Mapping[str, Shortcut]]) -> None:
    """Put the shortcuts of the rooms, by path, in front of the application."""
    known = {path: one for some in shortcuts for path, one in some.items()}
    app.wsgi_app = Shortcuts(app, known)  # type: ignore[method-assign]
