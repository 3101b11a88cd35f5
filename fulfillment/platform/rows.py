"""One row by its key, or the refusal that there is none; and the rows that a key may see."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from fulfillment.platform import context
from fulfillment.platform.db import Base, db
from fulfillment.platform.errors import NotFound

R = TypeVar("R", bound=Base)


def get(model: type[R], key: Any, what: str, *, locked: bool = False) -> R:
    """Return the row as it is now; `locked`, nobody else changes it before the transaction ends.

    Raises:
        NotFound: there is no such `what`.
    """
    row = db.session.get(model, key, populate_existing=True, with_for_update=locked or None)
    if row is None:
        raise NotFound(what, key)
    return row


def of_facility(
    column: InstrumentedAttribute[str], facility: str | None
) -> list[ColumnElement[bool]]:
    """Return what chooses a facility's rows; without one, those of all that the key may see."""
    if facility:
        context.require_facility(facility)
        return [column == facility]
    bound = context.actor.get().facilities
    return [column.in_(sorted(bound))] if bound else []
