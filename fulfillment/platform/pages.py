"""Lists: keyset pages in a stable order, behind an opaque cursor."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields, validate
from msgspec import Struct
from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from fulfillment.platform.bodies import parse_json
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid
from fulfillment.platform.uploads import Unreadable

MAX_LIMIT = 500
DEFAULT_LIMIT = 50
MAX_INTEGER = 2**63 - 1


class PageQuery(Schema):
    """What every list takes; rooms add their filters."""

    limit = fields.Integer(
        strict=True, load_default=DEFAULT_LIMIT, validate=validate.Range(1, MAX_LIMIT)
    )
    cursor = fields.String(load_default=None)


class Page(Struct, frozen=True):
    """A stretch of a list, and the cursor of the next (None at the end)."""

    items: Sequence[Any]
    next_cursor: str | None


def page_schema(item: type[Schema]) -> type[Schema]:
    """Return the schema of a page of these items."""
    name = item.__name__.removesuffix("Out") + "Page"
    items = fields.List(fields.Nested(item), required=True)
    cursor = fields.String(required=True, allow_none=True)
    return type(name, (Schema,), {"items": items, "next_cursor": cursor})


def paginate(
    statement: Select[Any],
    order: Sequence[InstrumentedAttribute[Any]],
    limit: int,
    cursor: str | None,
) -> Page:
    """Return the rows of `statement` after `cursor`, in the order of the unique columns `order`."""
    if cursor is not None:
        statement = statement.where(tuple_(*order) > tuple_(*decode(cursor, order)))
    rows = db.session.scalars(statement.order_by(*order).limit(limit + 1)).all()
    more = len(rows) > limit
    last = [getattr(rows[limit - 1], column.key) for column in order] if more else []
    return Page(rows[:limit], encode(last) if more else None)


def encode(values: Sequence[Any]) -> str:
    plain = [v.isoformat() if isinstance(v, datetime) else str(v) for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode(cursor: str, order: Sequence[InstrumentedAttribute[Any]]) -> list[Any]:
    try:
        plain = parse_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(plain, list):
            raise TypeError("no list of keys")
        return [typed(column, text) for column, text in zip(order, plain, strict=True)]
    except (ValueError, TypeError, ArithmeticError, Unreadable) as error:
        raise Invalid({"cursor": ["Not a cursor of this list."]}) from error


def typed(column: InstrumentedAttribute[Any], text: Any) -> Any:
    """Return the value that `encode` wrote, or raise on what it cannot have written."""
    if not isinstance(text, str):
        raise TypeError("no text of a key")
    kind = column.type.python_type
    if kind is datetime:
        moment = datetime.fromisoformat(text)
        if moment.utcoffset() is None:
            raise ValueError("a moment without an offset")
        return moment.astimezone(UTC)
    value = kind(text)
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise ValueError("more than a database holds")
    return value
