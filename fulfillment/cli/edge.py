"""The edge of the command line: the application around a command, its refusals in one line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from alembic.util import CommandError
from flask import Flask, current_app, has_app_context
from sqlalchemy.exc import DatabaseError

from fulfillment.app import create_app
from fulfillment.platform import config
from fulfillment.platform.config import BadSetting
from fulfillment.platform.db import db
from fulfillment.platform.errors import Refusal

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


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what a user can put right into one line and exit status 1."""
    try:
        yield
    except (BadSetting, CommandError) as error:
        raise click.ClickException(str(error)) from error
    except Refusal as refusal:
        raise click.ClickException(in_one_line(refusal)) from refusal
    except DatabaseError as error:
        raise click.ClickException(f"the database refused: {first_line(error)}") from error


def in_one_line(refusal: Refusal) -> str:
    fields = (f"{path}: {' '.join(texts)}" for path, texts in (refusal.errors or {}).items())
    return " ".join([refusal.detail, "; ".join(fields)]).strip()


def first_line(error: DatabaseError) -> str:
    cause = str(error.orig).strip().splitlines()[0]
    if "no such table" in cause or "does not exist" in cause:
        return f"{cause} (is the schema there? fulfillment db upgrade)"
    return cause
