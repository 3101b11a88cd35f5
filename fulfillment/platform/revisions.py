"""Which revision of the schema the database is at, and which one this code needs.

Told without alembic, which web processes need for nothing else.
"""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text

from fulfillment.platform.config import shipped
from fulfillment.platform.db import db

DIRECTORY = shipped("migrations")
TABLE = "alembic_version"
NAME = re.compile(r'^(revision|down_revision) = "?(\w+)"?$', re.MULTILINE)


def present() -> str | None:
    """Return the revision that the database is at; None where it has no schema."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table(TABLE):
            return None
        found: str | None = connection.scalar(text(f"SELECT version_num FROM {TABLE}"))
        return found


@cache
def newest() -> str | None:
    """Return the revision that this code needs."""
    return newest_in(DIRECTORY / "versions")


def newest_in(folder: Path) -> str | None:
    """Return the one revision in a folder that no other one follows."""
    told = [dict(NAME.findall(file.read_text())) for file in folder.glob("*.py")]
    followed = {names["down_revision"] for names in told}
    return next((n["revision"] for n in told if n["revision"] not in followed), None)
