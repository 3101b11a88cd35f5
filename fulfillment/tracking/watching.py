"""The watch over deliveries: journeys begin, and promises at risk are told of in time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from fulfillment.platform import clock, outbox
from fulfillment.platform.db import db, retried, transaction
from fulfillment.shipping import finding
from fulfillment.shipping.finding import Found
from fulfillment.tracking import journeys, misses, settling
from fulfillment.tracking.models import LEVELS, LIKELY, MISSED, QUIET, Journey

AT_ONCE = 1_000
# The first watch looks back so far; a transaction that hands over takes no longer than the overlap.
FIRST_LOOK = timedelta(days=60)
OVERLAP = timedelta(hours=1)
# Whatever nobody hears of for so long after it was due is not watched any more.
FORGOTTEN = timedelta(days=30)
NEWS = "shipment.late_risk"


def refresh() -> str:
    """Begin the journeys of shipments that left, and tell of those that may be late."""
    begun, raised = begin_all(), 0
    while some := raise_some():
        raised += some
    return f"{begun} journeys begun, {raised} warnings"


def begin_all() -> int:
    """Begin the journeys of what was handed over since the newest that has begun."""
    newest = journeys.newest()
    since = newest - OVERLAP if newest else clock.now() - FIRST_LOOK
    begun, after = 0, None
    while left := finding.left_since(since, after, AT_ONCE):
        begun += begin([found for _, found in left])
        since, after = left[-1][0], left[-1][1].id
    return begun


@retried
def begin(found: Sequence[Found]) -> int:
    """Begin the journeys of those shipments that have none, by what was told of them before."""
    with transaction():
        new = journeys.unknown([one.id for one in found])
        if new:
            shipments = settling.lock([one for one in found if one.id in new])
            settling.settle(shipments, news=False)
        return len(new)


@retried
def raise_some() -> int:
    """Tell once of each journey whose chance to be late is too high, and once when it is late."""
    now = clock.now()
    with transaction() as session:
        chosen = select(Journey).where(*watched(now), to_raise(now)).order_by(Journey.shipment_id)
        rows = session.scalars(chosen.limit(AT_ONCE).with_for_update()).all()
        for level in (LIKELY, MISSED):
            raise_to(level, [one for one in rows if level_at(one, now) == level])
        return len(rows)


def watched(now: datetime) -> list[ColumnElement[bool]]:
    """Return what chooses the journeys that go on and are not given up."""
    return [Journey.ended_at.is_(None), Journey.due_at > now - FORGOTTEN]


def to_raise(now: datetime) -> ColumnElement[bool]:
    missed = and_(Journey.due_at <= now, Journey.raised < MISSED)
    return or_(missed, and_(Journey.risky_at <= now, Journey.raised == QUIET))


def level_at(journey: Journey, now: datetime) -> int:
    return MISSED if journey.due_at <= now else LIKELY


def raise_to(level: int, rows: Sequence[Journey]) -> None:
    known = misses.of_customers(rows)
    for journey in rows:
        customer = misses.columns(journey, known)
        last = customer.pop("last_missed_at")
        outbox.publish(
            NEWS,
            journey.order_id,
            shipment_id=str(journey.shipment_id),
            order_id=str(journey.order_id),
            facility=journey.facility,
            carrier=journey.carrier or None,
            level=LEVELS[level],
            due_at=journey.due_at.isoformat(),
            **customer,
            last_missed_at=last and last.isoformat(),
        )
    ids = [journey.shipment_id for journey in rows]
    db.session.execute(update(Journey).where(Journey.shipment_id.in_(ids)).values(raised=level))
