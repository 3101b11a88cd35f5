"""Tries: who may be tried now, what a worker takes, and what it writes down afterwards.

Nothing here speaks HTTP: a try lies between `claim` and `settle`, outside any transaction.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, exists, func, or_, select, update

from fulfillment.platform import clock
from fulfillment.platform.db import db, retried, transaction
from fulfillment.platform.figures import Counter, Histogram
from fulfillment.platform.outbox import Event
from fulfillment.platform.webhooks import lag, lines, patience, signing, spreading, subscriptions
from fulfillment.platform.webhooks.models import DELIVERED, PARKED, PENDING, Delivery, Webhook
from fulfillment.platform.webhooks.parcels import AT_ONCE, MARGIN, Desk, Parcel, Try
from fulfillment.platform.webhooks.patience import GIVEN_UP, TROUBLE
from fulfillment.platform.webhooks.sending import Answer

AT_ONCE_PARKED = 500
BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

log = structlog.get_logger()
tries_total = Counter(
    "fulfillment_webhook_tries", "What became of deliveries.", ["webhook", "outcome"]
)
try_seconds = Histogram("fulfillment_webhook_try_seconds", "How long tries took.", buckets=BUCKETS)


def tend() -> bool:
    """Queue fresh news, and measure how late webhooks are."""
    spread = spreading.spread()
    lag.measure()
    return bool(spread)


def due(moment: datetime) -> ColumnElement[bool]:
    return Delivery.next_at <= moment


def ready() -> list[tuple[str, bool]]:
    """Return the webhooks that something is due for, and whether each is in trouble."""
    now = clock.now()
    waits = exists().where(Delivery.webhook == Webhook.code, due(now))
    rested = or_(Webhook.rest_until.is_(None), Webhook.rest_until <= now)
    found = select(Webhook.code, Webhook.failures >= TROUBLE).where(Webhook.active, rested, waits)
    return [(code, troubled) for code, troubled in db.session.execute(found)]


@retried
def claim(code: str, most: int, seconds: float) -> list[Parcel]:
    """Take the deliveries of a webhook that are due, as many as it may be given now."""
    with transaction() as session:
        # Whoever holds it is claiming or settling: there will be another round.
        free = select(Webhook).where(Webhook.code == code, Webhook.active)
        free = free.with_for_update(skip_locked=True).execution_options(populate_existing=True)
        webhook = session.scalar(free)
        now = clock.now()
        if webhook is None or (webhook.rest_until and webhook.rest_until > now):
            return []
        most = min(most, may_try(webhook, now))
        if not most:
            return []
        mine = (Delivery.webhook == code, due(now))
        order = (Delivery.next_at, Delivery.event_id)
        found = select(Delivery.event_id, Event).join(Event, Event.id == Delivery.event_id)
        events = [e for _, e in session.execute(found.where(*mine).order_by(*order).limit(most))]
        until = now + timedelta(seconds=seconds) + MARGIN
        taken = {"lease_until": until, "next_at": until, "attempts": Delivery.attempts + 1}
        these = (Delivery.webhook == code, Delivery.event_id.in_([e.id for e in events]))
        lines.write(update(Delivery).where(*these).values(taken))
        return [parcel(webhook, event, until, seconds) for event in events]


def may_try(webhook: Webhook, now: datetime) -> int:
    """Return how many more tries a webhook may have under way."""
    if webhook.failures >= TROUBLE:
        park_overdue(webhook.code, now)
    leased = (Delivery.webhook == webhook.code, Delivery.lease_until > now)
    under_way = db.session.scalar(select(func.count()).select_from(Delivery).where(*leased)) or 0
    return max(0, (1 if webhook.failures >= TROUBLE else AT_ONCE) - under_way)


def parcel(webhook: Webhook, event: Event, until: datetime, seconds: float) -> Parcel:
    return Parcel(
        receiver=webhook.code,
        url=webhook.url,
        secrets=subscriptions.secrets_of(webhook),
        event_id=event.id,
        subject=event.subject,
        body=signing.body_of(event.kind, event.occurred_at, event.payload),
        lease_until=until,
        seconds=seconds,
    )


@retried
def settle(code: str, tries: Sequence[Try]) -> dict[UUID, str]:
    """Write down what came of a webhook's tries, and let the next of their subjects go.

    Return the status of each delivery that is still there.
    """
    with transaction() as session:
        webhook = subscriptions.find_locked(code)
        if webhook is None:
            return {}
        patience.note_health(webhook, [answer for _, answer in tries])
        ids = Delivery.event_id.in_([parcel.event_id for parcel, _ in tries])
        chosen = select(Delivery).where(Delivery.webhook == code, ids)
        found = {delivery.event_id: delivery for delivery in session.scalars(chosen)}
        for parcel, answer in tries:
            delivery = found.get(parcel.event_id)
            if delivery is not None and delivery.status == PENDING:
                finish(delivery, parcel, answer)
        session.flush()
        for subject in {delivery.subject for delivery in found.values()}:
            lines.release_next(code, subject)
        return {name: delivery.status for name, delivery in found.items()}


def finish(delivery: Delivery, parcel: Parcel, answer: Answer) -> None:
    """Bring a pending delivery to what a try's answer makes of it."""
    now = clock.now()
    if answer.taken:
        end(delivery, DELIVERED, now)
    elif delivery.lease_until != parcel.lease_until:
        return  # taken for dead: another worker tries it
    elif now - delivery.queued_at >= GIVEN_UP:
        end(delivery, PARKED, now)
    else:
        delivery.lease_until = None
        delivery.next_at = min(
            now + patience.pause(delivery.attempts), delivery.queued_at + GIVEN_UP
        )
    delivery.answer, delivery.problem = answer.status, answer.problem


def end(delivery: Delivery, status: str, moment: datetime) -> None:
    delivery.status, delivery.finished_at = status, moment
    delivery.next_at = delivery.lease_until = None


def park_overdue(code: str, now: datetime) -> None:
    """Park what waits too long for a receiver in trouble, tried or not, some of it at a time."""
    waiting = (Delivery.webhook == code, Delivery.status == PENDING)
    oldest = select(Delivery).where(*waiting).order_by(Delivery.event_id).limit(AT_ONCE_PARKED)
    parked = [d for d in db.session.scalars(oldest) if is_overdue(d, now)]
    for delivery in parked:
        end(delivery, PARKED, now)
    db.session.flush()
    for subject in {delivery.subject for delivery in parked}:
        lines.release_next(code, subject)
    if parked:
        log.error("webhook deliveries parked", webhook=code, deliveries=len(parked))
        tries_total.labels(code, PARKED).inc(len(parked))


def is_overdue(delivery: Delivery, now: datetime) -> bool:
    under_way = delivery.lease_until is not None and delivery.lease_until > now
    return now - delivery.queued_at >= GIVEN_UP and not under_way


def tell(parcel: Parcel, answer: Answer, status: str | None) -> None:
    """Count a try, and log it without what is secret in it."""
    tries_total.labels(parcel.receiver, DELIVERED if answer.taken else "failed").inc()
    try_seconds.observe(answer.seconds)
    told = {"webhook": parcel.receiver, "event_id": str(parcel.event_id), "status": status}
    if answer.taken:
        log.debug("webhook delivered", **told)
    else:
        log.warning("webhook failed", **told, problem=answer.problem)
        if status == PARKED:
            tries_total.labels(parcel.receiver, PARKED).inc()


WEBHOOKS = Desk(tend, ready, claim, settle, tell)
