"""Reads of purchase orders."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from fulfillment.platform import rows
from fulfillment.platform.db import db
from fulfillment.platform.pages import Page, paginate
from fulfillment.supply.purchasing.models import PurchaseOrder, PurchaseOrderLine, Status

FILTERS = ("status", "supplier", "facility", "reference", "plan_id")


def get(order_id: UUID) -> PurchaseOrder:
    """Return a purchase order."""
    return rows.get(PurchaseOrder, order_id, "purchase order")


def get_locked(order_id: UUID) -> PurchaseOrder:
    """Return a purchase order as it is now, locked until the transaction ends."""
    return rows.get(PurchaseOrder, order_id, "purchase order", locked=True)


def page(query: Mapping[str, Any]) -> Page:
    """Return a page of purchase orders, oldest first."""
    chosen = select(PurchaseOrder)
    for name in FILTERS:
        if query.get(name):
            chosen = chosen.where(getattr(PurchaseOrder, name) == query[name])
    return paginate(chosen, [PurchaseOrder.id], query["limit"], query["cursor"])


class Awaited(Struct, frozen=True):
    """Units that a supplier was sent an order for and that have not come, and when they will."""

    sku: str
    facility: str
    expected_on: date | None
    units: int


def awaited() -> list[Awaited]:
    """Return what is still to come of the orders that were sent."""
    rows = db.session.execute(
        select(
            PurchaseOrderLine.sku,
            PurchaseOrder.facility,
            PurchaseOrder.expected_on,
            PurchaseOrderLine.outstanding,
        )
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
        .where(PurchaseOrderLine.outstanding > 0)
    )
    return [Awaited(*row) for row in rows]


def to_be_sent() -> Sequence[PurchaseOrder]:
    """Return the orders that are approved and not sent yet, oldest first."""
    chosen = select(PurchaseOrder).where(PurchaseOrder.status == Status.APPROVED)
    return db.session.scalars(chosen.order_by(PurchaseOrder.id)).all()


def proposed_by_plans() -> dict[UUID, UUID]:
    """Return the orders that plans proposed and nobody has looked at yet, with their plans."""
    mine = (PurchaseOrder.status == Status.PROPOSED, PurchaseOrder.plan_id.is_not(None))
    rows = db.session.execute(select(PurchaseOrder.id, PurchaseOrder.plan_id).where(*mine))
    return {row.id: row.plan_id for row in rows}
