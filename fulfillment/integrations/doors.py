"""Where shops knock: addresses in their own words, open to whoever signs by the shop's secret.

They are no part of our own API: what stands there, Shopify and WooCommerce decide.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, jsonify, request

from fulfillment.integrations import messages, shops, signing
from fulfillment.integrations.messages import refused
from fulfillment.integrations.models import IN, Shop, ShopKind
from fulfillment.integrations.shopify import kind as shopify
from fulfillment.integrations.shopify import reads
from fulfillment.integrations.signing import NOBODYS, BadSignature
from fulfillment.integrations.woocommerce import reading
from fulfillment.platform import access, context
from fulfillment.platform.bodies import parse_json
from fulfillment.platform.columns import REFERENCE_LENGTH
from fulfillment.platform.commands import Command, as_view
from fulfillment.platform.context import Actor, Role
from fulfillment.platform.errors import Invalid

View = Callable[..., Any]

SHOPIFY_SIGNATURE, SHOPIFY_DOMAIN = "X-Shopify-Hmac-Sha256", "X-Shopify-Shop-Domain"
WOO_SIGNATURE, WOO_TOPIC = "X-WC-Webhook-Signature", "X-WC-Webhook-Topic"
WOO_DELIVERY = "X-WC-Webhook-Delivery-ID"
PING = b"webhook_id="
MOST_NAMES = 250

doors = Blueprint("shops", __name__, url_prefix="/v1/integrations")


def opened(kind: ShopKind, is_signed: Callable[[Shop | None], bool]) -> Callable[[View], View]:
    """Let through only what a shop of this kind has signed; it is the author of what follows."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(code: str) -> Any:
            shop = shops.find(code)
            if not is_signed(shop) or shop is None or shop.kind != kind:
                raise BadSignature
            token = context.actor.set(access.admitted(Actor(f"shop:{code}", Role.STOREFRONT)))
            try:
                return view(code)
            finally:
                context.actor.reset(token)

        return guarded

    return declare


def secrets_of(shop: Shop | None) -> Any:
    return shop.secrets if shop else NOBODYS


def signs_body(header: str) -> Callable[[Shop | None], bool]:
    """Return what tells whether the body is signed, in this header."""

    def tell(shop: Shop | None) -> bool:
        given = request.headers.get(header, "")
        return signing.signed_by(secrets_of(shop), request.get_data(), given)

    return tell


def signs_query(shop: Shop | None) -> bool:
    """Tell whether a question is signed, in a header or a parameter, or need not be."""
    query, given = request.query_string, request.headers.get(SHOPIFY_SIGNATURE, "")
    secrets = secrets_of(shop)
    by_header = signing.signed_by(secrets, query, given)
    by_parameter = signing.query_signed_by(secrets, query.decode("utf-8", "replace"))
    unsigned = not given and "hmac" not in request.args
    return by_header or by_parameter or bool(unsigned and shop and shop.unsigned_reads)


def command(view: View) -> View:
    return as_view(Command(view, None, None))


@doors.post("/<code>/shopify/fulfillment_order_notification")
@opened(ShopKind.SHOPIFY, signs_body(SHOPIFY_SIGNATURE))
@command
def shopify_notifies(code: str) -> Response:
    """Take note that requests wait in Shopify; the worker asks for them."""
    told = parse_json(request.get_data())
    kind = told.get("kind") if isinstance(told, dict) else None
    if kind not in shopify.WAITING:
        raise Invalid({"kind": [f"Must be one of {', '.join(shopify.WAITING)}."]})
    shopify.ask(shops.get(code), kind)
    return jsonify({"success": True})


@doors.get("/<code>/shopify/fetch_stock")
@doors.get("/<code>/shopify/fetch_stock.json")
@opened(ShopKind.SHOPIFY, signs_query)
def shopify_fetches_stock(code: str) -> Response:
    """Tell what can be promised, by SKU."""
    asked = request.args
    return jsonify(reads.stock(shops.get(code), asked.get("sku"), asked.get("location_id")))


@doors.get("/<code>/shopify/fetch_tracking_numbers")
@doors.get("/<code>/shopify/fetch_tracking_numbers.json")
@opened(ShopKind.SHOPIFY, signs_query)
def shopify_fetches_tracking_numbers(code: str) -> Response:
    """Tell the numbers of parcels, by the names of their fulfillments."""
    names = [*request.args.getlist("order_names[]"), *request.args.getlist("order_names")]
    if len(names) > MOST_NAMES:
        raise Invalid({"order_names": [f"At most {MOST_NAMES} at once."]})
    numbers = reads.tracking_numbers(shops.get(code), names)
    told = f"{len(numbers)} of {len(names)} have a tracking number."
    return jsonify({"tracking_numbers": numbers, "message": told, "success": True})


@doors.post("/<code>/woocommerce")
def woocommerce_calls(code: str) -> Any:
    """Take a webhook; the first call of a new one is a form, not signed, and means nothing."""
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    if is_form and request.get_data().startswith(PING):
        return jsonify({"success": True})
    return woocommerce_tells(code)


@opened(ShopKind.WOOCOMMERCE, signs_body(WOO_SIGNATURE))
@command
def woocommerce_tells(code: str) -> Response:
    """Keep what a webhook tells of an order; the worker acts on it."""
    shop, raw, topic = shops.get(code), request.get_data(), request.headers.get(WOO_TOPIC, "")
    if topic not in reading.TOPICS:
        return jsonify({"success": True, "kept": False})
    order = parse_json(raw)
    # Deliveries of one second share an id.
    key = sha256(request.headers.get(WOO_DELIVERY, "").encode() + b"\0" + raw).hexdigest()
    subject = str(order.get("id", "?"))[:REFERENCE_LENGTH] if isinstance(order, dict) else "?"
    try:
        body = reading.wish_of(shop, topic, order).document()
        kept = messages.keep(code, IN, topic, subject, body, key)
    except KeyError as error:
        problem = refused(f"It is not the document of an order: {error} is missing.")
        kept = messages.keep(code, IN, topic, subject, {}, key, problem)
    except (TypeError, ValueError, AttributeError) as error:
        problem = refused(f"It is not the document of an order: {error}.")
        kept = messages.keep(code, IN, topic, subject, {}, key, problem)
    return jsonify({"success": True, "kept": kept})
