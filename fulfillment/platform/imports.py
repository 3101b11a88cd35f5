"""Imports: many rows written at once, each judged by itself, with a report row by row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from marshmallow import Schema, ValidationError
from msgspec import Struct, field

from fulfillment.platform.bodies import MAX_ERRORS, flattened
from fulfillment.platform.db import Base
from fulfillment.platform.errors import Invalid
from fulfillment.platform.reports import Refused, Report
from fulfillment.platform.tables import Row
from fulfillment.platform.upserts import Key, Values, present, upsert


class Subject(Struct, frozen=True):
    """What an import writes: a table, its key, the shape of a row, and the room's own rules.

    `spread` names the columns that a nested field fills. `complete` gets the values given and the
    present row, and returns all values that shall be written. `apart`: no rule of the schema looks
    at two fields at once, and few values stand in many rows.
    """

    model: type[Base]
    key: tuple[str, ...]
    schema: type[Schema]
    spread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    complete: Callable[[Values, Values], Values] = lambda given, _present: given
    apart: bool = False


def import_rows(
    subject: Subject, rows: Sequence[Row], *, atomic: bool = False, dry_run: bool = False
) -> Report:
    """Write the good rows, in a few statements: new ones whole, of known ones what was given.

    Raises:
        Invalid: `atomic` and a row was refused; its errors stand under `rows.<number>`.
    """
    good, refused = judged(subject, rows)
    known = present(subject.model, subject.key, good.keys())
    created, updated = [], []
    for key, (row, values) in good.items():
        try:
            new = merged(subject, row, values, known.get(key))
        except Invalid as error:
            refused.append(Refused(row.number, error.errors or {}))
            continue
        if key not in known:
            created.append(new)
        elif new != known[key]:
            updated.append(new)
    refused.sort(key=lambda one: one.row)
    if atomic:
        refuse_all(refused)
    if not dry_run:
        upsert(subject.model, subject.key, created + updated)
    unchanged = len(rows) - len(created) - len(updated) - len(refused)
    return Report(len(rows), len(created), len(updated), unchanged, refused, dry_run)


def judged(
    subject: Subject, rows: Iterable[Row]
) -> tuple[dict[Key, tuple[Row, Values]], list[Refused]]:
    """Split the rows into those of good shape, by key, and those refused."""
    load = loader(subject)
    good: dict[Key, tuple[Row, Values]] = {}
    refused = []
    for row in rows:
        try:
            values = load(row)
            key = tuple([values[name] for name in subject.key])
            if key in good:
                told = f"The same {' and '.join(subject.key)} as row {good[key][0].number}."
                raise Invalid({subject.key[-1]: [told]})
            good[key] = (row, values)
        except Invalid as error:
            refused.append(Refused(row.number, error.errors or {}))
    return good, refused


class Seen(Struct, frozen=True):
    """Good rows in which the same fields were given, by values of the same types."""

    defaults: Values  # of what was not given
    columns: Sequence[tuple[str, dict[Any, Any]]]  # where a field goes, and what its values become

    def made(self, cells: Iterable[Any]) -> Values:
        """Put a row together; KeyError or TypeError where a value has not been seen."""
        given = zip(self.columns, cells, strict=True)
        return self.defaults | {target: known[cell] for (target, known), cell in given}

    def keep(self, cells: Iterable[Any], values: Values) -> None:
        for (target, known), cell in zip(self.columns, cells, strict=True):
            known[cell] = values[target]


def loader(subject: Subject) -> Callable[[Row], Values]:
    """Return what loads a row by the schema; `apart`, it loads each value of a field once.

    A row whose values all stood in good rows before is put together of what they became. All others
    are for the schema to judge, so that a verdict is always its own.
    """
    schema = subject.schema()
    if not subject.apart:
        return partial(loaded, schema)
    targets = {
        kind.data_key or name: kind.attribute or name for name, kind in schema.fields.items()
    }
    shapes: dict[tuple[Any, ...], Seen] = {}

    def load(row: Row) -> Values:
        # With the types, since 1, 1.0 and true are one key of a dict.
        shape, cells = (*row.values, *map(type, row.values.values())), row.values.values()
        if shape in shapes and not row.errors:
            with suppress(KeyError, TypeError):
                return shapes[shape].made(cells)
        values = loaded(schema, row)
        if shape not in shapes:
            columns = [(targets[name], dict[Any, Any]()) for name in row.values]
            given = {target for target, _ in columns}
            defaults = {name: value for name, value in values.items() if name not in given}
            shapes[shape] = Seen(defaults, columns)
        with suppress(TypeError):  # a list or an object is no key of a dict
            shapes[shape].keep(cells, values)
        return values

    return load


def loaded(schema: Schema, row: Row) -> Values:
    if row.errors:
        raise Invalid(row.errors)
    try:
        return dict(schema.load(row.values))
    except ValidationError as error:
        raise Invalid(flattened(error.messages)) from error


def merged(subject: Subject, row: Row, values: Values, present: Values | None) -> Values:
    """Return the whole row to store: a known one keeps what was not given."""
    if present is None:
        return subject.complete(values, {})
    filled = (subject.spread.get(name, (name,)) for name in row.values)
    given = {column for columns in filled for column in columns} & present.keys()
    return present | subject.complete({name: values[name] for name in given}, present)


def refuse_all(refused: Sequence[Refused]) -> None:
    errors = {
        f"rows.{one.row}.{path}": messages
        for one in refused[:MAX_ERRORS]
        for path, messages in one.errors.items()
    }
    if errors:
        raise Invalid(errors, f"Nothing was written; rows refused: {len(refused)}.")
