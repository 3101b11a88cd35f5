"""Figures that planning publishes for sourcing, each time as a whole."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, insert, select

from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import Base, db
from fulfillment.platform.upserts import upsert
from fulfillment.sourcing.models import PriceSource

MARGINAL, WAVE = "marginal", "wave"
ROWS_AT_ONCE = 1000

COLUMNS = (PriceSource.source, PriceSource.as_of, PriceSource.plan_id, PriceSource.figures)

Stamp = tuple[Any, ...]


class Source(Struct, frozen=True):
    """What is published of a source beside its rows."""

    name: str
    as_of: datetime
    plan_id: UUID | None
    figures: Mapping[str, Any]


def sources() -> dict[str, Source]:
    """Return what is published, by source: one small query."""
    return {row.source: Source(*row) for row in db.session.execute(select(*COLUMNS))}


def stamp_of(source: Source) -> Stamp:
    """Return what changes when a source is published anew, here or in another database."""
    return str(db.engine.url), source.name, source.as_of, source.plan_id


def replace(
    source: str,
    table: type[Base],
    rows: Iterable[Mapping[str, Any]],
    as_of: datetime,
    plan_id: UUID | None = None,
    figures: Mapping[str, Any] | None = None,
) -> None:
    """Publish rows in place of all that were there.

    Of two who publish at once the second waits for the first one's transaction to end.
    """
    header = {"source": source, "as_of": as_of, "plan_id": plan_id, "figures": dict(figures or {})}
    upsert(PriceSource, ["source"], [header])
    db.session.execute(delete(table))
    for some in chunked([dict(row) for row in rows], ROWS_AT_ONCE):
        db.session.execute(insert(table), some)
