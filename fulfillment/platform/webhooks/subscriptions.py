"""Webhooks themselves: put one, give it another secret, read them, end one."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from fulfillment.platform import clock, rows
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid
from fulfillment.platform.pages import Page, paginate
from fulfillment.platform.upserts import checked_key, put_row
from fulfillment.platform.webhooks import lines, signing, targets
from fulfillment.platform.webhooks.models import PENDING, Delivery, Webhook
from fulfillment.platform.webhooks.schemas import WebhookRow

# For so long both secrets sign, so that a receiver can change over in its own time.
OVERLAP = timedelta(days=1)
WELL = {"failures": 0, "rest_until": None, "problem": None}


def check_target(values: Mapping[str, Any], **_: Any) -> None:
    """Look up the host of a URL, outside any transaction.

    Raises:
        Invalid: nothing is sent there.
    """
    rules = targets.rules()
    try:
        targets.look_up(targets.parse(values["url"], rules), rules)
    except targets.Refused as error:
        raise Invalid({"url": [str(error)]}) from error


def put(code: str, values: Mapping[str, Any]) -> tuple[Webhook, str | None]:
    """Write a webhook as a whole; return it, with its secret if it is new.

    What waited while it was not active goes out once it is.
    """
    key = checked_key(WebhookRow, code=code)
    row = find_locked(code)
    if row is not None and all(getattr(row, name) == value for name, value in values.items()):
        return row, None
    more: dict[str, Any] = {"updated_at": clock.now()}
    if row is None:
        more |= {"secret": signing.new_secret(), "created_at": more["updated_at"]}
    was_off = row is not None and not row.active
    webhook, created = put_row(Webhook, key, {**values, **more, **WELL})
    if webhook.active and was_off:
        lines.count_anew(code)
    return webhook, webhook.secret if created else None


def rotate(code: str) -> Webhook:
    """Give a webhook another secret; the present one signs beside it for a day."""
    webhook = get_locked(code)
    webhook.former_secret, webhook.secret = webhook.secret, signing.new_secret()
    webhook.updated_at = clock.now()
    webhook.former_until = webhook.updated_at + OVERLAP
    db.session.flush()
    return webhook


def secrets_of(webhook: Webhook) -> tuple[str, ...]:
    """Return the secrets that sign now, the present one first."""
    until = webhook.former_until
    if webhook.former_secret and until and until > clock.now():
        return (webhook.secret, webhook.former_secret)
    return (webhook.secret,)


def remove(code: str) -> None:
    """End a webhook; what waits for it goes with it."""
    webhook = get_locked(code)
    db.session.execute(delete(Webhook).where(Webhook.code == webhook.code))


def get(code: str) -> Webhook:
    """Return the webhook of this code."""
    return rows.get(Webhook, code, "webhook")


def get_locked(code: str) -> Webhook:
    """Return the webhook; nobody else changes it or its deliveries before the transaction ends."""
    return rows.get(Webhook, code, "webhook", locked=True)


def find_locked(code: str) -> Webhook | None:
    """Return the webhook, if there is one, locked in the same way."""
    return db.session.get(Webhook, code, with_for_update=True, populate_existing=True)


def active_locked() -> Sequence[Webhook]:
    """Return the active webhooks, locked."""
    chosen = select(Webhook).where(Webhook.active).order_by(Webhook.code).with_for_update()
    return db.session.scalars(chosen.execution_options(populate_existing=True)).all()


def described(webhook: Webhook) -> dict[str, Any]:
    """Return a webhook with the moment since which its oldest delivery waits."""
    oldest = select(Delivery.queued_at).where(
        Delivery.webhook == webhook.code, Delivery.status == PENDING
    )
    columns = {column.key: getattr(webhook, column.key) for column in Webhook.__table__.columns}
    since = db.session.scalar(oldest.order_by(Delivery.event_id).limit(1))
    return {**columns, "waiting_since": since}


def page(limit: int, cursor: str | None) -> Page:
    """Return the webhooks, by code."""
    return paginate(select(Webhook), [Webhook.code], limit, cursor)
