"""Probes: is the process up, and is it ready to serve?"""

from typing import Any

from flask import Blueprint
from sqlalchemy.exc import OperationalError

from fulfillment.platform import revisions
from fulfillment.platform.errors import Refusal

probes = Blueprint("health", __name__)


class NotReady(Refusal):
    """A request would fail for a reason that has nothing to do with it."""

    status = 503

    def __init__(self, detail: str) -> None:
        super().__init__("unavailable", detail)


@probes.get("/healthz")
def healthz() -> dict[str, Any]:
    """Say that the process is up."""
    return {"status": "ok"}


@probes.get("/readyz")
def readyz() -> dict[str, Any]:
    """Say that the database is reached and has the schema that this code needs."""
    try:
        present = revisions.present()
    except OperationalError as error:
        raise NotReady("The database cannot be reached.") from error
    if present != revisions.newest():
        raise NotReady(f"The database is at {present}, the code at {revisions.newest()}.")
    return {"status": "ok", "revision": present}
