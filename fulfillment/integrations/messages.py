"""Messages between shops and us: each is kept once, worked on when it is due, and stays visible."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import aliased

from fulfillment.integrations.models import IN, OUT, Message, Shop, Status
from fulfillment.platform import clock, outbox, rows
from fulfillment.platform.db import db, insert_for_engine
from fulfillment.platform.errors import Refusal, WrongStatus
from fulfillment.platform.ids import new_id
from fulfillment.platform.pages import Page, paginate
from fulfillment.platform.webhooks import lines, patience

PROBLEM_LENGTH = 1_000
FILTERS = ("status", "direction", "subject")
GIVEN_UP = "Given up after three days: "


class Outcome(Struct, frozen=True):
    """What became of a message; a problem says why it was refused."""

    status: Status
    problem: str | None = None


DONE = Outcome(Status.DONE)


class Later(Exception):
    """Not now; the message says why."""


def refused(problem: str) -> Outcome:
    return Outcome(Status.REFUSED, problem[:PROBLEM_LENGTH])


def ignored(problem: str) -> Outcome:
    return Outcome(Status.IGNORED, problem)


def refusal(error: Refusal) -> Outcome:
    """Return a refusal as people read it in a list."""
    told = [f"{path}: {' '.join(texts)}" for path, texts in (error.errors or {}).items()]
    return refused(" ".join([error.detail, *told]))


def keep(
    shop: str,
    direction: str,
    topic: str,
    subject: str,
    body: Mapping[str, Any],
    key: str | None = None,
    outcome: Outcome | None = None,
) -> bool:
    """Keep a message, to be worked on at once if it has no outcome yet; False if it was there."""
    moment, message_id = clock.now(), new_id()
    over = outcome is not None
    row = {
        "id": message_id,
        "shop": shop,
        "direction": direction,
        "topic": topic,
        "key": key or str(message_id),
        "subject": subject,
        "body": dict(body),
        "status": outcome.status if outcome else Status.PENDING,
        "problem": outcome.problem if outcome else None,
        "attempts": 0,
        "created_at": moment,
        "queued_at": moment,
        "next_at": None if over else moment,
        "finished_at": moment if over else None,
    }
    statement = insert_for_engine(Message).values(row).on_conflict_do_nothing()
    return db.session.execute(statement.returning(Message.id)).first() is not None


def due(direction: str) -> list[ColumnElement[bool]]:
    """Return what chooses the messages to be worked on now, of shops that are active."""
    is_due = (Message.status == Status.PENDING, Message.next_at <= clock.now())
    active = select(Shop.code).where(Shop.active)
    return [Message.direction == direction, Message.shop.in_(active), *is_due]


def next_in() -> tuple[UUID, str] | None:
    """Return the message to be worked on next, and its shop."""
    chosen = select(Message.id, Message.shop).where(*due(IN)).order_by(Message.next_at, Message.id)
    row = db.session.execute(chosen.limit(1)).first()
    return (row[0], row[1]) if row else None


def first_of_its_subject() -> ColumnElement[bool]:
    """Return what chooses the messages out that wait for no other about the same subject."""
    earlier = aliased(Message)
    waits = exists().where(
        earlier.shop == Message.shop,
        earlier.subject == Message.subject,
        earlier.direction == OUT,
        earlier.status == Status.PENDING,
        earlier.id < Message.id,
    )
    return ~waits


def get_locked(message_id: UUID) -> Message:
    """Return a message that nobody else changes before the transaction ends."""
    return rows.get(Message, message_id, "message", locked=True)


def finish(message: Message, outcome: Outcome) -> None:
    """Write down what became of a message."""
    message.status, message.problem = outcome.status, outcome.problem
    message.finished_at = clock.now()
    message.next_at = message.lease_until = None
    if outcome.status is Status.REFUSED:
        tell(message)


def tell(message: Message) -> None:
    """Tell of a message that was refused: somebody must look at it."""
    outbox.publish(
        "shop_message.refused",
        message.shop,
        shop=message.shop,
        message_id=str(message.id),
        direction=message.direction,
        topic=message.topic,
        about=message.subject,
        problem=message.problem,
    )


def put_off(message: Message, problem: str, wait: timedelta | None = None) -> None:
    """Try a message again later, or give it up after a few days."""
    now = clock.now()
    if now - message.queued_at >= patience.GIVEN_UP:
        finish(message, refused(GIVEN_UP + problem))
        return
    message.problem = problem[:PROBLEM_LENGTH]
    # Nobody knows how much of it was heard: it begins anew.
    message.lease_until = message.step = None
    message.next_at = now + (wait or patience.pause(message.attempts))


def retry(message: Message) -> None:
    """Let a message that was refused be worked on as if it had just come.

    Raises:
        WrongStatus: it was not refused.
    """
    if message.status != Status.REFUSED:
        raise WrongStatus("message", message.status, [Status.REFUSED])
    message.status, message.step, message.attempts = Status.PENDING, None, 0
    message.queued_at = message.next_at = clock.now()
    message.finished_at = None
    db.session.flush()


def page(shop: str, query: Mapping[str, Any]) -> Page:
    """Return a page of a shop's messages, oldest first."""
    chosen = select(Message).where(Message.shop == shop)
    for name in FILTERS:
        if query.get(name):
            chosen = chosen.where(getattr(Message, name) == query[name])
    return paginate(chosen, [Message.id], query["limit"], query["cursor"])


def forget_before(moment: datetime, most: int) -> int:
    """Delete the oldest messages that are over, from before a moment; return how many."""
    # Ids grow with time: the old ones stand at the index's beginning.
    over = (Message.id < lines.first_id(moment), Message.status != Status.PENDING)
    old = db.session.scalars(select(Message.id).where(*over).order_by(Message.id).limit(most)).all()
    db.session.execute(delete(Message).where(Message.id.in_(old)))
    return len(old)
