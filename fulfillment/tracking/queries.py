"""Reads of tracking: what was told of a shipment, where an order is, what may be late."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from fulfillment.orders import queries as orders
from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.platform.pages import Page, paginate
from fulfillment.platform.rows import of_facility
from fulfillment.shipping import finding
from fulfillment.shipping import queries as shipping
from fulfillment.shipping.models import GONE, Shipment, Status
from fulfillment.tracking import chances, expecting, links, misses, settling, watching
from fulfillment.tracking.derivation import Told, of_parcel, status_of, unvoided, voided
from fulfillment.tracking.expecting import Expected, Outlook
from fulfillment.tracking.lanes import way_of
from fulfillment.tracking.models import LEVELS, Journey, TrackingEvent

AS_IT_HAPPENED = (
    TrackingEvent.occurred_at,
    TrackingEvent.rank,
    TrackingEvent.id,
)


def events(shipment_id: UUID, limit: int, cursor: str | None) -> Page:
    """Return what was told of a shipment, as it happened."""
    theirs = TrackingEvent.shipment_id == shipping.get(shipment_id).id
    found = paginate(select(TrackingEvent).where(theirs), AS_IT_HAPPENED, limit, cursor)
    void = voided(settling.told_of([shipment_id])[shipment_id])
    return Page([shown(event, void) for event in found.items], found.next_cursor)


def shown(event: TrackingEvent, void: set[tuple[str, str | None]]) -> dict[str, Any]:
    columns = {c.key: getattr(event, c.key) for c in TrackingEvent.__table__.columns}
    return columns | {"voided": (event.carrier, event.event_id) in void}


def order(order_id: UUID) -> dict[str, Any]:
    """Return where an order is, promised against expected."""
    described = orders.described([orders.get(order_id)])[0]
    shipments = [s for s in described["shipments"] if s.status not in GONE]
    tracked = described_shipments(shipments)
    link = links.find(order_id)
    return {
        "order_id": order_id,
        "order_ref": described["order_ref"],
        "status": described["status"],
        "promised_on": described["promised_by"],
        "expected_on": last_day(tracked),
        "link": link and links.path(link),
        "destination": described["destination"],
        "shipments": tracked,
    }


def last_day(tracked: Sequence[Mapping[str, Any]]) -> Any:
    """Return when the last of these is expected; None where none is under way."""
    return max((one["expected_on"] for one in tracked if one["expected_on"]), default=None)


def described_shipments(shipments: Sequence[Shipment]) -> list[dict[str, Any]]:
    """Return shipments with their packages and when they come, by a few queries for all."""
    if not shipments:
        return []
    ids = [shipment.id for shipment in shipments]
    told, parcels, view = settling.told_of(ids), finding.parcels(ids), expecting.outlook(shipments)
    return [tracked(s, unvoided(told[s.id]), parcels[s.id], view) for s in shipments]


def tracked(
    shipment: Shipment, told: Sequence[Told], parcels: Sequence[str], view: Outlook
) -> dict[str, Any]:
    coming = expecting.expected(shipment, view)
    columns = ("id", "status", "facility", "carrier", "service", "tracking_number")
    moments = ("handed_over_at", "delivered_at")
    return {name: getattr(shipment, name) for name in (*columns, *moments)} | {
        "promised_on": shipment.deliver_by,
        "expected_on": coming and coming.on,
        "expected_by": coming and coming.by,
        "late": is_late(shipment, coming, view),
        "packages": [{"sscc": one, "status": parcel(shipment, told, one)} for one in parcels],
    }


def parcel(shipment: Shipment, told: Sequence[Told], sscc: str) -> str:
    gone = shipment.handed_over_at is not None
    return status_of(of_parcel(told, sscc)) if gone else shipment.status


def is_late(shipment: Shipment, coming: Expected | None, view: Outlook) -> bool:
    if shipment.delivered_at:
        return shipment.delivered_at >= view.travels[shipment.id].due_at
    if shipment.status == Status.RETURNED:
        return True
    return coming is not None and coming.on > shipment.deliver_by


def at_risk(query: Mapping[str, Any]) -> Page:
    """Return a page of the shipments that may miss their promise or have, the most urgent first."""
    now = clock.now()
    told = or_(Journey.risky_at <= now, Journey.due_at <= now)
    chosen = select(Journey).where(*watching.watched(now), told)
    chosen = chosen.where(*of_facility(Journey.facility, query.get("facility")))
    found = paginate(chosen, (Journey.due_at, Journey.shipment_id), query["limit"], query["cursor"])
    return Page(risks(found.items), found.next_cursor)


def risks(rows: Sequence[Journey]) -> list[dict[str, Any]]:
    if not rows:
        return []
    shipments = shipping.find([journey.shipment_id for journey in rows])
    view = expecting.outlook(list(shipments.values()))
    known = misses.of_customers(rows)
    return [
        risk(journey, shipments[journey.shipment_id], view) | misses.columns(journey, known)
        for journey in rows
    ]


def risk(journey: Journey, shipment: Shipment, view: Outlook) -> dict[str, Any]:
    samples, on, left = view.histories[way_of(shipment)], view.travels[shipment.id], journey.left_at
    over = on.over(left, view.now)
    chance = chances.chance_late(samples, on.allowed(left), over) if samples else None
    names = ("order_id", "order_ref", "status", "facility", "carrier", "service")
    return {name: getattr(shipment, name) for name in (*names, "tracking_number")} | {
        "shipment_id": shipment.id,
        "level": LEVELS[watching.level_at(journey, view.now)],
        "chance": chance,
        "left_at": journey.left_at,
        "due_at": journey.due_at,
        "promised_on": shipment.deliver_by,
        **expected_columns(expecting.expected(shipment, view)),
    }


def expected_columns(coming: Expected | None) -> dict[str, Any]:
    return {"expected_on": coming and coming.on, "expected_by": coming and coming.by}


def newest_valid(shipment_id: UUID, words: Sequence[str], most: int) -> list[TrackingEvent]:
    """Return the newest events of a shipment with these words that count, newest first."""
    theirs = select(TrackingEvent).where(TrackingEvent.shipment_id == shipment_id)
    backwards = [column.desc() for column in AS_IT_HAPPENED]
    rows = db.session.scalars(theirs.order_by(*backwards)).all()
    return [event for event in unvoided(rows) if event.word in words][:most]
