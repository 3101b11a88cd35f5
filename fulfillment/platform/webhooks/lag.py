"""How late webhooks are: the age of the oldest news that each still has to take."""

import time

from sqlalchemy import select

from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.platform.figures import Gauge
from fulfillment.platform.webhooks.models import PENDING, Delivery, Webhook

EVERY_SECONDS = 15.0

lag_seconds = Gauge(
    "fulfillment_webhook_lag_seconds",
    "Age of the oldest news that a webhook still has to take.",
    ["webhook"],
    multiprocess_mode="mostrecent",
)
measured: dict[str, float] = {}


def measure() -> None:
    """Measure once in a while."""
    if time.monotonic() - measured.get("at", -EVERY_SECONDS) >= EVERY_SECONDS:
        measured["at"] = time.monotonic()
        for webhook, seconds in ages().items():
            lag_seconds.labels(webhook).set(seconds)


def ages() -> dict[str, float]:
    """Return the seconds that each webhook's oldest delivery has waited; 0 where none waits."""
    mine = (Delivery.webhook == Webhook.code, Delivery.status == PENDING)
    oldest = select(Delivery.queued_at).where(*mine).order_by(Delivery.event_id).limit(1)
    now = clock.now()
    found = db.session.execute(select(Webhook.code, oldest.scalar_subquery()))
    return {code: (now - since).total_seconds() if since else 0.0 for code, since in found}
