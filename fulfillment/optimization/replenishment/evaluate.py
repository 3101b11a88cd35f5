"""What a plan costs and which limits it breaks, worked out from the problem alone."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fulfillment.optimization.replenishment.needs import Need, assess, to_give
from fulfillment.optimization.replenishment.problem import Item, Order, Problem, Transfer

Units = Mapping[tuple[str, str], int]  # by facility and SKU

ROUNDING = 1e-6


@dataclass(frozen=True)
class Evaluation:
    """A plan's expected cost and money spent; `violations` is empty for a plan that may be."""

    objective: float
    spent: float
    violations: tuple[str, ...]


def evaluate(
    problem: Problem, orders: tuple[Order, ...], transfers: tuple[Transfer, ...]
) -> Evaluation:
    """Cost a plan unit by unit and check every limit; the policies have their levels."""
    units = Counter[tuple[str, str]]()
    for order in orders:
        for line in order.lines:
            units[order.facility, line.sku] += line.quantity
    for transfer in transfers:
        units[transfer.destination, transfer.sku] += transfer.quantity
    spent = sum(order.cost for order in orders)
    return Evaluation(
        objective=sum(_cost(need, _got(need, units)) for need in assess(problem)),
        spent=spent,
        violations=(
            *_money(problem, orders, spent),
            *_packs(problem, units),
            *_room(problem, units),
            *_shelves(problem, transfers),
        ),
    )


def _got(need: Need, units: Units) -> int:
    return units.get((need.position.facility, need.position.sku), 0)


def _cost(need: Need, got: int) -> float:
    place, asked = need.position, need.want * need.pack
    total = place.shortage_cost * need.curve.at(need.stock + got)
    for unit in range(asked, got, need.pack):
        low, high = need.stock + unit, need.stock + unit + need.pack
        useful = place.shortage_cost * (need.curve.at(low) - need.curve.at(high))
        total += max(useful, place.holding_cost * need.pack)
    return total


def _money(problem: Problem, orders: tuple[Order, ...], spent: float) -> Iterator[str]:
    suppliers = {supplier.code: supplier for supplier in problem.suppliers}
    price = {(t.supplier, t.sku): t.unit_cost for t in problem.terms}
    budget = problem.options.budget
    if budget is not None and spent > budget * (1 + ROUNDING) + ROUNDING:
        yield "the orders cost more than the budget"
    for order in orders:
        supplier = suppliers[order.supplier]
        worth = sum(price[order.supplier, line.sku] * line.quantity for line in order.lines)
        if worth < supplier.minimum_value * (1 - ROUNDING):
            yield f"the order of {order.facility} is too small for {order.supplier}"
        if not supplier.orders_today:
            yield f"{order.supplier} takes no orders today"


def _packs(problem: Problem, units: Units) -> Iterator[str]:
    terms = {(t.supplier, t.sku): t for t in problem.terms}
    items = {item.sku: item for item in problem.items}
    for place in problem.positions:
        got = units.get((place.facility, place.sku), 0)
        if place.supplier is None:
            pack, least = items.get(place.sku, Item(place.sku)).pack_size, 0
        else:
            sold = terms[place.supplier, place.sku]
            pack, least = sold.pack_size, sold.minimum_units
        if got % pack:
            yield f"{place.facility} gets {place.sku} in broken packs"
        if 0 < got < least:
            yield f"{place.facility} gets fewer {place.sku} than the supplier sells"


def _room(problem: Problem, units: Units) -> Iterator[str]:
    items = {item.sku: item for item in problem.items}
    lead_times = {supplier.code: supplier.lead_time for supplier in problem.suppliers}
    volume, more = defaultdict[str, float](float), defaultdict[str, float](float)
    arriving, coming = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for place in problem.positions:
        got = units.get((place.facility, place.sku), 0)
        day = lead_times[place.supplier] if place.supplier is not None else 1
        day = day if place.lead_time is None else place.lead_time
        each = items.get(place.sku, Item(place.sku)).volume
        there = place.on_hand + sum(quantity for _, quantity in place.incoming)
        volume[place.facility] += each * there
        more[place.facility] += each * got
        coming[place.facility, day] += got
        for due, quantity in place.incoming:
            arriving[place.facility, due] += quantity
    for facility in problem.facilities:
        code, room, docks = facility.code, facility.storage_volume, facility.receiving_units
        if room is not None and more[code] > max(room - volume[code], 0) + ROUNDING:
            yield f"{code} has too little room"
        for key, quantity in coming.items():
            if docks is not None and key[0] == code and quantity > max(docks - arriving[key], 0):
                yield f"{code} receives too much on day {key[1]}"


def _shelves(problem: Problem, transfers: tuple[Transfer, ...]) -> Iterator[str]:
    sent = Counter[tuple[str, str]]()
    for transfer in transfers:
        sent[transfer.origin, transfer.sku] += transfer.quantity
    for place in problem.positions:
        if sent[place.facility, place.sku] > to_give(place):
            yield f"{place.facility} sends {place.sku} that it does not have"
