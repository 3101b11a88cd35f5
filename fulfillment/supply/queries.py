"""Reads of transfers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fulfillment.platform import rows
from fulfillment.platform.pages import Page, paginate
from fulfillment.supply.models import Transfer


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
