"""An order's question as it stood when its cart was reserved, from what the reservation keeps.

Stock, reasons, lanes and prices are those that were kept; lanes are worked out anew for the same
moment, for all that the kept figures do not say. Weights of items and settings are those of today.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from msgspec.structs import replace

from fulfillment.catalog import items as catalog
from fulfillment.network import destinations, sites
from fulfillment.network.lanes import Lane, lanes_to
from fulfillment.platform.errors import Refusal
from fulfillment.sourcing import strategies
from fulfillment.sourcing.basis import prices_of
from fulfillment.sourcing.costs import settings
from fulfillment.sourcing.plans import Plan, PlannedShipment, plan_of
from fulfillment.sourcing.question import Ask, Candidate, Question, Snapshot
from fulfillment.sourcing.tables import expanded

Document = Mapping[str, Any]
Row = dict[str, Any]

# How far the kept figures of a lane are from its own at most: half of their last digit.
ROUNDED = {"distance_km": 0.0501, "shipment_cost": 5.01e-5, "cost_per_kg": 5.01e-5}


@dataclass(frozen=True)
class Restored:
    """A question as it stood, every candidate as it was told, and the plan that was chosen."""

    question: Question
    rows: Sequence[Row]
    found: Sequence[Candidate]
    plan: Plan
    network_changed: bool


def restored(document: Document, made_at: datetime) -> Restored | None:
    """Return what a reservation's document keeps; None where that is too little."""
    rows = rows_of(document["explanation"])
    if not rows:
        return None
    try:
        question = question_of(document, rows, made_at)
    except Refusal:
        return None
    plan, ways = plan_of(document), ways_of(question, rows)
    sent = {shipment.facility: shipment for shipment in plan.shipments}
    told = [(row, ways.get(row["facility"]), sent.get(row["facility"])) for row in rows]
    return Restored(
        question=question,
        rows=rows,
        found=[
            Candidate(row["facility"], row["promisable"], kept_lane(row, way, one), row["reason"])
            for row, way, one in told
        ],
        plan=plan,
        network_changed=any(is_changed(row, way, one) for row, way, one in told)
        or has_closed(question, rows),
    )


def rows_of(told: Mapping[str, Any]) -> list[Row]:
    """Return the candidates one by one; none where they were kept otherwise, or prices alone."""
    if not isinstance(told.get("candidates"), dict):
        return []
    rows: list[Row] = expanded(told)["candidates"]
    return [] if any(row.get("prices") for row in rows) and "basis" not in told else rows


def question_of(document: Document, rows: Sequence[Row], made_at: datetime) -> Question:
    """Return the question with its state, strategy and prices.

    Raises:
        Refusal: the strategy is not there any more, or nobody knows any more where it goes.
    """
    told, sourced_at = document["explanation"], document.get("sourced_at")
    ask, basis = ask_of(document), told.get("basis", {})
    stock = stock_of(rows, basis.get("barred", {}), ask)
    moment = datetime.fromisoformat(sourced_at) if sourced_at else made_at
    state = Snapshot(moment, sites.all_by_code(), stock, Counter())
    strategy = strategies.find(**told["strategy"])
    question = Question(ask, catalog.find(ask.lines), state, strategy)
    return replace(question, prices=prices_of(rows, basis, question, stock))


def ask_of(document: Document) -> Ask:
    limits = document.get("limits", {})
    wanted = limits.get("deliver_by")
    return Ask(
        destinations.resolve(document["destination"]),
        dict(plan_of(document).units()),
        max_shipments=limits.get("max_shipments"),
        deliver_by=date.fromisoformat(wanted) if wanted else None,
        channel=document.get("channel"),
    )


def stock_of(
    rows: Sequence[Row], barred: Mapping[str, Mapping[str, int]], ask: Ask
) -> dict[str, dict[str, int]]:
    """Return the promisable units by facility, by SKU, those that rules bar among them."""
    there = {row["facility"]: row["promisable"] | barred.get(row["facility"], {}) for row in rows}
    return {sku: {at: units[sku] for at, units in there.items()} for sku in ask.lines}


def ways_of(question: Question, rows: Sequence[Row]) -> Mapping[str, Lane]:
    """Return the lanes of today for that moment; also of facilities that are closed by now."""
    had_lane = {row["facility"] for row in rows if "distance_km" in row}
    places = [s for s in question.state.facilities if s.active or s.code in had_lane]
    wanted = question.grams, question.ask.deliver_by
    return lanes_to(question.ask.destination, places, question.state.moment, None, *wanted)


def kept_lane(row: Row, way: Lane | None, shipment: PlannedShipment | None) -> Lane | None:
    """Return a candidate's lane with the figures that were kept of it.

    None where it had none, and where nothing says any more when it would have arrived.
    """
    if "distance_km" not in row:
        return None
    if way and is_same(row, way, shipment):
        return way
    known = lane_sent(shipment) if shipment else way
    return known and replace(
        known,
        distance_km=row["distance_km"],
        shipment_cost=row["shipment_cost"],
        cost_per_g=row["cost_per_kg"] / 1000,
    )


def lane_sent(shipment: PlannedShipment) -> Lane:
    """Return what a planned shipment says of its lane; what it costs is kept beside it."""
    return Lane(
        facility=shipment.facility,
        distance_km=shipment.distance_km,
        carrier=shipment.carrier,
        service=shipment.service or "",
        zone=None,
        shipment_cost=0.0,
        cost_per_g=0.0,
        handling_per_unit=settings().handling_per_unit,
        ship_by=shipment.ship_by,
        deliver_by=shipment.deliver_by,
        transit=shipment.transit,
    )


def is_same(row: Row, way: Lane, shipment: PlannedShipment | None) -> bool:
    """Tell whether a lane of today is the one that was kept, but for rounding."""
    figures = {
        "distance_km": way.distance_km,
        "shipment_cost": way.shipment_cost,
        "cost_per_kg": way.cost_per_g * 1000,
    }
    is_near = all(abs(row[name] - figures[name]) <= most for name, most in ROUNDED.items())
    if shipment is None or not is_near:
        return is_near
    return (shipment.deliver_by, shipment.transit) == (way.deliver_by, way.transit)


def has_closed(question: Question, rows: Sequence[Row]) -> bool:
    """Tell whether a facility that could ship does not any more."""
    closed = {site.code for site in question.state.facilities if not site.active}
    return any(row["facility"] in closed and row["reason"] != "inactive" for row in rows)


def is_changed(row: Row, way: Lane | None, shipment: PlannedShipment | None) -> bool:
    """Tell whether a facility would be told otherwise today."""
    if way is None or "distance_km" not in row:
        return (way is None) == ("distance_km" in row)
    return not is_same(row, way, shipment)
