"""The history of demand, for people."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fulfillment.catalog import items
from fulfillment.planning.demand.models import DemandDay
from fulfillment.platform.pages import Page, paginate


def page(sku: str, query: Mapping[str, Any]) -> Page:
    """Return a page of a SKU's days of demand, by facility and day."""
    rows = select(DemandDay).where(DemandDay.sku == items.get(sku).sku)
    if facility := query.get("facility"):
        rows = rows.where(DemandDay.facility == facility)
    if since := query.get("since"):
        rows = rows.where(DemandDay.day >= since)
    if until := query.get("until"):
        rows = rows.where(DemandDay.day < until)
    rows = rows.execution_options(populate_existing=True)
    return paginate(rows, [DemandDay.facility, DemandDay.day], query["limit"], query["cursor"])
