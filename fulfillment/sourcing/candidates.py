"""Candidates: every facility, with what it could ship, or the reason why it is out."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from fulfillment.catalog.models import Item
from fulfillment.inventory import availability
from fulfillment.inventory.availability import Level
from fulfillment.inventory.gate import Key
from fulfillment.network import facilities, lanes
from fulfillment.network.destinations import Destination
from fulfillment.network.lanes import Lane
from fulfillment.network.models import Facility

HAZMAT = "hazmat"


@dataclass(frozen=True)
class Ask:
    """What is to be sourced, and the limits that the answer must keep."""

    destination: Destination
    lines: Mapping[str, int]
    options: int = 1
    max_shipments: int | None = None
    ship_complete: bool = True
    deliver_by: date | None = None
    priority: int = 0
    own: UUID | None = None
    excluded: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """One facility before an order: its lane and stock, or `out` with the reason."""

    facility: str
    promisable: Mapping[str, int]
    lane: Lane | None = None
    out: str | None = None


@dataclass(frozen=True)
class Snapshot:
    """The state that one or many orders are sourced from, read once."""

    moment: datetime
    facilities: Sequence[Facility]
    levels: Mapping[Key, Level]
    booked: Counter[tuple[str, date]]


def snapshot(skus: Collection[str], moment: datetime, own: UUID | None = None) -> Snapshot:
    """Read facilities, stock levels and booked capacity as they are now."""
    known = facilities.all_by_code()
    limited = [f.code for f in known if f.daily_order_capacity is not None]
    return Snapshot(
        moment=moment,
        facilities=known,
        levels=availability.levels(skus, own),
        # A day earlier, since it may still be yesterday there.
        booked=availability.booked(limited, (moment - timedelta(days=1)).date(), own),
    )


def candidates(ask: Ask, items: Mapping[str, Item], state: Snapshot) -> list[Candidate]:
    """Return a candidate for every facility, in the order of their codes."""
    active = [facility for facility in state.facilities if facility.active]
    ways = lanes.lanes_to(ask.destination, active, state.moment)
    return [candidate(ask, f, ways.get(f.code), items, state) for f in state.facilities]


def candidate(
    ask: Ask, facility: Facility, lane: Lane | None, items: Mapping[str, Item], state: Snapshot
) -> Candidate:
    promisable = {sku: units_for(ask, sku, facility, items, state) for sku in ask.lines}
    out = reason_out(ask, facility, lane, promisable, state)
    return Candidate(facility.code, promisable, lane, out)


def units_for(
    ask: Ask, sku: str, facility: Facility, items: Mapping[str, Item], state: Snapshot
) -> int:
    if facility.code in ask.excluded.get(sku, ()):
        return 0
    if not may_hold(items[sku].tags, facility.tags):
        return 0
    level = state.levels.get((sku, facility.code))
    return level.promisable if level else 0


def may_hold(item_tags: Collection[str], facility_tags: Collection[str]) -> bool:
    """Tell whether a facility may ship an item: hazardous goods need one tagged for them."""
    return HAZMAT not in item_tags or HAZMAT in facility_tags


def reason_out(
    ask: Ask,
    facility: Facility,
    lane: Lane | None,
    promisable: Mapping[str, int],
    state: Snapshot,
) -> str | None:
    """Return why a facility cannot serve, or None; the first reason that holds is told."""
    if not facility.active:
        return "inactive"
    if lane is None:
        return "no-coordinates" if facility.lat is None else "no-lane"
    if is_full(facility, lane, state):
        return "capacity"
    if ask.deliver_by and lane.deliver_by > ask.deliver_by:
        return "late"
    if not any(promisable.values()):
        rejected = any(facility.code in codes for codes in ask.excluded.values())
        return "rejected" if rejected else "no-stock"
    return None


def is_full(facility: Facility, lane: Lane, state: Snapshot) -> bool:
    limit = facility.daily_order_capacity
    return limit is not None and state.booked[facility.code, lane.ship_by.date()] >= limit
