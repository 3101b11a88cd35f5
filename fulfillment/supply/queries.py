"""Reads of transfers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from fulfillment.platform import rows
from fulfillment.platform.db import db
from fulfillment.platform.pages import Page, paginate
from fulfillment.supply.models import Status, Transfer, TransferLine


def get(transfer_id: UUID) -> Transfer:
    """Return a transfer."""
    return rows.get(Transfer, transfer_id, "transfer")


def get_locked(transfer_id: UUID) -> Transfer:
    """Return a transfer as it is now, locked until the transaction ends."""
    return rows.get(Transfer, transfer_id, "transfer", locked=True)


def page(query: Mapping[str, Any]) -> Page:
    """Return a page of transfers, oldest first."""
    chosen = select(Transfer)
    for name in ("status", "from_facility", "to_facility", "reference"):
        if query.get(name):
            chosen = chosen.where(getattr(Transfer, name) == query[name])
    return paginate(chosen, [Transfer.id], query["limit"], query["cursor"])


@dataclass(frozen=True)
class Inbound:
    """A SKU on its way to a facility; one that has not left yet has no `shipped_at`."""

    sku: str
    from_facility: str
    to_facility: str
    shipped_at: datetime | None


def inbound() -> list[Inbound]:
    """Return what transfers still bring: all that is ready to leave or in transit."""
    rows = db.session.execute(
        select(TransferLine.sku, Transfer.from_facility, Transfer.to_facility, Transfer.shipped_at)
        .join(Transfer, Transfer.id == TransferLine.transfer_id)
        .where(
            Transfer.status.in_((Status.READY, Status.IN_TRANSIT)),
            or_(Transfer.status == Status.READY, TransferLine.in_transit > 0),
        )
    )
    return [Inbound(*row) for row in rows]
