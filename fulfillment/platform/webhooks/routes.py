"""Webhooks over HTTP."""

from typing import Any

from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, tag
from fulfillment.platform.webhooks import replaying, schemas, subscriptions

ADMIN = frozenset({Role.ADMIN})
ONE = "/webhooks/<code>"

routes = Room("webhooks", __name__, "Who is told what happens, and what became of it")


@routes.lists("/webhooks", to=ADMIN, item=schemas.WebhookOut)
def list_webhooks(query: dict[str, Any]) -> Any:
    """List webhooks by code."""
    return subscriptions.page(**query)


@routes.reads(ONE, to=ADMIN, returns=schemas.WebhookDetail, live=True)
def get_webhook(code: str) -> Any:
    """Read one webhook, and how its receiver is."""
    webhook = subscriptions.get(code)
    return subscriptions.described(webhook), tag(webhook)


@routes.writes(
    "PUT",
    ONE,
    to=ADMIN,
    body=schemas.WebhookIn,
    returns=schemas.WebhookMade,
    solve=subscriptions.check_target,
    current=subscriptions.find_locked,
)
@routes.alt_response(201, schema=schemas.WebhookMade)
def put_webhook(values: dict[str, Any], _checked: None, code: str) -> Any:
    """Create a webhook, which shows its secret this once, or replace it as a whole."""
    webhook, secret = subscriptions.put(code, values)
    shown = {**subscriptions.described(webhook), "secret": secret}
    return shown, 201 if secret else 200, tag(webhook)


@routes.writes("DELETE", ONE, to=ADMIN, status=204, current=subscriptions.get_locked)
def delete_webhook(code: str) -> None:
    """End a webhook; what waits for it is not delivered any more."""
    subscriptions.remove(code)


@routes.writes("POST", f"{ONE}/rotate", to=ADMIN, returns=schemas.WebhookMade)
def rotate_webhook_secret(code: str) -> Any:
    """Make another secret, shown this once; the present one signs beside it for a day."""
    webhook = subscriptions.rotate(code)
    shown = {**subscriptions.described(webhook), "secret": webhook.secret}
    return shown, 200, tag(webhook)


@routes.lists(f"{ONE}/deliveries", to=ADMIN, query=schemas.DeliveryQuery, item=schemas.DeliveryOut)
def list_webhook_deliveries(query: dict[str, Any], code: str) -> Any:
    """List what a webhook was given, and what became of it, oldest first."""
    return replaying.page(code, **query)


@routes.writes("POST", f"{ONE}/replay", to=ADMIN, body=schemas.ReplayIn, returns=schemas.ReplayOut)
def replay_webhook(body: dict[str, Any], code: str) -> Any:
    """Queue news again, by its ids or by its time, under the same `webhook-id`."""
    return {"queued": replaying.replay(code, body)}


@routes.writes("POST", f"{ONE}/test", to=ADMIN, returns=schemas.DeliveryOut, status=202)
def test_webhook(code: str) -> Any:
    """Queue a `webhook.test`; its delivery shows what came of it."""
    return replaying.send_test(code)
