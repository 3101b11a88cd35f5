"""Plans and their lines, for people."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from fulfillment.planning import runs
from fulfillment.planning.models import Plan, PlanLine, PlanPrice
from fulfillment.platform.pages import Page, paginate


def plans(query: Mapping[str, Any]) -> Page:
    """Return a page of plans, oldest first."""
    rows = select(Plan).execution_options(populate_existing=True)
    for name in ("kind", "status"):
        if value := query.get(name):
            rows = rows.where(getattr(Plan, name) == value)
    return paginate(rows, [Plan.id], query["limit"], query["cursor"])


def lines(plan_id: UUID, query: Mapping[str, Any]) -> Page:
    """Return a page of a plan's lines, in their order."""
    rows = select(PlanLine).where(PlanLine.plan_id == runs.get(plan_id).id)
    if outcome := query.get("outcome"):
        rows = rows.where(PlanLine.outcome == outcome)
    if query.get("moved") is not None:
        left = func.coalesce(PlanLine.held_at != PlanLine.facility, False)
        rows = rows.where(left.is_(query["moved"]))
    return paginate(rows, [PlanLine.number], query["limit"], query["cursor"])


def prices(plan_id: UUID, query: Mapping[str, Any]) -> Page:
    """Return a page of what a plan's limits were worth, the dearest first."""
    rows = select(PlanPrice).where(PlanPrice.plan_id == runs.get(plan_id).id)
    for name in ("kind", "facility", "sku"):
        if value := query.get(name):
            rows = rows.where(getattr(PlanPrice, name) == value)
    return paginate(rows, [PlanPrice.number], query["limit"], query["cursor"])
