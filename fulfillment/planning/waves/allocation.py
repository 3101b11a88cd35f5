"""The allocation wave: waiting orders, allocated jointly, and allocated ones looked at again."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fulfillment.catalog import items as catalog
from fulfillment.catalog.models import Item
from fulfillment.inventory.gate import Key
from fulfillment.network import carriers, destinations, lanes, rates
from fulfillment.optimization import allocation as wave
from fulfillment.optimization.allocation import clusters
from fulfillment.orders import allocation as orders_allocation
from fulfillment.orders import queries as orders
from fulfillment.orders import waves
from fulfillment.orders.models import Order
from fulfillment.orders.waves import Share
from fulfillment.planning.waves import executors, reconsideration, wanted
from fulfillment.planning.waves.wanted import Given, Wanted, Zones, zone_of
from fulfillment.platform import clock
from fulfillment.platform.pages import MAX_LIMIT
from fulfillment.sourcing import composite, question, service, strategies
from fulfillment.sourcing.question import Snapshot
from fulfillment.sourcing.strategies.strategy import Strategy, group_of

MOST_ORDERS = 50_000
# What is promised weighs as an order of this priority: no order that waits is worth breaking it.
PROMISED = 99


@dataclass(frozen=True)
class Stated:
    """A wave's problem, the state that it is of, and what the dearest unit costs to send.

    Every plan pays `handling` for each unit that it sends; all facilities handle at one price, so
    the problem leaves it out. `zones` are the lanes in real money.
    """

    problem: wave.Problem
    as_of: datetime
    network: str
    strategy: Strategy
    dearest_unit: float
    handling: float
    zones: Zones


def prepare() -> None:
    """Let orders whose stock proved missing wait again, so that the wave places them anew."""
    orders_allocation.free_at_risk()


def build_problem(parameters: Mapping[str, Any]) -> Stated:
    """Read the orders, and the state that they are allocated from, once."""
    settings = service.settings()
    waiting = orders_that_wait(parameters.get("limit") or MOST_ORDERS)
    standing = orders.standing(parameters.get("reconsider", settings.wave_reconsiders))
    placed = [*(one.order for one in waiting), *(one.order for one in standing)]
    given = given_for(placed, skus_of(waiting, standing))
    again = [
        reconsideration.wanted(one) for one in standing if reconsideration.may_move(one, given)
    ]
    # Those that hold stock came first: so they do where orders are served in their turn.
    every = [*again, *waiting]
    # One figure for all: who gets scarce stock must not depend on who lives far away.
    dearest = max((wanted.dearest_unit(one, given) for one in every), default=0.0)
    threshold = parameters.get("move_threshold", settings.wave_move_threshold)
    problem = wave.Problem(
        facilities=tuple(facilities_of(given, reconsideration.places_of(again))),
        lanes=tuple(lanes_of(given)),
        stock=tuple(stock_of(given, reconsideration.given_back(again))),
        orders=tuple(order_of(one, dearest, threshold, given) for one in every),
        items=tuple(items_of(given.items)),
        options=wave.Options(
            seconds=parameters.get("seconds", settings.wave_seconds),
            gap=parameters.get("gap", settings.wave_gap),
        ),
    )
    return Stated(
        problem=problem,
        as_of=given.state.moment,
        network=network_stamp(given.state),
        strategy=given.strategy,
        dearest_unit=dearest,
        handling=composite.handling_per_unit(given.strategy),
        zones=given.zones,
    )


def given_for(placed: Sequence[Order], skus: Iterable[str]) -> Given:
    """Read what the orders are stated by, as it is now, with the strategy in force."""
    known = catalog.find(set(skus))
    state = question.snapshot(known, clock.now())
    return given_at(strategies.active(), known, state, placed)


def given_at(
    strategy: Strategy, known: Mapping[str, Item], state: Snapshot, placed: Sequence[Order]
) -> Given:
    """Work out the lanes to where the orders go, and return them with what is given already."""
    active = [facility for facility in state.facilities if facility.active]
    named = {zone_of(order): order for order in placed}
    places = {zone: destinations.resolve(order.destination) for zone, order in named.items()}
    loaded = rates.loaded()
    zones = {
        zone: lanes.lanes_to(place, active, state.moment, loaded, by=named[zone].requested_by)
        for zone, place in places.items()
    }
    return Given(strategy, known, state, places, zones)


def orders_that_wait(limit: int) -> list[Wanted]:
    """Return the orders that wait, with the units that they wait for."""
    waiting = orders.waiting(limit)
    needs = orders.needs(waiting)
    return [Wanted(order, needs[order.id]) for order in waiting if needs[order.id]]


def skus_of(waiting: Iterable[Wanted], standing: Iterable[orders.Standing]) -> set[str]:
    held = {line.sku for one in standing for s in one.shipments for line in s.lines}
    return held.union(*(one.units for one in waiting))


def network_stamp(state: Snapshot) -> str:
    """Return a short text that changes with facilities and carriers."""
    known = [*state.facilities, *carriers.list_page(MAX_LIMIT, None).items]
    text = ",".join(f"{row.code}:{row.version}" for row in known)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def facilities_of(given: Given, given_back: Counter[str]) -> Iterator[wave.Facility]:
    """Yield the facilities with the orders that they can still ship on their next day."""
    days = {code: w.ship_by.date() for ways in given.zones.values() for code, w in ways.items()}
    groups = group_of(given.strategy)
    for facility in given.state.facilities:
        code, left = facility.code, facility.daily_order_capacity
        if left is not None and code in days:
            left = max(0, left - given.state.booked[code, days[code]]) + given_back[code]
        yield wave.Facility(code, capacity_shipments=left, group=groups.get(code))


def lanes_of(given: Given) -> Iterator[wave.Lane]:
    """Yield the lanes at the costs of the strategy."""
    for zone, ways in given.zones.items():
        for code, costs in given.costs[zone].items():
            days = wanted.days(ways[code], given)
            yield wave.Lane(zone, code, costs.shipment, costs.per_g, days)


def stock_of(given: Given, given_back: Counter[Key]) -> Iterator[wave.Stock]:
    """Yield what can be promised, with what those may give back that hold it now."""
    places = {facility.code: facility for facility in given.state.facilities}
    for (sku, code), level in sorted(given.state.levels.items()):
        units = level.promisable + given_back[sku, code]
        if units and given.may_stock(sku, places[code]):
            yield wave.Stock(code, sku, units)


def items_of(known: Mapping[str, Item]) -> Iterator[wave.Item]:
    for item in known.values():
        yield wave.Item(item.sku, float(item.weight_g))


def order_of(one: Wanted, dearest: float, threshold: float, given: Given) -> wave.Order:
    """State an order: what it asks for, within which limits, and what it keeps if it does not move.

    An order that holds its units already is asked to keep them or to move, never to go without.
    """
    priority = PROMISED if one.held else one.order.priority
    return wave.Order(
        id=str(one.order.id),
        zone=zone_of(one.order),
        lines=tuple(wave.Line(sku, units) for sku, units in one.units.items()),
        unfilled_cost=wanted.unfilled_cost(priority, dearest, given.strategy),
        max_shipments=wanted.most_shipments(one, given),
        deliver_within_days=wanted.within_days(one, given),
        late_cost_per_day=wanted.late_cost_per_day(one, given),
        eligible=wanted.eligible(one, given),
        current=tuple(wave.Held(at, sku, n) for (sku, at), n in sorted(one.held.items())),
        move_cost=threshold if one.held else 0.0,
    )


def solve(
    problem: wave.Problem, stop: Callable[[], bool], on_progress: Callable[[float], None]
) -> wave.Solution:
    """Solve the wave where the settings say; whatever happens, a feasible plan comes back."""
    with executors.workers(service.settings()) as found:
        return clusters.solve(problem, found.executor, stop, on_progress, found.count)


def publish(plan_id: UUID, shares: Sequence[Share]) -> dict[UUID, str]:
    """Allocate and move some orders as planned, through the gate; return what became of each.

    Runs inside the caller's transaction. An order is allocated as far as it still needs the
    units; one whose stock a rival took, or that a rival began to pick, stays as it was.
    """
    return waves.put_into_effect(plan_id, shares)
