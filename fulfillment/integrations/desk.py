"""What shops are told and asked: a postman's desk, with patience for shops that are down."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import exists, or_, select, update

from fulfillment.integrations import messages, shops
from fulfillment.integrations.kinds import kind_of
from fulfillment.integrations.models import OUT, Message, Shop
from fulfillment.platform import clock
from fulfillment.platform.bodies import parse_json
from fulfillment.platform.db import db, retried, transaction
from fulfillment.platform.errors import Refusal
from fulfillment.platform.uploads import Unreadable
from fulfillment.platform.upserts import table_of
from fulfillment.platform.webhooks import patience
from fulfillment.platform.webhooks.parcels import MARGIN, Desk, Parcel, Try
from fulfillment.platform.webhooks.sending import Answer, printable

LISTEN = 4 * 2**20
# The shop understood, and will say the same the next time.
FINAL = {400, 404, 405, 409, 410, 413, 422}
# While a shop is in trouble, it is tried with one message at a time.
TROUBLE = patience.TROUBLE
SOON = timedelta(seconds=30)

log = structlog.get_logger()


def ready() -> list[tuple[str, bool]]:
    """Return the shops that something is due for, and whether each is in trouble."""
    waits = exists().where(Message.shop == Shop.code, *messages.due(OUT))
    rested = or_(Shop.rest_until.is_(None), Shop.rest_until <= clock.now())
    found = select(Shop.code, Shop.failures >= TROUBLE).where(Shop.active, rested, waits)
    return [(code, troubled) for code, troubled in db.session.execute(found)]


@retried
def claim(code: str, most: int, seconds: float) -> list[Parcel]:
    """Take the messages to a shop that are due, as many as it may be given now."""
    with transaction() as session:
        free = select(Shop).where(Shop.code == code, Shop.active)
        shop = session.scalar(free.with_for_update(skip_locked=True))
        now = clock.now()
        if shop is None or (shop.rest_until and shop.rest_until > now):
            return []
        most = 1 if shop.failures >= TROUBLE else most
        mine = (Message.shop == code, *messages.due(OUT), messages.first_of_its_subject())
        chosen = select(Message).where(*mine).order_by(Message.next_at, Message.id).limit(most)
        found = session.scalars(chosen.execution_options(populate_existing=True)).all()
        return [p for p in (parcel(shop, one, seconds) for one in found) if p]


def parcel(shop: Shop, message: Message, seconds: float) -> Parcel | None:
    """Return a message as it is sent; one that cannot be said any more, or not yet, is not."""
    try:
        request = kind_of(shop).request(shop, message)
    except Refusal as error:
        messages.finish(message, messages.refusal(error))
        return None
    except messages.Later as later:
        messages.put_off(message, str(later), SOON)
        return None
    message.attempts += 1
    message.lease_until = message.next_at = clock.now() + timedelta(seconds=seconds) + MARGIN
    return Parcel(
        receiver=shop.code,
        url=shop.url.rstrip("/") + request.path,
        secrets=(),
        event_id=message.id,
        subject=message.subject,
        body=json.dumps(request.document).encode(),
        lease_until=message.lease_until,
        seconds=seconds,
        headers=request.headers,
        listen=LISTEN,
        method=request.method,
    )


@retried
def settle(code: str, tries: Sequence[Try]) -> dict[UUID, str]:
    """Write down what came of tries, and return the status of each message that is still there."""
    with transaction() as session:
        shop = shops.find_locked(code)
        if shop is None:
            return {}
        note_health(shop, [answer for _, answer in tries])
        ids = [parcel.event_id for parcel, _ in tries]
        found = select(Message).where(Message.id.in_(ids)).order_by(Message.id).with_for_update()
        known = {message.id: message for message in session.scalars(found)}
        for parcel, answer in tries:
            message = known.get(parcel.event_id)
            # With another lease it was taken for dead, and somebody else tries it.
            if message and message.lease_until == parcel.lease_until:
                book(shop, message, answer)
        return {message.id: message.status for message in known.values()}


def book(shop: Shop, message: Message, answer: Answer) -> None:
    """Bring a message to what the answer to a try makes of it."""
    problem = answer.problem or "no answer"
    if answer.status in FINAL:
        said = printable(answer.body.decode("utf-8", "replace"))
        messages.finish(message, messages.refused(f"{problem}: {said}"))
    elif not answer.taken:
        messages.put_off(message, problem, patience.asked_for(answer) or None)
    else:
        understand(shop, message, answer.body)


def understand(shop: Shop, message: Message, raw: bytes) -> None:
    """Act on what a shop said to a message that it took."""
    try:
        with db.session.begin_nested():
            outcome = kind_of(shop).settle(shop, message, parse_json(raw))
    except messages.Later as later:
        messages.put_off(message, str(later), SOON)
    except (Unreadable, LookupError, TypeError, ValueError, AttributeError) as error:
        told = f"The answer is not understood: {type(error).__name__}: {error}"
        messages.put_off(message, told)
    else:
        if outcome is None:
            message.next_at, message.lease_until = clock.now(), None
        else:
            messages.finish(message, outcome)


def note_health(shop: Shop, answers: Sequence[Answer]) -> None:
    """Write down how a shop is; one that says no is well."""
    heard = [replace(one, problem=None) if one.status in FINAL else one for one in answers]
    # Beside the version, which is of what people set.
    table = table_of(Shop)
    values = patience.health(shop.failures, heard)
    db.session.execute(update(table).where(table.c.code == shop.code).values(values))


def tell(parcel: Parcel, answer: Answer, status: str | None) -> None:
    """Log a try, without what is secret in it."""
    told = {"shop": parcel.receiver, "message": str(parcel.event_id), "status": status}
    if answer.taken:
        log.debug("shop told", **told)
    else:
        log.warning("shop not told", **told, problem=answer.problem)


SHOPS = Desk(lambda: False, ready, claim, settle, tell)
