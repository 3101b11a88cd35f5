"""An order before a wave: what it asks for, and what the shipping strategy allows and charges."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from msgspec.structs import replace

from fulfillment.catalog.models import Item
from fulfillment.inventory.gate import Key
from fulfillment.network.destinations import Destination
from fulfillment.network.lanes import Lane
from fulfillment.network.sites import Site
from fulfillment.orders.models import Order
from fulfillment.sourcing import composite, eligibility, service
from fulfillment.sourcing.composite import LaneCosts
from fulfillment.sourcing.question import Ask, Question, Snapshot
from fulfillment.sourcing.strategies.strategy import FORBID, Rule, Strategy

Zones = Mapping[str, Mapping[str, Lane]]


@dataclass(frozen=True)
class Wanted:
    """An order, the units that it asks for, and what it holds of them already.

    What an order holds is given back if it moves, and so are its places in the day of facilities.
    No facility that delivers after `until` may ship it.
    """

    order: Order
    units: Mapping[str, int]
    held: Mapping[Key, int] = field(default_factory=dict)
    until: date | None = None


@dataclass(frozen=True)
class Given:
    """What a wave's orders are stated by: the strategy, the items, the state, and their zones."""

    strategy: Strategy
    items: Mapping[str, Item]
    state: Snapshot
    places: Mapping[str, Destination]
    zones: Zones

    @property
    def today(self) -> date:
        return self.state.moment.date()

    @cached_property
    def item_rules(self) -> tuple[Rule, ...]:
        """The rules that say for every order alike who may ship an item."""
        return tuple(rule for rule in self.strategy.eligibility if is_for_every_order(rule))

    @cached_property
    def order_rules(self) -> Strategy:
        """The strategy with the other rules of eligibility only."""
        rules = (rule for rule in self.strategy.eligibility if not is_for_every_order(rule))
        return replace(self.strategy, eligibility=tuple(rules))

    @cached_property
    def costs(self) -> Mapping[str, Mapping[str, LaneCosts]]:
        """What each lane costs by the strategy, by zone and facility."""
        return {
            zone: {code: composite.lane_costs(self.strategy, way) for code, way in ways.items()}
            for zone, ways in self.zones.items()
        }

    def place(self, one: Wanted) -> Destination:
        """Return where an order goes."""
        return self.places[zone_of(one.order)]

    def ways(self, one: Wanted) -> Mapping[str, Lane]:
        """Return the lanes of an order by facility."""
        return self.zones[zone_of(one.order)]

    def may_stock(self, sku: str, facility: Site) -> bool:
        """Tell whether a facility may ship an item to anybody."""
        tags = self.items[sku].tags
        if not eligibility.may_hold(tags, facility.tags):
            return False
        return eligibility.may_ship_item(self.item_rules, tags, facility)


def is_for_every_order(rule: Rule) -> bool:
    return rule.item_tags is not None and rule.channels is None and rule.countries is None


def zone_of(order: Order) -> str:
    """Return the name of the place an order goes to, and of the day that it is wanted there by:
    orders of one place and day share their lanes.
    """
    place, rest = order.destination, ("lat", "lng", "country", "postal_code", "kind")
    return ",".join(str(told) for told in (*map(place.get, rest), order.requested_by))


def eligible(one: Wanted, given: Given) -> frozenset[str] | None:
    """Return the only facilities that may ship an order; None: all may."""
    # The wave's orders know facilities as a whole: one that failed to supply a line is left out
    # for the other lines that wait, too.
    out = {code for line in one.order.lines if line.sku in one.units for code in line.excluded}
    if one.until:
        out |= {code for code, way in given.ways(one).items() if way.deliver_by > one.until}
    chosen = by_strategy(one, given)
    if not out:
        return chosen
    every = frozenset(facility.code for facility in given.state.facilities)
    return (every if chosen is None else chosen) - out


def by_strategy(one: Wanted, given: Given) -> frozenset[str] | None:
    """Return the facilities that may ship an order by the rules that are not for all; None: all."""
    country = given.place(one).country
    tags = [given.items[sku].tags for sku in one.units]
    places = given.state.facilities
    return eligibility.eligible(given.order_rules, one.order.channel, country, tags, places)


def most_shipments(one: Wanted, given: Given) -> int | None:
    """Return how many shipments an order may have, by itself and by the strategy."""
    ask = Ask(given.place(one), one.units, max_shipments=one.order.max_shipments)
    return Question(ask, given.items, given.state, given.strategy).most_shipments


def within_days(one: Wanted, given: Given) -> int | None:
    """Return in how many days an order is wanted; None: on no day."""
    wanted = one.order.requested_by
    # What is overdue already costs nothing more: lateness begins today.
    return max(0, (wanted - given.today).days) if wanted else None


def late_cost_per_day(one: Wanted, given: Given) -> float | None:
    """Return what each day after the wanted one costs a shipment; None: no shipment may be late.

    Where nobody who may ship the order could be in time any more, being late is allowed and costs:
    stock that is there is not held back for a day that is lost.
    """
    if given.strategy.late == FORBID and can_be_in_time(one, given):
        return None
    return composite.late_per_day(given.strategy)


def can_be_in_time(one: Wanted, given: Given) -> bool:
    within, codes = within_days(one, given), eligible(one, given)
    return within is None or any(
        days(way, given) <= within
        for code, way in given.ways(one).items()
        if codes is None or code in codes
    )


def days(way: Lane, given: Given) -> int:
    """Return in how many days a lane delivers."""
    return max(0, (way.deliver_by - given.today).days)


def days_late(one: Wanted, way: Lane, given: Given) -> int:
    within = within_days(one, given)
    return 0 if within is None else max(0, days(way, given) - within)


def dearest_unit(one: Wanted, given: Given) -> float:
    """Return what one unit of the order costs at most, sent by itself, lateness included."""
    grams = max(given.items[sku].weight_g for sku in one.units)
    per_day, ways = late_cost_per_day(one, given) or 0.0, given.ways(one)
    return max(
        (
            costs.shipment + costs.per_g * grams + per_day * days_late(one, ways[code], given)
            for code, costs in given.costs[zone_of(one.order)].items()
        ),
        default=0.0,
    )


def unfilled_cost(priority: int, dearest: float, strategy: Strategy) -> float:
    """Return what each unit costs that an order does not get; it outweighs every stage."""
    return service.unfilled_cost(priority) * composite.span(strategy) + dearest
