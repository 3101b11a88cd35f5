"""The history of demand, kept up to date from orders and the ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from sqlalchemy import delete, func, or_, select

from fulfillment.inventory import queries as inventory
from fulfillment.inventory.gate import Key
from fulfillment.network import sites
from fulfillment.orders import queries as orders
from fulfillment.planning.demand.models import DemandDay
from fulfillment.planning.demand.outages import Flags, outages
from fulfillment.planning.nearest import nearest
from fulfillment.platform import clock
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import db, insert_for_engine, retried, transaction

DAY = timedelta(days=1)
# Orders are cancelled, and movements booked late, within weeks: so many days are worked out anew.
REWORKED = timedelta(days=35)
# What was not asked for in a quarter has no outages to tell of.
REMEMBERED = timedelta(days=91)
# How far the clocks of the world are apart from UTC.
EARLIEST, LATEST = timedelta(hours=14), timedelta(hours=12)
ROWS_AT_ONCE = 5_000

Counts = npt.NDArray[np.int64]
Row = dict[str, Any]


@dataclass(frozen=True)
class Days:
    """Consecutive days, which each facility counts by its own clock."""

    first: date
    last: date

    def __len__(self) -> int:
        return max(0, (self.last - self.first) // DAY + 1)

    @property
    def begin(self) -> datetime:
        """The moment at which the first of them begins anywhere."""
        return datetime.combine(self.first, time(), UTC) - EARLIEST


@dataclass(frozen=True, eq=False)
class Units:
    """Units by stock level and day [K, D], and which levels have demand to tell of [K].

    Others are there to tell whether anybody had stock.
    """

    keys: Sequence[Key]
    asked: Counts
    shipped: Counts
    wanted: Flags


def refresh() -> str:
    """Bring the history up to the last day that is over everywhere; say how far it reaches."""
    days = days_to_work_out(clock.now())
    if not days:
        return "no order yet"
    rows = rows_of(days)
    db.session.rollback()
    replace(days, rows)
    return f"{len(rows)} rows of demand, {days.first} to {days.last}"


def days_to_work_out(now: datetime) -> Days | None:
    """Return the days to work out: the latest again, or all since the first order; None: none."""
    first_order = orders.first_placed_at()
    if first_order is None:
        return None
    last = (now - LATEST).date() - DAY
    known = db.session.scalar(select(func.max(DemandDay.day)).where(~DemandDay.imported))
    first = min(known + DAY, last - REWORKED) if known else (first_order - LATEST).date()
    return Days(max(first, (first_order - LATEST).date()), last) or None


def rows_of(days: Days) -> list[Row]:
    """Return a row for each day on which something was asked or shipped, or none could be had."""
    zones = {site.code: ZoneInfo(site.calendar.timezone) for site in sites.all_by_code()}
    units = units_of(days, zones)
    empty = empty_days(units.keys, days, zones)
    censored = nowhere(units.keys, empty) & units.wanted[:, None]
    told = (units.asked > 0) | (units.shipped > 0) | censored
    return [
        {
            "sku": units.keys[row][0],
            "facility": units.keys[row][1],
            "day": days.first + day * DAY,
            "asked": int(units.asked[row, day]),
            "shipped": int(units.shipped[row, day]),
            "censored": bool(censored[row, day]),
            "ran_out": bool(empty[row, day]),
            "imported": False,
        }
        for row, day in zip(*(places.tolist() for places in told.nonzero()), strict=True)
    ]


def units_of(days: Days, zones: dict[str, ZoneInfo]) -> Units:
    """Return what was asked and shipped, of all stock levels of the SKUs asked for of late."""
    asked, shipped = list(asked_in(days, zones)), list(shipped_in(days, zones))
    wanted = {key for key, _, _ in (*asked, *shipped)} | lately(days)
    stocked = inventory.on_hand({sku for sku, _ in wanted})
    keys = sorted(wanted | stocked.keys())
    rows = {key: row for row, key in enumerate(keys)}

    def table(entries: Sequence[tuple[Key, int, int]]) -> Counts:
        cells = np.zeros((len(keys), len(days)), dtype=np.int64)
        for key, day, units in entries:
            cells[rows[key], day] += units
        return cells

    is_wanted = np.array([key in wanted for key in keys], dtype=bool)
    return Units(keys, table(asked), table(shipped), is_wanted)


def asked_in(days: Days, zones: dict[str, ZoneInfo]) -> Iterator[tuple[Key, int, int]]:
    """Yield the units of order lines at the facility nearest to where they go, by day."""
    places = [site for site in sites.active() if site.lat is not None and site.lng is not None]
    lines = list(orders.asked_since(days.begin))
    if not places or not lines:
        return
    for line, place in zip(lines, nearest(places, lines).tolist(), strict=True):
        code = places[place].code
        if (day := number_of(line.placed_at, zones[code], days)) is not None:
            yield (line.sku, code), day, line.units


def shipped_in(days: Days, zones: dict[str, ZoneInfo]) -> Iterator[tuple[Key, int, int]]:
    for moved in inventory.moved_since(days.begin):
        if moved.kind == "shipment":
            day = number_of(moved.at, zones[moved.facility], days)
            if day is not None:
                yield (moved.sku, moved.facility), day, -moved.quantity


def number_of(moment: datetime, zone: ZoneInfo, days: Days) -> int | None:
    """Return the number of the day that a moment falls on where the clock shows `zone`."""
    number = (moment.astimezone(zone).date() - days.first) // DAY
    return number if 0 <= number < len(days) else None


def lately(days: Days) -> set[Key]:
    """Return the stock levels that were asked for, or shipped, in the quarter before."""
    told = or_(DemandDay.asked > 0, DemandDay.shipped > 0)
    since = (DemandDay.day >= days.first - REMEMBERED, DemandDay.day < days.first, told)
    rows = db.session.execute(select(DemandDay.sku, DemandDay.facility).where(*since).distinct())
    return {(sku, facility) for sku, facility in rows}


def empty_days(keys: Sequence[Key], days: Days, zones: dict[str, ZoneInfo]) -> Flags:
    """Tell on which days each stock level was empty; one that never held anything always was."""
    rows = {key: row for row, key in enumerate(keys)}
    now = inventory.on_hand({sku for sku, _ in keys})
    start = np.array([now.get(key, 0) for key in keys], dtype=np.int64)
    seen: set[int] = set()
    told: list[tuple[int, int, int]] = []
    for moved in inventory.moved_since(days.begin):
        row = rows.get((moved.sku, moved.facility))
        if row is None:
            continue
        if row not in seen:
            seen.add(row)
            start[row] = moved.balance - moved.quantity
        number = (moved.at.astimezone(zones[moved.facility]).date() - days.first) // DAY
        if number < 0:
            start[row] = moved.balance
        elif number < len(days):
            told.append((row, number, moved.balance))
    level, day, balance = np.array(told, dtype=np.int64).reshape(-1, 3).T
    return outages(start, level, day, balance, len(days))


def nowhere(keys: Sequence[Key], empty: Flags) -> Flags:
    """Tell on which days no facility had any of a SKU, for each of its stock levels. [K, D]"""
    skus, sku = np.unique([name for name, _ in keys], return_inverse=True)
    has_some = np.zeros((skus.size, empty.shape[1]), dtype=bool)
    np.logical_or.at(has_some, sku, ~empty)
    none: Flags = ~has_some[sku]
    return none


@retried
def replace(days: Days, rows: Sequence[Row]) -> None:
    """Put these rows in the place of what was worked out for the days before."""
    theirs = (DemandDay.day.between(days.first, days.last), ~DemandDay.imported)
    with transaction() as session:
        session.execute(delete(DemandDay).where(*theirs))
        added = insert_for_engine(DemandDay).on_conflict_do_nothing()
        for some in chunked(rows, ROWS_AT_ONCE):
            session.execute(added, list(some))
