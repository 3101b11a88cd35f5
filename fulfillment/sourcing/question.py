"""What is asked, the state that it is answered from, and who may ship what."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Protocol
from uuid import UUID

from msgspec import Struct, field

from fulfillment.inventory import availability
from fulfillment.inventory.availability import Level
from fulfillment.inventory.gate import Key
from fulfillment.network import rates, sites
from fulfillment.network.destinations import Destination
from fulfillment.network.lanes import Lane
from fulfillment.network.rates import ServiceRates
from fulfillment.network.sites import Site
from fulfillment.sourcing.eligibility import HAZMAT, may_hold, may_ship_item
from fulfillment.sourcing.prices.unit_prices import UnitPrices
from fulfillment.sourcing.strategies.strategy import Rule, Strategy

__all__ = ["Ask", "Candidate", "Question", "Snapshot", "may_hold", "snapshot"]


class Ask(Struct, frozen=True):
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


class Candidate(Struct, frozen=True):
    """One facility before an order: its lane and stock, or `out` with the reason."""

    facility: str
    promisable: Mapping[str, int]
    lane: Lane | None = None
    out: str | None = None


class Snapshot(Struct, frozen=True):
    """The state that one or many orders are sourced from, read once."""

    moment: datetime
    facilities: Sequence[Site]
    promisable: Mapping[str, Mapping[str, int]]  # units by facility, by SKU
    booked: Counter[tuple[str, date]]
    rates: Sequence[ServiceRates] = ()
    levels: Mapping[Key, Level] = field(default_factory=dict)


class Goods(Protocol):
    """What sourcing reads of an item."""

    @property
    def weight_g(self) -> int: ...
    @property
    def tags(self) -> Collection[str]: ...
    @property
    def unit_price(self) -> Decimal | None: ...


class Question(Struct, frozen=True, dict=True):
    """An ask with all that its answer depends on: the items, the state, the strategy."""

    ask: Ask
    items: Mapping[str, Goods]
    state: Snapshot
    strategy: Strategy
    prices: UnitPrices | None = None  # None: nothing has a price

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of eligibility that are about this order."""
        return self.strategy.rules_for(self.ask.channel, self.ask.destination.country)

    @cached_property
    def grams(self) -> int:
        """What the whole order weighs."""
        return sum(self.items[sku].weight_g * n for sku, n in self.ask.lines.items())

    @cached_property
    def most_shipments(self) -> int | None:
        """How many shipments the order may have, by the request and by the strategy."""
        prices = [(self.items[sku].unit_price, n) for sku, n in self.ask.lines.items()]
        known = [price * n for price, n in prices if price is not None]
        value = sum(known, Decimal(0)) if len(known) == len(prices) else None
        return self.strategy.most_shipments(self.ask.max_shipments, value)


def snapshot(skus: Collection[str], moment: datetime, own: UUID | None = None) -> Snapshot:
    """Read facilities, stock levels and booked capacity as they are now."""
    known, levels = sites.all_by_code(), availability.levels(skus, own)
    return Snapshot(
        moment=moment,
        facilities=known,
        promisable=promisable_of(levels.values()),
        booked=booked_at(known, moment, own),
        rates=rates.loaded(),
        levels=levels,
    )


def booked_at(
    known: Sequence[Site], moment: datetime, own: UUID | None = None
) -> Counter[tuple[str, date]]:
    """Count what is booked where a day's orders are limited."""
    limited = [site.code for site in known if site.daily_order_capacity is not None]
    # A day earlier, since it may still be yesterday there.
    return availability.booked(limited, (moment - timedelta(days=1)).date(), own)


def promisable_of(levels: Iterable[Level]) -> dict[str, dict[str, int]]:
    """Return the promisable units by facility, by SKU."""
    units: dict[str, dict[str, int]] = defaultdict(dict)
    for level in levels:
        units[level.sku][level.facility] = level.promisable
    return units


def is_free(question: Question, sku: str) -> bool:
    """Tell whether nothing but its stock says who may ship a SKU: so it is for most of them."""
    tags = question.items[sku].tags
    return not (
        question.ask.excluded.get(sku)
        or HAZMAT in tags
        or any(rule.item_tags is not None and rule.covers(tags) for rule in question.rules)
    )


def may_ship(question: Question, sku: str, facility: Site) -> bool:
    """Tell whether a facility may ship units of a SKU, if it has any."""
    if facility.code in question.ask.excluded.get(sku, ()):
        return False
    tags = question.items[sku].tags
    if not may_hold(tags, facility.tags):
        return False
    return may_ship_item(question.rules, tags, facility)


def is_full(facility: Site, ship_by: datetime, state: Snapshot) -> bool:
    """Tell whether a facility takes no more orders of the day on which one is to leave."""
    limit = facility.daily_order_capacity
    return limit is not None and state.booked[facility.code, ship_by.date()] >= limit
