"""Candidates: every facility, with what it could ship, or the reason why it is out."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from fulfillment.catalog.models import Item
from fulfillment.inventory import availability
from fulfillment.inventory.availability import Level
from fulfillment.inventory.gate import Key
from fulfillment.network import facilities, lanes
from fulfillment.network.destinations import Destination
from fulfillment.network.lanes import Lane
from fulfillment.network.models import Facility
from fulfillment.sourcing.eligibility import may_hold, may_ship_item, may_ship_order
from fulfillment.sourcing.prices.unit_prices import UnitPrices
from fulfillment.sourcing.strategies.strategy import FORBID, Rule, Strategy

__all__ = ["Ask", "Candidate", "Question", "Snapshot", "candidates", "may_hold", "snapshot"]


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
    channel: str | None = None
    strategy: Strategy | None = None  # None: the one in force


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


@dataclass(frozen=True)
class Question:
    """An ask with all that its answer depends on: the items, the state, the strategy."""

    ask: Ask
    items: Mapping[str, Item]
    state: Snapshot
    strategy: Strategy
    prices: UnitPrices | None = None  # None: nothing has a price

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of eligibility that are about this order."""
        return self.strategy.rules_for(self.ask.channel, self.ask.destination.country)

    @cached_property
    def most_shipments(self) -> int | None:
        """How many shipments the order may have, by the request and by the strategy."""
        prices = [(self.items[sku].unit_price, n) for sku, n in self.ask.lines.items()]
        known = [price * n for price, n in prices if price is not None]
        value = sum(known, Decimal(0)) if len(known) == len(prices) else None
        return self.strategy.most_shipments(self.ask.max_shipments, value)


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


def candidates(question: Question) -> list[Candidate]:
    """Return a candidate for every facility, in the order of their codes."""
    ask, state = question.ask, question.state
    active = [facility for facility in state.facilities if facility.active]
    ways = lanes.lanes_to(ask.destination, active, state.moment)
    return [candidate(question, f, ways.get(f.code)) for f in state.facilities]


def candidate(question: Question, facility: Facility, lane: Lane | None) -> Candidate:
    promisable = {sku: units_for(question, sku, facility) for sku in question.ask.lines}
    out = reason_out(question, facility, lane, promisable)
    return Candidate(facility.code, promisable, lane, out)


def units_for(question: Question, sku: str, facility: Facility) -> int:
    level = question.state.levels.get((sku, facility.code))
    return level.promisable if level and may_ship(question, sku, facility) else 0


def may_ship(question: Question, sku: str, facility: Facility) -> bool:
    """Tell whether a facility may ship units of a SKU, if it has any."""
    if facility.code in question.ask.excluded.get(sku, ()):
        return False
    tags = question.items[sku].tags
    if not may_hold(tags, facility.tags):
        return False
    return may_ship_item(question.rules, tags, facility)


def reason_out(
    question: Question, facility: Facility, lane: Lane | None, promisable: Mapping[str, int]
) -> str | None:
    """Return why a facility cannot serve, or None; the first reason that holds is told."""
    if not facility.active:
        return "inactive"
    if lane is None:
        return "no-coordinates" if facility.lat is None else "no-lane"
    if not may_ship_order(question.rules, facility):
        return "not-eligible"
    if is_full(facility, lane, question.state):
        return "capacity"
    if is_late(question, lane) and question.strategy.late == FORBID:
        return "late"
    return None if any(promisable.values()) else reason_without_units(question, facility)


def reason_without_units(question: Question, facility: Facility) -> str:
    if any(facility.code in codes for codes in question.ask.excluded.values()):
        return "rejected"
    tags = [question.items[sku].tags for sku in question.ask.lines]
    barred = any(not may_ship_item(question.rules, of_item, facility) for of_item in tags)
    return "not-eligible" if barred else "no-stock"


def is_late(question: Question, lane: Lane) -> bool:
    wanted = question.ask.deliver_by
    return wanted is not None and lane.deliver_by > wanted


def is_full(facility: Facility, lane: Lane, state: Snapshot) -> bool:
    limit = facility.daily_order_capacity
    return limit is not None and state.booked[facility.code, lane.ship_by.date()] >= limit
