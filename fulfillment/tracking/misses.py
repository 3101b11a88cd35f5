"""Earlier misses: how often a customer's deliveries came after their promise."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import func, select

from fulfillment.platform.db import db
from fulfillment.tracking.models import Journey


class Misses(Struct, frozen=True):
    """How many of a customer's deliveries came too late, and when the newest of them came."""

    count: int = 0
    newest_at: datetime | None = None


NONE = Misses()


def of_customers(journeys: Iterable[Journey]) -> dict[str | None, Misses]:
    """Return the earlier misses of all customers of these journeys that had any, by one query."""
    customers = {one.customer_ref for one in journeys if one.customer_ref}
    if not customers:
        return {}
    # What was delivered has days; what came back to the sender has none.
    late = Journey.days.is_not(None), Journey.ended_at >= Journey.due_at
    found = db.session.execute(
        select(Journey.customer_ref, func.count(), func.max(Journey.ended_at))
        .where(Journey.customer_ref.in_(customers), *late)
        .group_by(Journey.customer_ref)
    )
    return {customer: Misses(count, newest_at) for customer, count, newest_at in found}


def columns(journey: Journey, known: dict[str | None, Misses]) -> dict[str, Any]:
    """Return what is told of the customer of a journey that may be late."""
    misses = known.get(journey.customer_ref, NONE)
    return {
        "customer_ref": journey.customer_ref,
        "missed_before": misses.count,
        "last_missed_at": misses.newest_at,
    }
