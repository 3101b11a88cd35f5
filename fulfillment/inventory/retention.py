"""Carts that came to nothing: kept for a while, then deleted with what was promised to them."""

from datetime import datetime

from sqlalchemy import delete, select

from fulfillment.inventory.models import Hold, Promise
from fulfillment.platform.db import db

ENDED = ("expired", "released")


def forget_carts(before: datetime, most: int) -> int:
    """Delete carts that ended unplaced before a moment, with their promises; return how many.

    The promises are closed, so no stock level counts them. What became an order is kept.
    """
    dead = (Hold.status.in_(ENDED), Hold.expires_at < before)
    ids = db.session.scalars(select(Hold.id).where(*dead).order_by(Hold.expires_at).limit(most))
    chosen = ids.all()
    theirs = (Promise.owner_id.in_(chosen), Promise.closed_at.is_not(None))
    db.session.execute(delete(Promise).where(*theirs))
    db.session.execute(delete(Hold).where(Hold.id.in_(chosen)))
    return len(chosen)
