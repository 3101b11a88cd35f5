"""Reads of returns."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from fulfillment.orders.returns.models import OPEN, Return, ReturnLine
from fulfillment.platform import rows
from fulfillment.platform.db import db
from fulfillment.platform.pages import Page, paginate

Place = tuple[UUID, str]
"""A line of a shipment: its id and the SKU."""

FILTERS = ("status", "order_id", "external_ref")


def get(return_id: UUID) -> Return:
    """Return a return."""
    return rows.get(Return, return_id, "return")


def get_locked(return_id: UUID) -> Return:
    """Return a return as it is now, locked until the transaction ends."""
    return rows.get(Return, return_id, "return", locked=True)


def page(query: Mapping[str, Any]) -> Page:
    """Return a page of returns, oldest first; a key that is bound to facilities sees theirs."""
    chosen = select(Return)
    for name in FILTERS:
        if query.get(name):
            chosen = chosen.where(getattr(Return, name) == query[name])
    chosen = chosen.where(*rows.of_facility(Return.facility, query.get("facility")))
    return paginate(chosen, [Return.id], query["limit"], query["cursor"])


def awaited(order_id: UUID) -> dict[Place, int]:
    """Return the units that an order's open returns still wait for, by line of a shipment."""
    outstanding = ReturnLine.quantity - ReturnLine.received - ReturnLine.short
    found = db.session.execute(
        select(ReturnLine.shipment_id, ReturnLine.sku, func.sum(outstanding))
        .join(Return, Return.id == ReturnLine.return_id)
        .where(Return.order_id == order_id, Return.status.in_(OPEN))
        .group_by(ReturnLine.shipment_id, ReturnLine.sku)
    )
    return {(shipment_id, sku): int(units) for shipment_id, sku, units in found}
