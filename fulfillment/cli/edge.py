"""The edge of the command line: the application around a command."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, has_app_context
from msgspec.structs import replace

from fulfillment.app import create_app
from fulfillment.cli.refusals import plain_errors
from fulfillment.platform import config
from fulfillment.platform.db import db

P = ParamSpec("P")
R = TypeVar("R")


def in_app(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command inside the application; `flask` has opened one, `fulfillment` has not."""

    @wraps(command)
    def run(*args: P.args, **options: P.kwargs) -> R:
        with plain_errors(), opened_app():
            return command(*args, **options)

    return run


def the_app() -> Flask:
    """Return the application that a command works in."""
    if has_app_context():
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        return app
    return patient_app()


def patient_app() -> Flask:
    """Return the application with the time limits of jobs, which no client waits for."""
    settings = config.load()
    seconds = settings.job_statement_seconds
    return create_app(replace(settings, database_statement_seconds=seconds))


@contextmanager
def opened_app() -> Iterator[None]:
    """Open the application, unless it is open, and close its connections in the end."""
    if has_app_context():
        yield
        return
    with patient_app().app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()
