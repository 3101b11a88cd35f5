"""From the outbox to the webhooks: each piece of news once to each that wants it."""

from sqlalchemy import select, update

from fulfillment.platform.db import db, retried, transaction
from fulfillment.platform.outbox import Event
from fulfillment.platform.webhooks import lines, subscriptions

AT_ONCE = 500

UNTOLD = Event.untold_since.is_not(None)


def spread() -> int:
    """Queue the oldest news that webhooks do not have yet; return how much it was."""
    if db.session.scalar(select(Event.id).where(UNTOLD).order_by(Event.id).limit(1)) is None:
        return 0
    return spread_some()


@retried
def spread_some() -> int:
    with transaction() as session:
        oldest = select(Event.id).where(UNTOLD).order_by(Event.id).limit(AT_ONCE)
        # Whoever spreads the same waits: news that overtook others here would do so to the end.
        ids = session.scalars(oldest.with_for_update()).all()
        these = Event.id.in_(ids)
        for webhook in subscriptions.active_locked() if ids else ():
            if lines.queue(webhook, these, lines.wanted(webhook.events)):
                lines.release(webhook.code, ids)
        session.execute(update(Event).where(these).values(untold_since=None))
    return len(ids)
