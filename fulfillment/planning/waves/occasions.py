"""Whether a wave would find anything that the last one did not."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, exists, or_, select

from fulfillment.inventory import queries as inventory
from fulfillment.orders import queries as orders
from fulfillment.planning.models import Plan
from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.platform.outbox import Event

# A new day brings new cut-offs and room; and what leaves no news, as a cart that ran out, is found.
LOOK_AGAIN = timedelta(days=1)
NEWS = ("order.placed", "order.cancelled")


def occasion(reconsiders: int) -> str | None:
    """Return why a wave is due, or None: orders wait, or those allocated could be better off now.

    Allocated orders are looked at again when units came in, or orders came or went, since the last
    wave was asked for, and once a day. What a wave itself changes is no reason for the next.
    """
    if orders.waiting(1):
        return "orders wait"
    last = last_wave()
    is_fresh = last is not None and clock.now() - last.created_at < LOOK_AGAIN
    if not reconsiders or (last and is_fresh and not has_changed(last.id)):
        return None
    return "allocated orders may be better off elsewhere" if orders.standing(1) else None


def last_wave() -> Plan | None:
    """Return the wave that was asked for last, of those that take effect."""
    in_effect = and_(Plan.apply, Plan.status.not_in(("failed", "cancelled")))
    chosen = select(Plan).where(or_(in_effect, Plan.status == "applied"))
    return db.session.scalar(chosen.order_by(Plan.id.desc()).limit(1))


def has_changed(since: UUID) -> bool:
    """Tell whether units came in, or orders came or went; ids grow with time."""
    news = select(exists().where(Event.id > since, Event.kind.in_(NEWS)))
    return inventory.units_came_in(since) or bool(db.session.scalar(news))
