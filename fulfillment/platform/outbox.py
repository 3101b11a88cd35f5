"""The outbox: news is written in the transaction of the change, and travels up after it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from msgspec import Struct
from sqlalchemy import ColumnElement, Index, String, delete, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform import clock
from fulfillment.platform.columns import Document, UtcDateTime
from fulfillment.platform.db import Base, db, retried, retrying, transaction
from fulfillment.platform.ids import new_id

BATCH = 100
NEWS = "news"
RETRY_AFTER = timedelta(seconds=30)
UNTOLD = text("untold_since IS NOT NULL")

log = structlog.get_logger()


class Event(Base):
    """One piece of news.

    `due_at` is empty once no room waits for it any more, `untold_since` once webhooks have it.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_due_at_id", "due_at", "id"),
        Index("ix_events_untold", "id", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(100), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(Document)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    untold_since: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Subscriber(Struct, frozen=True):
    """A room's answer to news: `solve` outside any transaction, `record` inside one.

    What need not be `at_once` is left to the worker: whoever made the news does not wait for it.
    """

    solve: Callable[[dict[str, Any]], Any]
    record: Callable[[dict[str, Any], Any], None]
    at_once: bool = True


subscribers: dict[str, Subscriber] = {}


def subscribe(kind: str, subscriber: Subscriber) -> None:
    """Name the one room that acts on this kind of news; `create_app` wires them all."""
    subscribers[kind] = subscriber


def publish(kind: str, subject: UUID | str, **payload: Any) -> None:
    """Write news into the present transaction."""
    moment = clock.now()
    event = Event(
        kind=kind,
        subject=str(subject),
        payload=payload,
        occurred_at=moment,
        due_at=moment if kind in subscribers else None,
        untold_since=moment,
    )
    db.session.add(event)
    if event.due_at and subscribers[kind].at_once:
        db.session.info[NEWS] = True


def dispatch_new() -> None:
    """Act at once on what this session published; whatever fails is left to the worker."""
    if db.session.info.pop(NEWS, False):
        dispatch()


def dispatch() -> int:
    """Act on the news that is due; return how many pieces were acted on."""
    now = clock.now()
    # Nothing is put off for longer than that: what is, was written by a clock that was ahead.
    is_due = (Event.due_at <= now, Event.due_at > now + RETRY_AFTER)
    waiting = [(e.id, e.kind, e.payload) for some in is_due for e in first_of(some)]
    return sum(handle(*event) for event in waiting)


def first_of(some: ColumnElement[bool]) -> Sequence[Event]:
    """Return the first of some events, by the index of those that somebody waits for."""
    chosen = select(Event).where(some).order_by(Event.due_at, Event.id)
    return db.session.scalars(chosen.limit(BATCH)).all()


def handle(event_id: UUID, kind: str, payload: dict[str, Any]) -> bool:
    subscriber = subscribers[kind]
    try:
        solved = subscriber.solve(payload)
        return retrying(lambda: record_once(event_id, subscriber, payload, solved))
    except Exception:
        log.exception("news was not acted on", event_id=str(event_id), kind=kind)
        put_off(event_id)
        return False


@retried
def put_off(event_id: UUID) -> None:
    with transaction() as session:
        later = {"due_at": clock.now() + RETRY_AFTER, "attempts": Event.attempts + 1}
        session.execute(update(Event).where(Event.id == event_id).values(later))


def record_once(
    event_id: UUID, subscriber: Subscriber, payload: dict[str, Any], solved: Any
) -> bool:
    with transaction() as session:
        # The conditional write makes the effect happen once, whoever else dispatches.
        unclaimed = (Event.id == event_id, Event.due_at.is_not(None))
        claimed: Any = session.execute(update(Event).where(*unclaimed).values(due_at=None))
        if claimed.rowcount:
            subscriber.record(payload, solved)
    return bool(claimed.rowcount)


def forget_before(moment: datetime, most: int) -> int:
    """Delete the oldest news, if it is from before `moment` and nobody waits for it."""
    # In the order of ids, which grow with time: the old ones stand at the index's beginning.
    columns = (Event.id, Event.occurred_at, Event.due_at, Event.untold_since)
    oldest = db.session.execute(select(*columns).order_by(Event.id).limit(most))
    old = [e.id for e in oldest if e.occurred_at < moment and not e.due_at and not e.untold_since]
    db.session.execute(delete(Event).where(Event.id.in_(old)))
    return len(old)
