"""Forecasts, for people and for plans."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import select

from fulfillment.planning.forecasts.models import Forecast, ForecastRun
from fulfillment.platform import rows
from fulfillment.platform.db import db
from fulfillment.platform.pages import Page, paginate


def get(facility: str, sku: str) -> Forecast:
    """Return the latest forecast of a SKU at a facility."""
    return rows.get(Forecast, (sku, facility), "forecast")


def page(query: Mapping[str, Any]) -> Page:
    """Return a page of the latest forecasts, by SKU and facility."""
    chosen = select(Forecast).execution_options(populate_existing=True)
    for name in ("sku", "facility"):
        if value := query.get(name):
            chosen = chosen.where(getattr(Forecast, name) == value)
    order = [Forecast.sku, Forecast.facility]
    return paginate(chosen, order, query["limit"], query["cursor"])


def runs(query: Mapping[str, Any]) -> Page:
    """Return a page of forecast runs, oldest first."""
    return paginate(select(ForecastRun), [ForecastRun.id], query["limit"], query["cursor"])


def latest_run() -> ForecastRun | None:
    """Return the run that the forecasts are of."""
    return db.session.scalar(select(ForecastRun).order_by(ForecastRun.id.desc()).limit(1))


class Expected(Struct, frozen=True):
    """What is expected of a SKU at a facility: mean units a day, and what a day's vary by."""

    per_day: float
    variance_per_day: float


def expected() -> dict[tuple[str, str], Expected]:
    """Return what is expected of all SKUs, by SKU and facility."""
    days = Forecast.lead_weeks * 7
    chosen = select(
        Forecast.sku, Forecast.facility, Forecast.per_day, Forecast.deviation, days
    ).where(Forecast.per_day > 0)
    return {
        (sku, facility): Expected(per_day, deviation**2 / length)
        for sku, facility, per_day, deviation, length in db.session.execute(chosen)
    }


def per_day(since: date) -> dict[str, dict[str, float]]:
    """Return the units a day that are expected of each SKU, by facility, as of `since` or later."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    chosen = select(Forecast.sku, Forecast.facility, Forecast.per_day)
    for sku, facility, units in db.session.execute(chosen.where(Forecast.as_of >= since)):
        found[sku][facility] = units
    return found
