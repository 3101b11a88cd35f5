"""One row by its key, or the refusal that there is none."""

from typing import Any, TypeVar

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
