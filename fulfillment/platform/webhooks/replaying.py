"""News once more: what was parked or lost, what came before a webhook was there, and a test."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid, WrongStatus
from fulfillment.platform.outbox import Event
from fulfillment.platform.pages import Page, paginate
from fulfillment.platform.webhooks import lines, subscriptions
from fulfillment.platform.webhooks.models import Delivery

MOST = 10_000
# An id is made when a row is written, some time after the moment that the row tells of.
WRITTEN_WITHIN = timedelta(hours=1)


def replay(code: str, body: Mapping[str, Any]) -> int:
    """Queue news again, by its ids or by its time; return how much.

    By time it is all news that the webhook wants, whether it was given to it before or not; with a
    `status`, those of its deliveries that are in it. What is pending already stays as it is.

    Raises:
        Invalid: an id is unknown, or it is too much at once.
    """
    webhook = subscriptions.get_locked(code)
    ids = body["ids"] or in_time(webhook.code, wish(body, lines.wanted(webhook.events)))
    known = set(db.session.scalars(select(Event.id).where(Event.id.in_(ids))))
    unknown = [f"ids.{number}" for number, name in enumerate(ids) if name not in known]
    if unknown:
        raise Invalid({field: ["There is no such news any more."] for field in unknown})
    queued = lines.queue(webhook, Event.id.in_(ids), again=True)
    lines.line_up(webhook.code)
    return queued


def wish(body: Mapping[str, Any], wanted: ColumnElement[bool]) -> Select[Any]:
    """Return the search for the news of a stretch of time."""
    since, until = body["since"], body["until"]
    if body["status"] is None:
        found = select(Event.id).where(wanted)
    else:
        delivered = (Delivery.status == body["status"],)
        found = select(Event.id).join(Delivery, Delivery.event_id == Event.id).where(*delivered)
    within = (
        Event.id >= lines.first_id(since),
        Event.id < lines.first_id(until + WRITTEN_WITHIN),
    )
    return found.where(*within, Event.occurred_at >= since, Event.occurred_at < until)


def in_time(code: str, found: Select[Any]) -> Sequence[UUID]:
    ids = db.session.scalars(found.order_by(Event.id).limit(MOST + 1)).all()
    if len(ids) > MOST:
        raise Invalid({"to": [f"That is more than {MOST} events; choose a shorter time."]})
    return ids


def send_test(code: str) -> Delivery:
    """Queue a `webhook.test` for one webhook.

    Raises:
        WrongStatus: it is not active.
    """
    webhook = subscriptions.get_locked(code)
    if not webhook.active:
        raise WrongStatus("webhook", "inactive", ["active"])
    event = Event(
        kind=lines.TEST,
        subject=webhook.code,
        payload={"webhook": webhook.code},
        occurred_at=clock.now(),
    )
    db.session.add(event)
    db.session.flush()
    lines.queue(webhook, Event.id == event.id)
    lines.release(webhook.code, [event.id])
    return db.session.get_one(Delivery, (webhook.code, event.id))


def page(code: str, limit: int, cursor: str | None, status: str | None = None) -> Page:
    """Return the deliveries of a webhook, oldest first."""
    chosen = select(Delivery).where(Delivery.webhook == subscriptions.get(code).code)
    if status is not None:
        chosen = chosen.where(Delivery.status == status)
    return paginate(chosen, [Delivery.event_id], limit, cursor)
