"""What a user can put right, told in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import DatabaseError

from fulfillment.platform.config import BadSetting
from fulfillment.platform.errors import Refusal


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what a user can put right into one line and exit status 1."""
    try:
        yield
    except BadSetting as error:
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
