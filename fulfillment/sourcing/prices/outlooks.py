"""Outlooks: the demand that is expected near each facility, and when it gets stock again.

Planning publishes an estimate; whoever has a better forecast publishes that in its place.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import select

from fulfillment.platform.db import db
from fulfillment.sourcing.models import Outlook
from fulfillment.sourcing.prices import published

DAY = timedelta(days=1)


class SkuOutlook(Struct, frozen=True):
    """Units a day of one SKU by facility's zone, and the day of a facility's next receipt."""

    sku: str
    per_day: Mapping[str, float]
    receipts: Mapping[str, date]
    line_units: float = 1.0

    def demand(self, facility: str, now: datetime, horizon_days: int) -> float:
        """Return the units asked for in a zone until the facility's next receipt.

        Without one, or if its day is over, until the horizon.
        """
        days = float(horizon_days)
        if facility in self.receipts:
            end = datetime.combine(self.receipts[facility], time(), UTC) + DAY
            days = (end - now) / DAY if end > now else days
        return self.per_day.get(facility, 0.0) * days


class Baskets(Struct, frozen=True):
    """How lines hang together: the share of lines with 1, 2, .. others, the mean line's weight,
    and the share of demand whose SKU each facility has.
    """

    companions: tuple[float, ...]
    line_weight_g: float
    cover: Mapping[str, float]


def publish(rows: Iterable[SkuOutlook], baskets: Baskets, as_of: datetime) -> None:
    """Put outlooks in place of all earlier ones."""
    figures = {
        "companions": list(baskets.companions),
        "line_weight_g": baskets.line_weight_g,
        "cover": dict(baskets.cover),
    }
    stored = map(row_of, rows)
    published.replace(published.MARGINAL, Outlook, stored, as_of, figures=figures)


def row_of(outlook: SkuOutlook) -> dict[str, object]:
    return {
        "sku": outlook.sku,
        "per_day": {at: units for at, units in outlook.per_day.items() if units > 0},
        "receipts": {at: day.isoformat() for at, day in outlook.receipts.items()},
        "line_units": outlook.line_units,
    }


def find(skus: Collection[str]) -> dict[str, SkuOutlook]:
    """Return the outlooks of these SKUs; those that nobody is expected to ask for are absent."""
    columns = (Outlook.sku, Outlook.per_day, Outlook.receipts, Outlook.line_units)
    rows = db.session.execute(select(*columns).where(Outlook.sku.in_(skus)))
    return {row.sku: outlook_of(*row) for row in rows if row.per_day}


def line_units() -> dict[str, float]:
    """Return the units of a mean order line, for every SKU that was asked for."""
    return {
        row.sku: row.line_units
        for row in db.session.execute(select(Outlook.sku, Outlook.line_units))
    }


def outlook_of(
    sku: str, per_day: Mapping[str, float], receipts: Mapping[str, str], line_units: float
) -> SkuOutlook:
    """Return an outlook from what is stored of it."""
    days = {at: date.fromisoformat(day) for at, day in receipts.items()}
    return SkuOutlook(sku, per_day, days, line_units)


def baskets_of(figures: Mapping[str, Any]) -> Baskets:
    """Return what was published of baskets."""
    return Baskets(tuple(figures["companions"]), figures["line_weight_g"], figures["cover"])
