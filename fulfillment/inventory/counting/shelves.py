"""The stock levels of a facility as a choice of counts reads them: levels, ledger and values."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Subquery, and_, case, func, select

from fulfillment.catalog import items
from fulfillment.catalog.models import Item
from fulfillment.inventory.allocations import SHORT_PICK
from fulfillment.inventory.counting.choice import Flags, Floats, Shelves
from fulfillment.inventory.models import Kind, Movement, StockLevel
from fulfillment.platform.db import db

DAY = timedelta(days=1)
LEAVING = (Kind.SHIPMENT, Kind.TRANSFER_OUT)
HISTORY = ("seen", "seen_at", "counted", "counted_at", "missed", "emptied", "issued")

Values = dict[str, float]
"""What a unit is worth, by SKU."""


def read(facility: str, since: datetime, now: datetime, values: Values) -> Shelves:
    """Return the facility's stock levels by SKU, with what the ledger tells since a moment."""
    told = history(facility, since)
    rows = db.session.execute(
        select(
            StockLevel.sku,
            StockLevel.on_hand,
            StockLevel.at_risk,
            StockLevel.entries,
            *(told.c[name] for name in HISTORY),
        )
        .outerjoin(told, told.c.sku == StockLevel.sku)
        .where(StockLevel.facility == facility)
        .order_by(StockLevel.sku)
    ).all()
    learn_values(values, [row.sku for row in rows])
    return shelves_of(rows, now, values)


def history(facility: str, since: datetime) -> Subquery:
    """Return, by SKU, the first line, the last count and what happened after it, in one pass.

    Lines are told by their number within the stock level, so that they can be compared.
    """
    is_count = Movement.kind == Kind.COUNT
    missed = and_(Movement.kind == Kind.ADJUSTMENT, Movement.reason == SHORT_PICK)
    emptied = and_(Movement.quantity < 0, Movement.balance_after <= 0)
    return (
        select(
            Movement.sku,
            func.min(Movement.entry).label("seen"),
            func.min(Movement.recorded_at).label("seen_at"),
            func.max(case((is_count, Movement.entry))).label("counted"),
            func.max(case((is_count, Movement.recorded_at))).label("counted_at"),
            func.max(case((missed, Movement.entry))).label("missed"),
            func.max(case((emptied, Movement.entry))).label("emptied"),
            func.sum(case((Movement.kind.in_(LEAVING), -Movement.quantity))).label("issued"),
        )
        .where(Movement.facility == facility, Movement.recorded_at >= since)
        .group_by(Movement.sku)
        .subquery()
    )


def learn_values(values: Values, skus: Sequence[str]) -> None:
    """Add what the units of these SKUs are worth, where it is not known yet."""
    found = items.find([sku for sku in skus if sku not in values])
    values |= {sku: worth(item) for sku, item in found.items()}


def worth(item: Item) -> float:
    """Return the cost of a unit, or else its price; 0 where the catalogue knows neither."""
    known = item.unit_price if item.unit_cost is None else item.unit_cost
    return float(known or 0)


def shelves_of(rows: Sequence[Any], now: datetime, values: Values) -> Shelves:
    counted = numbers([row.counted for row in rows])
    return Shelves(
        skus=[row.sku for row in rows],
        on_hand=numbers([row.on_hand for row in rows]),
        at_risk=numbers([row.at_risk for row in rows]),
        unit_value=numbers([values[row.sku] for row in rows]),
        issued=numbers([row.issued for row in rows]),
        lines=numbers([row.entries for row in rows]) - counted,
        days=numbers([days_known(row, now) for row in rows]),
        counted=counted > 0,
        not_found=after(rows, "missed", counted),
        emptied=after(rows, "emptied", counted),
    )


def numbers(values: Sequence[Any]) -> Floats:
    return np.array([value or 0 for value in values], dtype=np.float64)


def after(rows: Sequence[Any], name: str, counted: Floats) -> Flags:
    later: Flags = numbers([getattr(row, name) for row in rows]) > counted
    return later


def days_known(row: Any, now: datetime) -> float:
    """Return the days since the last count, or since the first units came where there was none."""
    if not row.entries:
        return 0.0
    if row.counted_at is not None:
        return float((now - row.counted_at) / DAY)
    # An older line than those that were read: nobody knows when it was counted last.
    return float((now - row.seen_at) / DAY) if row.seen == 1 else np.inf
