"""The customer's page: where the parcels are and when they come, by a secret link and no login."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from fulfillment.shipping.models import Status
from fulfillment.tracking import links, queries, travel
from fulfillment.tracking.derivation import MEANING
from fulfillment.tracking.models import TrackingEvent
from fulfillment.tracking.vocabularies import Word

HERE = Path(__file__).parent
JSON, HTML = "application/json", "text/html"
# Nothing but our own style sheet: no script, no form, no frame.
POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
SECURITY = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Vary": "Accept",
}
NEWEST_EVENTS = 50
# At the door, the place may be an address.
AT_THE_DOOR = {Word.DELIVERED, Word.ATTEMPT_FAILED}
STATUSES = {
    Status.PLANNED: "Being prepared",
    Status.RELEASED: "Being prepared",
    Status.PICKED: "Being prepared",
    Status.PACKED: "Packed",
    Status.HANDED_OVER: "Handed to the carrier",
    Status.IN_TRANSIT: "On its way",
    Status.OUT_FOR_DELIVERY: "Out for delivery",
    Status.ATTEMPTED: "Delivery was tried",
    Status.EXCEPTION: "Delayed: the carrier is looking into it",
    Status.DELIVERED: "Delivered",
    Status.RETURNED: "On its way back to the sender",
}
SAID = {word: STATUSES[status] for word, status in MEANING.items()} | {
    Word.AVAILABLE_FOR_PICKUP: "Ready for you to pick up",
    Word.PRE_TRANSIT: "Announced to the carrier",
    Word.FAILURE: "Delayed",
    Word.ERROR: "Delayed",
    Word.CANCELLED: "Delayed",
}
TROUBLE = {Status.EXCEPTION, Status.ATTEMPTED, Status.RETURNED}

pages = Blueprint(
    "track",
    __name__,
    static_folder=HERE / "static",
    static_url_path="/track/static",
    template_folder=HERE / "templates",
)


@pages.get("/track/<token>")
def track(token: str) -> Response:
    """Show where an order is, as a page or as JSON."""
    order_id = links.order_of(token)
    wanted = request.accept_mimetypes.best_match([HTML, JSON], default=HTML)
    told = public(queries.order(order_id)) if order_id else None
    if wanted == JSON:
        answer = jsonify(told or {"detail": "There is no such page."})
    else:
        answer = Response(render_template("track.html", order=told), mimetype=HTML)
    answer.status_code = 200 if told else 404
    answer.headers.update(SECURITY)
    return answer


def public(order: Mapping[str, Any]) -> dict[str, Any]:
    """Return what anybody with the link may know: of the address, the town and postal code."""
    destination, shipments = order["destination"], order["shipments"]
    zone = travel.zone_at(destination)
    scans = scans_of([shipment["id"] for shipment in shipments])
    return {
        "status": order["status"],
        "town": destination.get("city"),
        "postal_code": destination.get("postal_code"),
        "promised_on": day(order["promised_on"]),
        "expected_on": day(order["expected_on"]),
        "local_time": zone is not None,
        "shipments": [of_shipment(one, scans[one["id"]], zone or UTC) for one in shipments],
    }


def of_shipment(
    shipment: Mapping[str, Any], scans: Sequence[TrackingEvent], zone: tzinfo
) -> dict[str, Any]:
    delivered = shipment["delivered_at"]
    return {
        "status": shipment["status"],
        "said": STATUSES[shipment["status"]],
        "trouble": shipment["late"] or shipment["status"] in TROUBLE,
        "carrier": shipment["carrier"],
        "tracking_number": shipment["tracking_number"],
        "parcels": max(1, len(shipment["packages"])),
        "promised_on": day(shipment["promised_on"]),
        "expected_on": day(shipment["expected_on"]),
        "delivered_at": delivered and delivered.astimezone(zone).isoformat(),
        "late": shipment["late"],
        "events": [of_scan(scan, zone) for scan in scans],
    }


def scans_of(shipment_ids: Sequence[Any]) -> dict[Any, list[TrackingEvent]]:
    """Return the newest valid events of these shipments that say something, newest first."""
    return {one: queries.newest_valid(one, list(SAID), NEWEST_EVENTS) for one in shipment_ids}


def of_scan(scan: TrackingEvent, zone: tzinfo) -> dict[str, Any]:
    # A message may name whoever took the parcel in, so it is not shown.
    word = Word(scan.word)
    return {
        "at": scan.occurred_at.astimezone(zone).isoformat(),
        "said": SAID[word],
        "location": None if word in AT_THE_DOOR else scan.location,
    }


@pages.app_template_filter("day")
def in_words(value: str) -> str:
    """Return a date as people read it: Monday, 31 August."""
    told = date.fromisoformat(value)
    return f"{told:%A}, {told.day} {told:%B}"


@pages.app_template_filter("moment")
def moment_in_words(value: str) -> str:
    """Return a moment as people read it, on the clock that it is given by."""
    told = datetime.fromisoformat(value)
    return f"{told.day} {told:%B}, {told:%H:%M}"


def day(value: Any) -> str | None:
    return value.isoformat() if value else None
