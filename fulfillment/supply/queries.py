"""Reads of transfers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fulfillment.platform.db import db
from fulfillment.platform.errors import NotFound
from fulfillment.platform.pages import Page, paginate
from fulfillment.supply.models import Transfer


def get(transfer_id: UUID) -> Transfer:
    """Return a transfer."""
    transfer = db.session.get(Transfer, transfer_id)
    if transfer is None:
        raise NotFound("transfer", transfer_id)
    return transfer


def get_locked(transfer_id: UUID) -> Transfer:
    """Return a transfer as it is now, locked until the transaction ends."""
    row = select(Transfer).where(Transfer.id == transfer_id).with_for_update()
    transfer = db.session.scalar(row.execution_options(populate_existing=True))
    if transfer is None:
        raise NotFound("transfer", transfer_id)
    return transfer


def page(query: Mapping[str, Any]) -> Page:
    """Return a page of transfers, oldest first."""
    rows = select(Transfer)
    for name in ("status", "from_facility", "to_facility", "reference"):
        if query.get(name):
            rows = rows.where(getattr(Transfer, name) == query[name])
    return paginate(rows, [Transfer.id], query["limit"], query["cursor"])
