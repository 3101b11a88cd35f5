"""Tables in and out: numbered rows from JSON or CSV, and lists as CSV."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from marshmallow import Schema
from msgspec import Struct, field

from fulfillment.platform.bodies import LONGEST_NAME, MAX_ERRORS, parse_json
from fulfillment.platform.cells import Cell, csv_text, paths, put_in, reader
from fulfillment.platform.errors import FieldErrors, Invalid
from fulfillment.platform.pages import Page
from fulfillment.platform.uploads import UnsupportedMediaType

JSON, CSV = "application/json", "text/csv"
PDF, ZPL = "application/pdf", "application/zpl"
# What a list shows and nobody sets: its columns may stand in an import, and say nothing there.
SHOWN_ONLY = frozenset({"created_at", "updated_at", "version"})


class Row(Struct, frozen=True):
    """One row as it was given, numbered from 1; `errors` says why it could not be read."""

    number: int
    values: dict[str, Any]
    errors: FieldErrors = field(default_factory=dict)


def read(raw: bytes, media_type: str, noun: str, schema: type[Schema]) -> list[Row]:
    """Return the rows of a CSV table, or of the JSON document `{noun: [...]}`.

    Raises:
        Refusal: the table as a whole cannot be read; what is wrong with one row is kept with it.
    """
    if media_type == CSV:
        return list(csv_rows(raw, schema()))
    if media_type == JSON:
        return json_rows(parse_json(raw), noun)
    raise UnsupportedMediaType(media_type, f"{JSON} or {CSV}")


def json_rows(document: Any, noun: str) -> list[Row]:
    if not isinstance(document, dict):
        raise Invalid({"body": [f'Must be an object with the list "{noun}".']})
    if unknown := document.keys() - {noun}:
        raise Invalid({name: ["Unknown field."] for name in unknown})
    if not isinstance(document.get(noun), list):
        raise Invalid({noun: ["Must be a list."]})
    return numbered(document[noun])


def numbered(values: Sequence[Any]) -> list[Row]:
    """Number the rows of a list from 1."""
    return [
        Row(number, {name: value[name] for name in value if name not in SHOWN_ONLY})
        if isinstance(value, dict)
        else Row(number, {}, {"row": ["Must be an object."]})
        for number, value in enumerate(values, 1)
    ]


def csv_rows(raw: bytes, schema: Schema) -> Iterator[Row]:
    # A byte that is not UTF-8 becomes half a surrogate pair, so that it spoils its own row only.
    text = raw.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = header(lines)
    cells = {path: reader(kind) for path, kind in paths(schema.load_fields)}
    needed = [name for name, kind in schema.load_fields.items() if kind.required]
    check_header(columns, cells.keys() | SHOWN_ONLY, needed)
    for number, line in enumerate(surviving(lines), 1):
        if isinstance(line, csv.Error):
            yield Row(number, {}, unreadable(line))
        elif any(cell.strip() for cell in line):
            yield csv_row(number, columns, line, cells)


def header(lines: Iterator[list[str]]) -> list[str]:
    try:
        return [name.strip() for name in next(lines, [])]
    except csv.Error as error:
        raise Invalid({"header": unreadable(error)["row"]}) from error


def surviving(lines: Any) -> Iterator[list[str] | csv.Error]:
    """Yield the lines, and in the place of an unreadable one its error.

    Raises:
        Invalid: an open quote has swallowed other lines, so that nobody knows what they say.
    """
    for number in count(1):
        began = lines.line_num
        try:
            yield next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            if lines.line_num > began + 1:
                raise Invalid({f"rows.{number}.row": unreadable(error)["row"]}) from error
            yield error


def unreadable(error: csv.Error) -> dict[str, list[str]]:
    return {"row": [f"Is not readable as CSV: {error}."]}


def check_header(columns: Sequence[str], known: set[str], needed: Sequence[str]) -> None:
    """Refuse a header that names a column twice, one that there is not, or not one it needs."""
    times = Counter(columns)
    errors = {name[:LONGEST_NAME] or "header": ["Unknown column."] for name in times.keys() - known}
    errors |= {name: ["Column stands twice."] for name in times.keys() & known if times[name] > 1}
    errors |= {name: ["Column is missing."] for name in needed if name not in times}
    if not columns:
        errors = {"header": ["The first line must name the columns."]}
    if errors:
        raise Invalid(dict(list(errors.items())[:MAX_ERRORS]), "The header is not usable.")


def csv_row(
    number: int, columns: Sequence[str], line: Sequence[str], cells: Mapping[str, Cell]
) -> Row:
    errors: dict[str, list[str]] = {}
    if len(line) > len(columns):
        errors["row"] = [f"Has {len(line)} cells for {len(columns)} columns."]
    values: dict[str, Any] = {}
    clean = is_text("".join(line))
    for column, cell in zip(columns, line, strict=False):
        if not clean and not is_text(cell):
            errors[column] = ["Is not valid UTF-8 text without NUL."]
        elif column in cells and cell.strip():
            put_in(values, column.split("."), cells[column](cell))
    return Row(number, values, errors)


def is_text(cell: str) -> bool:
    if "\0" in cell:
        return False
    return cell.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in cell)


def listing(page: Page, schema: type[Schema]) -> Page | Response:
    """Return a page of a list as it was asked for: as CSV, or as it is, to be sent as JSON."""
    if request.accept_mimetypes.best_match([JSON, CSV]) != CSV:
        return page
    answer = Response(csv_text(schema().dump(page.items, many=True), schema), mimetype=CSV)
    answer.vary.add("Accept")
    if page.next_cursor:
        following = {**request.args, "cursor": page.next_cursor}
        answer.headers["Link"] = f'<{request.path}?{urlencode(following)}>; rel="next"'
    return answer


def documented(noun: str, schema: type[Schema]) -> dict[str, Any]:
    """Return the OpenAPI request body of an import of rows of this shape."""
    rows = {"type": "array", "items": schema}
    document = {"type": "object", "required": [noun], "properties": {noun: rows}}
    columns = ", ".join(path for path, _ in paths(schema().load_fields))
    table = {"type": "string", "description": f"UTF-8, with a header of: {columns}"}
    return {"required": True, "content": {JSON: {"schema": document}, CSV: {"schema": table}}}
