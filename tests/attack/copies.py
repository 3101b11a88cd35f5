"""Copies of what a piece of work wrote: the same rows, under other names and ids."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Table, insert, select

from fulfillment.platform.db import Base, db, transaction
from fulfillment.platform.ids import new_id

T = TypeVar("T")
Rows = dict[Table, list[dict[str, Any]]]

# How far numbers are given out is no part of a scene.
COUNTERS = {"sscc_ranges"}
# A package's number is unique; these are of no range that numbers are taken from.
package_numbers = map("{:018d}".format, count(9 * 10**17))


@dataclass(frozen=True)
class Original:
    """The rows that were written, and the one name in them that is to be another in a copy."""

    rows: Rows
    name: str

    def copy(self, name: str) -> "Names":
        """Write the rows once more, under another name; return what became of the old names."""
        names = Names(self.name, name, {i: new_id() for i in sorted(ids_in(self.rows))})
        with transaction() as session:
            for table, rows in self.rows.items():
                session.execute(insert(table), [names.of(row) for row in rows])
        return names


@dataclass(frozen=True)
class Names:
    """What the old name and ids are in a copy."""

    old: str
    new: str
    ids: dict[UUID, UUID]

    def of(self, value: Any) -> Any:
        """Return a value, however deep, with the new names in it."""
        if isinstance(value, dict):
            return {
                key: next(package_numbers) if key == "sscc" else self.of(part)
                for key, part in value.items()
            }
        if isinstance(value, list):
            return [self.of(part) for part in value]
        if isinstance(value, UUID):
            return self.ids.get(value, value)
        if isinstance(value, str):
            return self.texts.get(value) or value.replace(self.old, self.new)
        return value

    @cached_property
    def texts(self) -> dict[str, str]:
        return {str(old): str(new) for old, new in self.ids.items()}


def written_by(work: Callable[[], T], name: str) -> tuple[T, Original]:
    """Do the work; return its result and the rows that it added to the database."""
    before = everything()
    result = work()
    after = everything()
    added = {t: [row for row in rows if row not in before[t]] for t, rows in after.items()}
    written = {t: rows for t, rows in added.items() if rows and t.name not in COUNTERS}
    return result, Original(written, name)


def everything() -> Rows:
    db.session.rollback()
    tables = Base.metadata.sorted_tables
    return {t: [dict(r._mapping) for r in db.session.execute(select(t))] for t in tables}


def ids_in(rows: Rows) -> set[UUID]:
    """Return the ids of the rows, not those of rows that were there before."""
    every = (row.get("id") for some in rows.values() for row in some)
    return {found for found in every if isinstance(found, UUID)}
