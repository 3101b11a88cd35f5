"""What Shopify is asked and told: which orders it wants, whether we take them, what left."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fulfillment.integrations import messages
from fulfillment.integrations.messages import DONE, Later, Outcome, ignored, refused
from fulfillment.integrations.models import IN, OUT, Message, Shop, ShopOrder, Status
from fulfillment.integrations.shopify import asking, fulfilling, reading
from fulfillment.integrations.words import Kind, Request
from fulfillment.platform.errors import Invalid

FULFILLMENT, CANCELLATION = "FULFILLMENT_REQUEST", "CANCELLATION_REQUEST"
ASSIGNED = "assignedFulfillmentOrders"
WAITING = {FULFILLMENT: "FULFILLMENT_REQUESTED", CANCELLATION: "CANCELLATION_REQUESTED"}
REPLIES = {
    (FULFILLMENT, True): asking.ACCEPT,
    (FULFILLMENT, False): asking.REJECT,
    (CANCELLATION, True): asking.ACCEPT_CANCELLATION,
    (CANCELLATION, False): asking.REJECT_CANCELLATION,
}
MESSAGE_LENGTH = 255
THROTTLED = "THROTTLED"


def ask(shop: Shop, kind: str, after: str | None = None) -> None:
    """Ask which fulfillment orders wait for us, from a page on."""
    messages.keep(shop.code, OUT, ASSIGNED, ASSIGNED, {"kind": kind, "after": after})


def answer(shop: Shop, message: Message, outcome: Outcome) -> None:
    """Accept or reject what the merchant asked for."""
    reply = REPLIES[message.topic, outcome.status is not Status.REFUSED]
    body = {"message": (outcome.problem or "")[:MESSAGE_LENGTH]}
    messages.keep(shop.code, OUT, reply, message.subject, body, f"{reply}:{message.key}")


def handed_over(shop: Shop, known: ShopOrder, shipment_id: UUID) -> None:
    """Tell that a shipment left."""
    body = {"shipment_id": str(shipment_id)}
    key = f"{fulfilling.TOPIC}:{shipment_id}"
    messages.keep(shop.code, OUT, fulfilling.TOPIC, known.external_id, body, key)


def request(shop: Shop, message: Message) -> Request:
    """Return a message as the GraphQL Admin API takes it."""
    if not shop.token:
        raise Invalid({"token": ["The shop has no access token."]})
    query, variables = said(message)
    document = {"query": query, "variables": variables}
    return Request(asking.PATH, document, headers={asking.TOKEN: shop.token})


def said(message: Message) -> tuple[str, dict[str, Any]]:
    if message.topic == ASSIGNED:
        kind = message.body["kind"]
        which = {"kind": kind, "status": WAITING[kind], "after": message.body["after"]}
        return asking.ASSIGNED, which
    if message.topic == fulfilling.TOPIC:
        return fulfilling.said(message)
    told = message.body["message"] or None
    return asking.reply(message.topic), {"id": message.subject, "message": told}


def settle(shop: Shop, message: Message, answer: Mapping[str, Any]) -> Outcome | None:
    """Act on an answer.

    Raises:
        Later: we ask too much at once.
    """
    if errors := answer.get("errors"):
        if any((one.get("extensions") or {}).get("code") == THROTTLED for one in errors):
            raise Later("Shopify asks for a pause.")
        return refused(spelt(errors))
    data = answer["data"]
    if message.topic == ASSIGNED:
        return take(shop, message.body["kind"], data[ASSIGNED])
    if message.topic == fulfilling.TOPIC:
        return fulfilling.settle(message, data)
    return replied(message, data[message.topic]["userErrors"])


def take(shop: Shop, kind: str, page: Mapping[str, Any]) -> Outcome:
    """Keep the fulfillment orders that wait for us, each request once."""
    for node in page["nodes"]:
        wish = reading.wish_of(shop, node, cancel=kind == CANCELLATION)
        key = f"{kind}:{reading.request_id(node)}"
        messages.keep(shop.code, IN, kind, node["id"], wish.document(), key)
    if page["pageInfo"]["hasNextPage"]:
        ask(shop, kind, page["pageInfo"]["endCursor"])
    return DONE


def replied(message: Message, errors: list[dict[str, Any]]) -> Outcome:
    if errors and message.attempts > 1:
        # The answer to an earlier try was lost, and it had its effect.
        return ignored(f"Said before: {spelt(errors)}")
    return refused(spelt(errors)) if errors else DONE


def spelt(errors: list[dict[str, Any]]) -> str:
    return " ".join(str(one["message"]) for one in errors)


SHOPIFY = Kind(answer, handed_over, request, settle, hears_no=True)
