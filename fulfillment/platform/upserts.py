"""Rows under keys that their callers chose: put one, or write thousands in a few statements."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError
from sqlalchemy import Table, and_, select, true

from fulfillment.platform import clock, recordsets
from fulfillment.platform.bodies import flattened
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import Base, db, insert_for_engine, insert_once
from fulfillment.platform.errors import Invalid

AT_ONCE = 5_000

Key = tuple[Any, ...]
Values = dict[str, Any]
R = TypeVar("R", bound=Base)


def put_row(model: type[R], key: Mapping[str, str], values: Mapping[str, Any]) -> tuple[R, bool]:
    """Write all `values` of the versioned row at `key`; tell whether it is new."""
    name = tuple(key.values())
    row = db.session.get(model, name, with_for_update=True)
    # A rival may insert the same key between our look and our write.
    created = row is None and insert_once(model, {**key, **values, "version": 1})
    row = row or db.session.get_one(model, name, with_for_update=True)
    for column, value in values.items():
        setattr(row, column, value)
    db.session.flush()
    return row, created


def checked_key(schema: type[Schema], **key: str) -> dict[str, str]:
    """Return the key of a path, checked by the schema that checks it in a body.

    Raises:
        Invalid: it is no such key.
    """
    try:
        loaded = schema(only=list(key), partial=True).load(key)
    except ValidationError as error:
        raise Invalid(flattened(error.messages)) from error
    return {name: loaded[name] for name in key}


def present(model: type[Base], names: Sequence[str], keys: Collection[Key]) -> dict[Key, Values]:
    """Return the rows at these keys as plain values, locked in the order of their keys."""
    table, asked = table_of(model), recordsets.given(model, names)
    columns = [table.c[name] for name in names]
    same = and_(*(table.c[name] == asked.c[name] for name in names))
    rows = select(table).join(asked, same).order_by(*columns).with_for_update(of=table)
    found: dict[Key, Values] = {}
    for some in chunked(sorted(keys), AT_ONCE):
        told = recordsets.parameter(model, [dict(zip(names, key, strict=True)) for key in some])
        for row in db.session.execute(rows, told).mappings():
            found[tuple(row[name] for name in names)] = dict(row)
    return found


def upsert(model: type[Base], names: Sequence[str], rows: Sequence[Values]) -> None:
    """Insert whole rows, or overwrite those at the same keys, which then are a new version."""
    if not rows:
        return
    table, moment = table_of(model), clock.now()
    fresh = {"created_at": moment, "updated_at": moment, "version": 1}
    fresh = {name: value for name, value in fresh.items() if name in table.c}
    given = [name for name in {**rows[0], **fresh} if name in table.c]
    told = recordsets.given(model, given)
    # SQLite reads ON CONFLICT after a bare FROM as the condition of a join.
    written = insert_for_engine(model).from_select(given, select(*told.c).where(true()))
    new = {c.name: written.excluded[c.name] for c in table.c if c.name not in {*names, *fresh}}
    if "version" in table.c:
        new |= {"version": table.c.version + 1, "updated_at": moment}
    written = written.on_conflict_do_update(index_elements=names, set_=new)
    written = written.execution_options(**recordsets.AS_WRITTEN)
    for some in chunked(rows, AT_ONCE):
        whole = [{**row, **fresh} for row in some]
        db.session.execute(written, recordsets.parameter(model, whole))
    db.session.expire_all()  # what the session read before is stale now


def table_of(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
