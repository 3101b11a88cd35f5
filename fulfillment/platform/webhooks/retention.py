"""Deliveries that are over: kept for a while, then forgotten."""

from datetime import datetime

from sqlalchemy import delete, select

from fulfillment.platform.db import db
from fulfillment.platform.webhooks import lines
from fulfillment.platform.webhooks.models import DELIVERED, PARKED, PENDING, Delivery, Webhook


def forget_before(delivered: datetime, others: datetime, most: int) -> int:
    """Delete the oldest deliveries: those taken before a moment, the others before another.

    What is pending as old as that belongs to a webhook that is switched off: its news goes too.
    """
    codes = db.session.scalars(select(Webhook.code).order_by(Webhook.code)).all()
    moments = {DELIVERED: delivered, PARKED: others, PENDING: others}
    return sum(forget(code, *kept, most) for code in codes for kept in moments.items())


def forget(code: str, status: str, before: datetime, most: int) -> int:
    # Ids grow with time, and what is old now was made before it was old.
    made_before = Delivery.event_id < lines.first_id(before)
    here = (Delivery.webhook == code, Delivery.status == status, made_before)
    oldest = select(Delivery).where(*here).order_by(Delivery.event_id).limit(most)
    old = [d for d in db.session.scalars(oldest) if (d.finished_at or d.queued_at) < before]
    ids = Delivery.event_id.in_([delivery.event_id for delivery in old])
    db.session.execute(delete(Delivery).where(*here, ids))
    if old and status == PENDING:
        lines.line_up(code)
    return len(old)
