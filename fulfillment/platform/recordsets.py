"""Rows by the thousand for one statement: they travel as one JSON parameter, on either engine."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    Dialect,
    FromClause,
    Integer,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    text,
)

from fulfillment.platform.db import Base, db

ROWS, COUNT = "rows", "count"
AS_TEXT = msgspec.json.Encoder(enc_hook=str)
# An INSERT ... SELECT with a parameter: the ORM would take that for a row to insert.
AS_WRITTEN: Any = {"dml_strategy": "raw"}


def given(table: type[Base], names: Sequence[str]) -> FromClause:
    """Return the rows that `parameter` binds, as a table of columns of `table`."""
    return form(db.engine.dialect.name, table, tuple(names))


@cache
def form(dialect: str, table: type[Base], names: tuple[str, ...]) -> FromClause:
    # The limit tells the planner how few rows may come: for one row it reads no table as a whole.
    rows, count = bindparam(ROWS, type_=Text), bindparam(COUNT, type_=Integer)
    if dialect == "sqlite":
        each = func.json_each(rows).table_valued("value").c.value
        parts = (func.json_extract(each, text(f"'$.{name}'")).label(name) for name in names)
        return select(*parts).limit(count).subquery("given")
    columns = [column(name, table.__table__.c[name].type) for name in names]
    record = func.json_to_recordset(cast(rows, JSON)).table_valued(*columns)
    return select(record.render_derived(with_types=True)).limit(count).subquery("given")


def parameter(table: type[Base], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the parameters that carry these rows, each by the names of its columns."""
    writers = writers_of(db.engine.dialect, table, rows[0] if rows else ())
    listed = [
        {
            name: writers[name](value) if name in writers else value
            for name, value in row.items()
            if value is not None
        }
        for row in rows
    ]
    return {ROWS: AS_TEXT.encode(listed).decode(), COUNT: len(listed)}


def writers_of(dialect: Dialect, table: type[Base], names: Iterable[str]) -> dict[str, Any]:
    """Return how the engine writes the values of these columns, where it is not as JSON does."""
    kinds = {name: table.__table__.c[name].type.dialect_impl(dialect) for name in names}
    # A document is JSON within JSON.
    plain = {name: kind for name, kind in kinds.items() if not isinstance(kind, JSON)}
    writers = {name: kind.bind_processor(dialect) for name, kind in plain.items()}
    return {name: write for name, write in writers.items() if write}
