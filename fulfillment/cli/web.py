"""A web process of `fulfillment serve`: the application, and how it takes its leave.

At SIGUSR1 it is not ready any more and closes each connection with its next answer; at SIGUSR2 it
takes no new connections. When the server stops after that, nobody is cut off.
"""

import ctypes
import gc
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event
from typing import Any

from flask import Flask, request

from fulfillment import app as application
from fulfillment.platform.health import NotReady

SO_ATTACH_FILTER = 26
# In the language of socket filters: drop every packet that opens a connection, keep the others.
NO_NEWCOMERS = ((0x30, 0, 0, 13), (0x45, 0, 1, 2), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFFFFFF))


class Instruction(ctypes.Structure):
    """One instruction of a socket filter (struct sock_filter)."""

    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("operand", ctypes.c_uint32),
    )


class Program(ctypes.Structure):
    """A socket filter (struct sock_fprog)."""

    _fields_ = (("length", ctypes.c_uint16), ("first", ctypes.POINTER(Instruction)))


def create_app() -> Flask:
    """Return the application for a process of its own, whose signals are ours to handle."""
    app = application.create_app()
    leaving = Event()
    signal.signal(signal.SIGUSR1, lambda *_: leaving.set())
    signal.signal(signal.SIGUSR2, lambda *_: close_doors())
    take_leave(app, leaving)
    # What stands now lives as long as the process: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    return app


def take_leave(app: Flask, leaving: Event) -> None:
    """Once `leaving` is set, send clients and load balancers elsewhere with every answer."""

    @app.before_request
    def be_unready() -> None:
        if leaving.is_set() and request.path == "/readyz":
            raise NotReady("This process is about to stop.")

    answer = app.wsgi_app

    def closing(environ: dict[str, Any], start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, ("Connection", "close")], *error)

        return answer(environ, start if leaving.is_set() else start_response)

    app.wsgi_app = closing  # type: ignore[method-assign]


def close_doors() -> None:
    """Let the kernel drop whoever asks for a new connection: they ask again a second later.

    To close a listening socket at once would reset the connections that nobody has accepted yet.
    """
    told = [Instruction(*numbers) for numbers in NO_NEWCOMERS]
    instructions = (Instruction * len(told))(*told)
    program = bytes(Program(len(told), instructions))
    for number in open_files():
        with suppress(OSError), borrowed(number) as found:
            if is_listening(found):
                found.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


def open_files() -> list[int]:
    """Return the numbers of this process's open files; elsewhere than on Linux none."""
    return [int(name) for name in os.listdir("/proc/self/fd")] if sys.platform == "linux" else []


@contextmanager
def borrowed(number: int) -> Iterator[socket.socket]:
    found = socket.socket(fileno=number)
    try:
        yield found
    finally:
        found.detach()


def is_listening(found: socket.socket) -> bool:
    internet = found.family in (socket.AF_INET, socket.AF_INET6)
    return internet and bool(found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
