"""The rows that a plan leaves: written as a whole, in place of what an earlier run of it left."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert

from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import Base, db

ROWS_AT_ONCE = 1000

Row = dict[str, Any]


def rewrite(table: type[Base], plan_id: UUID, rows: Iterable[Row]) -> None:
    columns: Any = table.__table__.columns
    db.session.execute(delete(table).where(columns.plan_id == plan_id))
    for some in chunked([row | {"plan_id": plan_id} for row in rows], ROWS_AT_ONCE):
        db.session.execute(insert(table), some)


def numbered(rows: Iterable[Row]) -> list[Row]:
    return [row | {"number": number} for number, row in enumerate(rows)]
