"""The cells of a table: which columns a schema has, and values as text and back.

A column is a field's path: `dimensions.length_mm` is the field `length_mm` of `dimensions`. A list
stands in one cell, its parts separated by `;`. An empty cell is a value not given.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from fulfillment.platform.tags import SEPARATOR

INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
# Spreadsheets write them in capitals.
FLAGS = {"true": True, "false": False}

Cell = Callable[[str], Any]
Fields = Mapping[str, fields.Field[Any]]


def paths(schema_fields: Fields) -> Iterator[tuple[str, fields.Field[Any]]]:
    """Yield the columns of a schema's fields, those of a nested object one by one."""
    for name, kind in schema_fields.items():
        if isinstance(kind, fields.Nested) and not kind.many:
            inner = paths(kind.schema.fields)
            yield from ((f"{name}.{path}", part) for path, part in inner)
        else:
            yield name, kind


def reader(kind: fields.Field[Any]) -> Cell:
    """Return what turns the text of a cell, or of a query, into the value that JSON would have.

    Text that is none stays as it is, for the schema to refuse.
    """
    if isinstance(kind, fields.Integer):
        return lambda cell: int(cell) if INTEGER.fullmatch(cell) else cell
    if isinstance(kind, fields.Float):
        return lambda cell: float(cell) if NUMBER.fullmatch(cell) else cell
    if isinstance(kind, fields.Boolean):
        return lambda cell: FLAGS.get(cell.lower(), cell)
    if isinstance(kind, fields.List):
        part = reader(kind.inner)
        return lambda cell: [part(text) for text in cell.split(SEPARATOR)]
    return str


def put_in(values: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        values = values.setdefault(step, {})
    values[path[-1]] = value


def csv_text(rows: Iterable[Mapping[str, Any]], schema: type[Schema]) -> str:
    """Return dumped rows as CSV with a header, the columns in the schema's order."""
    columns = [path for path, _ in paths(schema().dump_fields)]
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(columns)
    lines.writerows([written(found(row, path.split("."))) for path in columns] for row in rows)
    return text.getvalue()


def found(values: Any, path: Sequence[str]) -> Any:
    for step in path:
        values = (values or {}).get(step)
    return values


def written(value: Any) -> str:
    if isinstance(value, list):
        return SEPARATOR.join(written(part) for part in value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
