"""Deliveries in line: which news a webhook is given, and which of them may go next."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, literal, null, or_, select, update
from sqlalchemy.orm import aliased

from fulfillment.platform import clock
from fulfillment.platform.db import db, insert_for_engine
from fulfillment.platform.outbox import Event
from fulfillment.platform.webhooks.models import PENDING, Delivery, Webhook

EVERYTHING = "*"
FAMILY = ".*"
# Sent to the one webhook that is tried out.
TEST = "webhook.test"
COLUMNS = ["webhook", "event_id", "kind", "subject", "status", "attempts", "queued_at"]


@cache
def waits_for_another() -> ColumnElement[bool]:
    """Return the condition on a delivery that an earlier one of its subject is pending."""
    earlier = aliased(Delivery)
    return exists().where(
        earlier.webhook == Delivery.webhook,
        earlier.subject == Delivery.subject,
        earlier.status == PENDING,
        earlier.event_id < Delivery.event_id,
    )


def first_id(moment: datetime) -> UUID:
    """Return the lowest id (UUID of version 7) that is made from this moment on."""
    return UUID(int=max(0, int(moment.timestamp() * 1000)) << 80)


def wanted(patterns: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition on news to be of these kinds: `order.placed`, `order.*` or `*`."""
    if EVERYTHING in patterns:
        return Event.kind != TEST
    families = [p.removesuffix("*") for p in patterns if p.endswith(FAMILY)]
    exact = [pattern for pattern in patterns if not pattern.endswith(FAMILY)]
    starts = (Event.kind.startswith(family, autoescape=True) for family in families)
    return or_(Event.kind.in_(exact), *starts)


def queue(webhook: Webhook, *which: ColumnElement[bool], again: bool = False) -> int:
    """Put news at the end of a webhook's lines; `again`, also what is over; return how much."""
    moment = clock.now()
    values = (literal(PENDING), literal(0), literal(moment, Delivery.queued_at.type))
    news = select(literal(webhook.code), Event.id, Event.kind, Event.subject, *values)
    insert = insert_for_engine(Delivery).from_select(COLUMNS, news.where(*which))
    if again:
        fresh: dict[str, Any] = dict.fromkeys(("finished_at", "answer", "problem"), null())
        fresh |= {"status": PENDING, "attempts": 0, "queued_at": moment}
        insert = insert.on_conflict_do_update(
            index_elements=["webhook", "event_id"], set_=fresh, where=Delivery.status != PENDING
        )
    else:
        insert = insert.on_conflict_do_nothing()
    queued = db.session.execute(insert.returning(Delivery.event_id)).all()
    return len(queued)


def release(webhook: str, ids: Collection[UUID]) -> None:
    """Let those of some fresh deliveries go that wait for no other."""
    waiting = (Delivery.status == PENDING, Delivery.next_at.is_(None), ~waits_for_another())
    here = (Delivery.webhook == webhook, Delivery.event_id.in_(ids))
    write(update(Delivery).where(*here, *waiting).values(next_at=clock.now()))


def release_next(webhook: str, subject: str) -> None:
    """Let the earliest pending delivery of a subject go, if it is not under way."""
    line = (Delivery.webhook == webhook, Delivery.subject == subject, Delivery.status == PENDING)
    head = db.session.scalar(
        select(Delivery.event_id).where(*line).order_by(Delivery.event_id).limit(1)
    )
    if head is not None:
        of_it = (Delivery.webhook == webhook, Delivery.event_id == head)
        stands = Delivery.next_at.is_(None)
        write(update(Delivery).where(*of_it, stands).values(next_at=clock.now()))


def count_anew(webhook: str) -> None:
    """Count the days that its pending deliveries wait from now on."""
    here = (Delivery.webhook == webhook, Delivery.status == PENDING)
    write(update(Delivery).where(*here).values(queued_at=clock.now()))


def line_up(webhook: str) -> None:
    """Put all of a webhook's lines in order, after older news was put into them."""
    here = (Delivery.webhook == webhook, Delivery.status == PENDING)
    going = (Delivery.next_at.is_not(None), waits_for_another())
    write(update(Delivery).where(*here, *going).values(next_at=None))
    standing = (Delivery.next_at.is_(None), ~waits_for_another())
    write(update(Delivery).where(*here, *standing).values(next_at=clock.now()))


def write(statement: Any) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
