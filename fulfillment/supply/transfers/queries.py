"""Reads of transfers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import case, or_, select

from fulfillment.platform import rows
from fulfillment.platform.db import db
from fulfillment.platform.pages import Page, paginate
from fulfillment.supply.transfers.models import Status, Transfer, TransferLine


def get(transfer_id: UUID) -> Transfer:
    """Return a transfer."""
    return rows.get(Transfer, transfer_id, "transfer")


def get_locked(transfer_id: UUID) -> Transfer:
    """Return a transfer as it is now, locked until the transaction ends."""
    return rows.get(Transfer, transfer_id, "transfer", locked=True)


def page(query: Mapping[str, Any]) -> Page:
    """Return a page of transfers, oldest first."""
    chosen = select(Transfer)
    for name in ("status", "from_facility", "to_facility", "reference", "plan_id"):
        if query.get(name):
            chosen = chosen.where(getattr(Transfer, name) == query[name])
    return paginate(chosen, [Transfer.id], query["limit"], query["cursor"])


class Inbound(Struct, frozen=True):
    """Units on their way to a facility; those that have not left yet have no `shipped_at`."""

    sku: str
    from_facility: str
    to_facility: str
    shipped_at: datetime | None
    units: int


def inbound() -> list[Inbound]:
    """Return what transfers still bring: all that is ready to leave or in transit."""
    left = case(
        (Transfer.status == Status.READY, TransferLine.quantity), else_=TransferLine.in_transit
    )
    rows = db.session.execute(
        select(
            TransferLine.sku,
            Transfer.from_facility,
            Transfer.to_facility,
            Transfer.shipped_at,
            left,
        )
        .join(Transfer, Transfer.id == TransferLine.transfer_id)
        .where(
            Transfer.status.in_((Status.READY, Status.IN_TRANSIT)),
            or_(Transfer.status == Status.READY, TransferLine.in_transit > 0),
        )
    )
    return [Inbound(*row) for row in rows]


def proposed_by_plans() -> dict[UUID, UUID]:
    """Return the transfers that plans proposed and nobody has looked at yet, with their plans."""
    mine = (Transfer.status == Status.PROPOSED, Transfer.plan_id.is_not(None))
    rows = db.session.execute(select(Transfer.id, Transfer.plan_id).where(*mine))
    return {row.id: row.plan_id for row in rows}
