"""The history of demand as the forecast reads it: weeks, by SKU and facility."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select

from fulfillment.planning.demand.models import DemandDay
from fulfillment.platform.db import db

WEEK = 7
# With fewer days known a week tells nothing.
FEWEST_DAYS = 4
ROWS_AT_ONCE = 10_000

Amounts = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Weeks:
    """Units asked for in each week, NaN where that is not known: S series, T weeks, K SKUs."""

    last: date  # the last day of the last week
    skus: Sequence[str]  # [K]
    sku: Counts  # [S]
    facilities: Sequence[str]  # [S]
    units: Amounts  # [S, T]

    @property
    def known(self) -> Counts:
        """How many weeks of each series are known. [S]"""
        weeks: Counts = (~np.isnan(self.units)).sum(axis=1)
        return weeks


def weeks_until(last: date, most: int) -> Weeks | None:
    """Return the latest weeks of every series that was asked for in them; None without any.

    A week with days on which nobody had the SKU counts as many units as its other days would have
    brought, and is not known if these are few. A SKU is not known before it was first asked for.
    """
    first_known = db.session.scalar(select(func.min(DemandDay.day)))
    if first_known is None or first_known > last:
        return None
    count = min(most, max(1, ((last - first_known).days + 1) // WEEK))
    first = last - timedelta(days=count * WEEK - 1)
    found = read(first, last)
    if not found:
        return None
    names, facilities, days, asked, censored = zip(*found, strict=True)
    keys, series = np.unique(np.array([names, facilities]), axis=1, return_inverse=True)
    week = np.array([(day - first).days // WEEK for day in days])
    units, missing = np.zeros((2, keys.shape[1], count))
    np.add.at(units, (series, week), asked)
    np.add.at(missing, (series, week), censored)
    skus, sku = np.unique(keys[0], return_inverse=True)
    begun = begin_of(skus.tolist(), first)[sku]
    known = (WEEK - missing >= FEWEST_DAYS) & (np.arange(count) >= begun[:, None])
    units = np.where(known, units * WEEK / np.maximum(WEEK - missing, 1), np.nan)
    return Weeks(last, skus.tolist(), sku, keys[1].tolist(), units)


def read(first: date, last: date) -> list[tuple[str, str, date, int, bool]]:
    rows = select(
        DemandDay.sku, DemandDay.facility, DemandDay.day, DemandDay.asked, DemandDay.censored
    ).where(DemandDay.day.between(first, last))
    found = db.session.execute(rows.execution_options(yield_per=ROWS_AT_ONCE))
    return [(sku, facility, day, asked, censored) for sku, facility, day, asked, censored in found]


def begin_of(skus: Sequence[str], first: date) -> Counts:
    """Return the number of the week in which each SKU was first asked for, wherever. [K]"""
    rows = select(DemandDay.sku, func.min(DemandDay.day)).group_by(DemandDay.sku)
    days: dict[str, date] = {row[0]: row[1] for row in db.session.execute(rows)}
    return np.array([max(0, (days[sku] - first).days // WEEK) for sku in skus], dtype=np.int64)
