"""Shapes of webhooks over HTTP."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from fulfillment.platform.fields import code, flag, moment, text
from fulfillment.platform.pages import PageQuery
from fulfillment.platform.tags import all_different
from fulfillment.platform.webhooks.models import STATUSES

PATTERN = re.compile(r"\*|[a-z_]{1,40}\.(\*|[a-z_]{1,40})")
MOST_PATTERNS = 100
MOST_IDS = 500


def is_pattern(value: str) -> None:
    if not PATTERN.fullmatch(value):
        raise ValidationError("Must be a kind of news, such as order.placed, order.* or *.")


class WebhookIn(Schema):
    """Who wants which news."""

    url = text(
        2000,
        required=True,
        metadata={"description": "https, of a host with public addresses only."},
    )
    events = fields.List(
        fields.String(validate=is_pattern),
        validate=(validate.Length(1, MOST_PATTERNS), all_different),
        load_default=lambda: ["*"],
        metadata={"description": "Kinds of news: `order.placed`, `order.*`; `*` is all of them."},
    )
    active = flag(
        load_default=True,
        metadata={"description": "What happens while it is not is not queued; replay it."},
    )
    description = text(load_default=None, allow_none=True)


class WebhookRow(WebhookIn):
    """A webhook with its code."""

    code = code(required=True)


class WebhookOut(Schema):
    """A webhook; its secret is never shown again."""

    code = fields.String(required=True)
    url = fields.String(required=True)
    events = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)
    description = fields.String(required=True, allow_none=True)
    failures = fields.Integer(
        required=True, metadata={"description": "Tries that failed, in a row."}
    )
    problem = fields.String(
        required=True, allow_none=True, metadata={"description": "Of the last try that failed."}
    )
    delivered_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    failed_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    former_until = fields.AwareDateTime(
        required=True,
        allow_none=True,
        format="iso",
        metadata={"description": "Until then the secret before the present one signs too."},
    )
    created_at = fields.AwareDateTime(required=True, format="iso")
    updated_at = fields.AwareDateTime(required=True, format="iso")
    version = fields.Integer(required=True)


class WebhookDetail(WebhookOut):
    """A webhook, and since when its oldest delivery waits."""

    waiting_since = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class WebhookMade(WebhookDetail):
    """A webhook; a secret that was just made is shown this once."""

    secret = fields.String(required=True, allow_none=True)


class DeliveryOut(Schema):
    """A piece of news for a webhook."""

    id = fields.UUID(
        required=True,
        attribute="event_id",
        metadata={"description": "The `webhook-id` of every try."},
    )
    type = fields.String(required=True, attribute="kind")
    subject = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    attempts = fields.Integer(required=True)
    queued_at = fields.AwareDateTime(required=True, format="iso")
    next_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        format="iso",
        metadata={"description": "Pending without one: an earlier one of its subject goes first."},
    )
    finished_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    answer = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The last try's HTTP status."}
    )
    problem = fields.String(required=True, allow_none=True)


class DeliveryQuery(PageQuery):
    """Which deliveries."""

    status = fields.String(validate=validate.OneOf(STATUSES))


class ReplayIn(Schema):
    """News to queue again: by its ids, or by its time."""

    ids = fields.List(
        fields.UUID(), load_default=list, validate=(validate.Length(max=MOST_IDS), all_different)
    )
    since = moment(data_key="from", load_default=None)
    until = moment(data_key="to", load_default=None)
    status = fields.String(
        load_default=None,
        validate=validate.OneOf(["delivered", "parked"]),
        metadata={"description": "Only its deliveries in this status, not all news of the time."},
    )

    @validates_schema(skip_on_field_errors=True)
    def is_one_wish(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse both ways at once, neither, and half a stretch of time."""
        times = [data["since"], data["until"]]
        if data["ids"] and (any(times) or data["status"]):
            raise ValidationError("Either ids, or a time.", "ids")
        if not data["ids"] and not all(times):
            raise ValidationError("Either ids, or both from and to.", "from")
        if all(times) and data["since"] >= data["until"]:
            raise ValidationError("Must be after from.", "to")


class ReplayOut(Schema):
    """How much was queued again."""

    queued = fields.Integer(required=True)
