"""Tags: short texts on an item or a facility, kept in a JSON column and searched on any engine."""

from typing import Any

from marshmallow import ValidationError, fields, validate
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from fulfillment.platform.db import db
from fulfillment.platform.fields import text

LONGEST = 64
MOST = 50
# Between the parts of a list that stands in one CSV cell.
SEPARATOR = ";"


def tags(**options: Any) -> fields.List[str]:
    """Return a field for a list of different tags."""
    return fields.List(
        text(LONGEST),
        validate=(validate.Length(max=MOST), all_different, in_one_cell),
        **options,
    )


def all_different(values: list[Any]) -> None:
    """Refuse a list that says something twice."""
    if len(set(values)) < len(values):
        raise ValidationError("Must not contain the same value twice.")


def in_one_cell(values: list[str]) -> None:
    if any(SEPARATOR in value for value in values):
        raise ValidationError(f"A tag must not contain '{SEPARATOR}', which separates tags in CSV.")


def tagged(column: InstrumentedAttribute[list[str]], tag: str) -> ColumnElement[bool]:
    """Return the condition that a list of texts holds `tag`."""
    if db.engine.dialect.name == "postgresql":
        return func.jsonb_exists(column, tag)
    each = func.json_each(column).table_valued("value")
    return select(each.c.value).where(each.c.value == tag).exists()
