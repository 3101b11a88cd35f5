"""Lists of stock levels and of the ledger, for people."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select

from fulfillment.inventory import availability
from fulfillment.inventory.availability import Level
from fulfillment.inventory.gate import Key
from fulfillment.inventory.models import Movement, Promise, StockLevel
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import db
from fulfillment.platform.errors import NotFound
from fulfillment.platform.pages import Page, paginate

AT_ONCE = 5_000


def stock(query: Mapping[str, Any]) -> Page:
    """Return a page of stock levels, by SKU and facility."""
    rows = filtered(select(StockLevel), StockLevel, query)
    rows = rows.execution_options(populate_existing=True)
    page = paginate(rows, [StockLevel.sku, StockLevel.facility], query["limit"], query["cursor"])
    return Page(availability.as_of_now(page.items), page.next_cursor)


def stock_level(facility: str, sku: str) -> Level:
    """Return how one SKU stands in one facility."""
    row = db.session.get(StockLevel, (sku, facility), populate_existing=True)
    if row is None:
        raise NotFound("stock level", f"{sku} at {facility}")
    return availability.as_of_now([row])[0]


def movements(query: Mapping[str, Any]) -> Page:
    """Return a page of the ledger, oldest first."""
    rows = filtered(select(Movement), Movement, query)
    if since := query.get("since"):
        rows = rows.where(Movement.recorded_at >= since)
    if until := query.get("until"):
        rows = rows.where(Movement.recorded_at < until)
    return paginate(rows, [Movement.recorded_at, Movement.id], query["limit"], query["cursor"])


def units_came_in(since: UUID) -> bool:
    """Tell whether any facility got units, or got some back to sell, after this id was made."""
    more = or_(Movement.quantity > 0, Movement.unavailable < 0)
    return bool(db.session.scalar(select(exists().where(Movement.id > since, more))))


class Moved(NamedTuple):
    """Units that a stock level gained or, negative, lost, and how many it had then."""

    sku: str
    facility: str
    kind: str
    at: datetime
    quantity: int
    balance: int


def moved_since(moment: datetime) -> Iterator[Moved]:
    """Yield what came and went since a moment, stock level by stock level, the oldest first."""
    rows = db.session.execute(
        select(
            Movement.sku,
            Movement.facility,
            Movement.kind,
            Movement.recorded_at,
            Movement.quantity,
            Movement.balance_after,
        )
        .where(Movement.recorded_at >= moment, Movement.quantity != 0)
        .order_by(Movement.sku, Movement.facility, Movement.entry)
        .execution_options(yield_per=AT_ONCE)
    )
    return (Moved(*row) for row in rows)


def on_hand(skus: Collection[str]) -> dict[Key, int]:
    """Return the units on the shelf of these SKUs, by SKU and facility."""
    found: dict[Key, int] = {}
    for some in chunked(sorted(skus), AT_ONCE):
        chosen = select(StockLevel.sku, StockLevel.facility, StockLevel.on_hand)
        for sku, facility, units in db.session.execute(chosen.where(StockLevel.sku.in_(some))):
            found[sku, facility] = units
    return found


def filtered(
    rows: Select[Any], table: type[StockLevel] | type[Movement], query: Mapping[str, Any]
) -> Select[Any]:
    if sku := query.get("sku"):
        rows = rows.where(table.sku == sku)
    if facility := query.get("facility"):
        rows = rows.where(table.facility == facility)
    return rows


def order_units(order_ids: Collection[UUID]) -> dict[tuple[UUID, str], dict[str, int]]:
    """Return per order and SKU the units allocated (open promises) and shipped."""
    state = func.coalesce(Promise.outcome, "allocated")
    total = func.sum(Promise.quantity)
    units: dict[tuple[UUID, str], dict[str, int]] = {}
    for some in chunked(sorted(order_ids), AT_ONCE):
        rows = db.session.execute(
            select(Promise.owner_id, Promise.sku, state, total)
            .where(Promise.owner_id.in_(some), state.in_(("allocated", "shipped")))
            .group_by(Promise.owner_id, Promise.sku, state)
        )
        for owner_id, sku, name, n in rows:
            units.setdefault((owner_id, sku), {"allocated": 0, "shipped": 0})[name] = int(n)
    return units
