"""Reads of counts: what there is to do, one of them, and how right the records were."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select, tuple_, type_coerce

from fulfillment.inventory import queries as stock
from fulfillment.inventory.counting.models import UNCLASSED, Count, Status
from fulfillment.platform import clock, context, rows
from fulfillment.platform.columns import Money
from fulfillment.platform.db import db
from fulfillment.platform.errors import WrongStatus
from fulfillment.platform.pages import Page, decode, encode, paginate

# So far back accuracy is measured unless told otherwise.
SEASON = timedelta(days=90)

OFF = Count.quantity - Count.expected
RIGHT = case(
    (Count.expected < 0, 0), (Count.expected < Count.quantity, Count.expected), else_=Count.quantity
)
MEASURES = {
    "counts": func.count(),
    "exact": func.sum(case((OFF == 0, 1), else_=0)),
    "units_expected": func.sum(Count.expected),
    "units_counted": func.sum(Count.quantity),
    "units_right": func.sum(RIGHT),
    "units_off": func.sum(func.abs(OFF)),
    "units_net": func.sum(OFF),
    "value_off": type_coerce(func.sum(func.abs(OFF) * Count.unit_value), Money),
    "value_net": type_coerce(func.sum(OFF * Count.unit_value), Money),
}
SHOWN = (
    "id",
    "sku",
    "facility",
    "status",
    "abc_class",
    "score",
    "reasons",
    "recount",
    "first_counted_by",
    "planned_for",
    "actor",
    "created_at",
    "expected",
    "quantity",
    "difference",
    "counted_by",
    "note",
    "closed_by",
    "closed_at",
)


def page(query: Mapping[str, Any]) -> Page:
    """Return a page of counts: open ones, the most urgent first, or closed ones, oldest first."""
    status = query["status"]
    is_open = status is Status.OPEN
    which = Count.closed_at.is_(None) if is_open else Count.status == status
    chosen = select(Count).where(which, *rows.of_facility(Count.facility, query.get("facility")))
    if sku := query.get("sku"):
        chosen = chosen.where(Count.sku == sku)
    order = [Count.rank, Count.id] if is_open else [Count.closed_at, Count.id]
    chosen = chosen.execution_options(populate_existing=True)
    found = paginate(chosen, order, query["limit"], query["cursor"])
    return Page(described(found.items, query["show_book"]), found.next_cursor)


def described(counts: Sequence[Count], show_book: bool) -> list[dict[str, Any]]:
    """Return counts as people see them; a blind counter is not told what the record says."""
    told = [{name: getattr(count, name) for name in SHOWN} for count in counts]
    if show_book:
        book = stock.on_hand({count.sku for count in counts})
        for row, count in zip(told, counts, strict=True):
            row["on_hand"] = book.get(count.key, 0)
    for row, count in zip(told, counts, strict=True):
        if count.status == Status.DONE or show_book:
            row["first_quantity"] = count.first_quantity
    return told


def read(count_id: UUID, show_book: bool) -> dict[str, Any]:
    """Return one count as people see it."""
    count = rows.get(Count, count_id, "count")
    context.require_facility(count.facility)
    return described([count], show_book)[0]


def get_open(count_id: UUID) -> Count:
    """Return a count that nobody has done yet, locked until the transaction ends."""
    count = rows.get(Count, count_id, "count", locked=True)
    context.require_facility(count.facility)
    if count.status != Status.OPEN:
        raise WrongStatus("count", count.status, [Status.OPEN])
    return count


def open_at(sku: str, facility: str) -> Count | None:
    """Return the open count of a stock level, locked, if there is one."""
    here = (Count.sku == sku, Count.facility == facility, Count.closed_at.is_(None))
    chosen = select(Count).where(*here).with_for_update()
    return db.session.scalar(chosen.execution_options(populate_existing=True))


def class_known(sku: str, facility: str) -> str:
    """Return the class that the latest count of a stock level had."""
    known = (
        select(Count.abc_class)
        .where(Count.sku == sku, Count.status == Status.DONE, Count.facility == facility)
        .order_by(Count.closed_at.desc())
        .limit(1)
    )
    return db.session.scalar(known) or UNCLASSED


def accuracy(query: Mapping[str, Any]) -> Page:
    """Return how right the records were, by facility and class, by the counts of a time."""
    until = query.get("until")
    since = query.get("since") or (until or clock.now()) - SEASON
    period = [Count.status == Status.DONE, Count.closed_at >= since]
    period += [Count.closed_at < until] if until else []
    keys = [Count.facility, Count.abc_class]
    chosen = select(*keys, *(what.label(name) for name, what in MEASURES.items()))
    here = rows.of_facility(Count.facility, query.get("facility"))
    chosen = chosen.where(*period, *here).group_by(*keys).order_by(*keys)
    if query["cursor"] is not None:
        chosen = chosen.where(tuple_(*keys) > tuple_(*decode(query["cursor"], keys)))
    found = db.session.execute(chosen.limit(query["limit"] + 1)).all()
    shown = [measured(row._asdict()) for row in found[: query["limit"]]]
    last = [shown[-1][key.key] for key in keys] if len(found) > query["limit"] else []
    return Page(shown, encode(last) if last else None)


def measured(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return sums as figures, with the shares of records and units that were right.

    A unit is right where shelf and record agree on it: of 10 on record and 8 found, and of 8 on
    record and 10 found, 8 of 10 are.
    """
    told = {name: row[name] for name in ("facility", "abc_class")}
    told |= {name: int(row[name]) for name in MEASURES if not name.startswith("value")}
    told |= {name: row[name] or Decimal(0) for name in MEASURES if name.startswith("value")}
    units = told["units_right"] + told["units_off"]
    told["record_accuracy"] = told["exact"] / told["counts"]
    told["unit_accuracy"] = told["units_right"] / units if units else 1.0
    return told
