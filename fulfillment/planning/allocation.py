"""The allocation wave: all waiting orders, allocated jointly."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from fulfillment.catalog import items as catalog
from fulfillment.catalog.models import Item
from fulfillment.network import destinations, lanes, rates
from fulfillment.network.lanes import Lane
from fulfillment.optimization import allocation as wave
from fulfillment.orders import allocation as orders_allocation
from fulfillment.orders import queries as orders
from fulfillment.orders.allocation import Share
from fulfillment.orders.models import Order
from fulfillment.platform import clock
from fulfillment.sourcing import candidates, service
from fulfillment.sourcing.candidates import Snapshot

MOST_ORDERS = 50_000

Needs = Mapping[UUID, Mapping[str, int]]
Zones = Mapping[str, Mapping[str, Lane]]


def prepare() -> None:
    """Let orders whose stock proved missing wait again, so that the wave places them anew."""
    orders_allocation.free_at_risk()


def build_problem(parameters: Mapping[str, Any]) -> wave.Problem:
    """Read the waiting orders, and the state that they are allocated from, once."""
    waiting = orders.waiting(parameters.get("limit") or MOST_ORDERS)
    needs = {order_id: lines for order_id, lines in orders.needs(waiting).items() if lines}
    known = catalog.find({sku for lines in needs.values() for sku in lines})
    state = candidates.snapshot(known, clock.now())
    waiting = [order for order in waiting if order.id in needs]
    zones = lanes_by_zone(waiting, state)
    # One figure for all: who gets scarce stock must not depend on who lives far away.
    today = state.moment.date()
    dearest = max((dearest_unit(o, needs[o.id], known, zones, today) for o in waiting), default=0.0)
    settings = service.settings()
    return wave.Problem(
        facilities=tuple(facilities_of(state, zones)),
        lanes=tuple(lanes_of(zones, today)),
        stock=tuple(stock_of(known, state)),
        orders=tuple(order_of(o, needs[o.id], dearest, state) for o in waiting),
        items=tuple(wave.Item(item.sku, float(item.weight_g)) for item in known.values()),
        options=wave.Options(
            seconds=parameters.get("seconds", settings.wave_seconds),
            gap=parameters.get("gap", settings.wave_gap),
        ),
    )


def zone_of(order: Order) -> str:
    """Return the name of the place an order goes to: orders to one place share their lanes."""
    place = order.destination
    return f"{place['lat']},{place['lng']},{place.get('country', 'US')}"


def lanes_by_zone(waiting: Sequence[Order], state: Snapshot) -> Zones:
    active = [facility for facility in state.facilities if facility.active]
    places = {zone_of(order): order.destination for order in waiting}
    loaded = rates.loaded()
    return {
        zone: lanes.lanes_to(destinations.resolve(place), active, state.moment, loaded)
        for zone, place in places.items()
    }


def facilities_of(state: Snapshot, zones: Zones) -> Iterator[wave.Facility]:
    """Yield the facilities with the orders that they can still ship on their next day."""
    days = {code: lane.ship_by.date() for ways in zones.values() for code, lane in ways.items()}
    for facility in state.facilities:
        left = facility.daily_order_capacity
        if left is not None and facility.code in days:
            left = max(0, left - state.booked[facility.code, days[facility.code]])
        yield wave.Facility(facility.code, capacity_shipments=left)


def lanes_of(zones: Zones, today: date) -> Iterator[wave.Lane]:
    for zone, ways in zones.items():
        for lane in ways.values():
            days = max(0, (lane.deliver_by - today).days)
            yield wave.Lane(zone, lane.facility, lane.shipment_cost, lane.cost_per_g, days)


def stock_of(known: Mapping[str, Item], state: Snapshot) -> Iterator[wave.Stock]:
    tags = {facility.code: facility.tags for facility in state.facilities}
    for (sku, code), level in sorted(state.levels.items()):
        if level.promisable and candidates.may_hold(known[sku].tags, tags[code]):
            yield wave.Stock(code, sku, level.promisable)


def order_of(order: Order, needs: Mapping[str, int], dearest: float, state: Snapshot) -> wave.Order:
    # The wave's orders know facilities as a whole: one that failed to supply a line is left out
    # for the other lines that wait, too.
    excluded = {code for line in order.lines if line.sku in needs for code in line.excluded}
    codes = frozenset(facility.code for facility in state.facilities)
    today, wanted = state.moment.date(), order.requested_by
    return wave.Order(
        id=str(order.id),
        zone=zone_of(order),
        lines=tuple(wave.Line(sku, units) for sku, units in needs.items()),
        unfilled_cost=service.unfilled_cost(order.priority, dearest),
        max_shipments=order.max_shipments,
        deliver_within_days=max(0, (wanted - today).days) if wanted else None,
        late_cost_per_day=service.settings().late_cost_per_day,
        eligible=codes - excluded if excluded else None,
    )


def dearest_unit(
    order: Order,
    needs: Mapping[str, int],
    known: Mapping[str, Item],
    zones: Zones,
    today: date,
) -> float:
    """Return what one unit of the order costs at most, sent by itself, lateness included."""
    grams = max(known[sku].weight_g for sku in needs)
    ways = zones[zone_of(order)].values()
    # What is overdue already costs nothing more: as in the wave, lateness begins today.
    wanted = max(order.requested_by, today) if order.requested_by else None
    per_day = service.settings().late_cost_per_day
    return max(
        (
            way.shipment_cost
            + way.cost_per_g * grams
            + per_day * (max(0, (way.deliver_by - wanted).days) if wanted else 0)
            for way in ways
        ),
        default=0.0,
    )


def solve(
    problem: wave.Problem, stop: Callable[[], bool], on_progress: Callable[[float], None]
) -> wave.Solution:
    """Solve the wave; whatever happens, a feasible plan comes back."""
    return wave.solve(problem, stop=stop, on_progress=on_progress)


def shares_of(solution: wave.Solution) -> list[Share]:
    """Return what each facility is to ship of each order."""
    return [Share(UUID(a.order), a.facility, a.sku, a.quantity) for a in solution.allocations]


def unfilled_of(solution: wave.Solution) -> list[tuple[UUID, str, int]]:
    """Return what stays unfilled, by order and SKU."""
    return [(UUID(u.order), u.sku, u.quantity) for u in solution.unfilled]


def summary_of(problem: wave.Problem, solution: wave.Solution) -> dict[str, Any]:
    """Describe the plan, its proven quality, and what serving in order of arrival would cost."""
    lines, units = solution.allocations, sum(a.quantity for a in solution.allocations)
    shipments = {(a.order, a.facility) for a in lines}
    served = {order for order, _ in shipments}
    return {
        "status": solution.status,
        "objective": round(solution.objective, 4),
        "lower_bound": round(solution.lower_bound, 4),
        "gap": round(solution.gap, 6),
        "greedy": {
            "objective": round(solution.greedy.objective, 4),
            "shipments": solution.greedy.shipments,
        },
        "method": solution.method,
        "fallback": solution.fallback,
        "orders": len(problem.orders),
        "orders_served": len(served),
        "units": units,
        "unfilled_units": sum(u.quantity for u in solution.unfilled),
        "unfilled_cost": round(unfilled_cost_of(problem, solution), 4),
        "shipments": len(shipments),
        "prices": {
            "stock": [vars(price) for price in dearest(solution.stock_prices)],
            "capacity": [vars(price) for price in solution.capacity_prices],
        },
    }


def unfilled_cost_of(problem: wave.Problem, solution: wave.Solution) -> float:
    """Return the part of the objective that weighs units without stock, and is no money spent."""
    per_unit = {order.id: order.unfilled_cost for order in problem.orders}
    return sum(per_unit[u.order] * u.quantity for u in solution.unfilled)


def dearest(prices: Sequence[wave.StockPrice]) -> list[wave.StockPrice]:
    """Return the twenty stock levels where one more unit would save most."""
    return sorted(prices, key=lambda p: (-p.price, p.facility, p.sku))[:20]


def publish(shares: Sequence[Share]) -> set[Share]:
    """Allocate some orders as planned, through the gate; return those that lost their stock.

    Runs inside the caller's transaction. An order is allocated as far as it still needs the
    units; one whose stock a rival took stays as it was and waits for the next wave.
    """
    return orders_allocation.allocate_many(shares)
