"""What a plan costs and which limits it breaks, worked out from the problem file alone."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fulfillment.optimization.allocation.problem import (
    Allocation,
    Lane,
    Order,
    Problem,
    Unfilled,
)

Units = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Evaluation:
    """A plan's cost, shipments and missing units; `violations` is empty for a feasible plan."""

    objective: float
    shipments: int
    unfilled: tuple[Unfilled, ...]
    violations: tuple[str, ...]


def evaluate(problem: Problem, allocations: Iterable[Allocation]) -> Evaluation:
    """Cost `allocations` and check every limit; shares no code with the optimisers."""
    units: Units = Counter()
    negative = []
    for a in allocations:
        units[a.order, a.facility, a.sku] += a.quantity
        negative += [f"{a} has no units"] if a.quantity < 1 else []
    shipments = {(order, facility) for order, facility, _ in units}
    unfilled = tuple(_unfilled(problem, units))
    missing = Counter[str]()
    for u in unfilled:
        missing[u.order] += u.quantity
    costs = {order.id: order.unfilled_cost * missing[order.id] for order in problem.orders}
    return Evaluation(
        objective=float(sum(costs.values()) + _cost(problem, units, shipments)),
        shipments=len(shipments),
        unfilled=unfilled,
        violations=(
            *negative,
            *_limits(problem, units, shipments),
            *_promises(problem, units, shipments, missing),
        ),
    )


def _asked(order: Order) -> Counter[str]:
    asked = Counter[str]()
    for line in order.lines:
        asked[line.sku] += line.quantity
    return asked


def _unfilled(problem: Problem, units: Units) -> Iterator[Unfilled]:
    shipped = _sums(units, 0, 2)
    for order in problem.orders:
        for sku, quantity in _asked(order).items():
            if quantity > shipped[order.id, sku]:
                yield Unfilled(order.id, sku, quantity - shipped[order.id, sku])


def _sums(units: Units, *keys: int) -> Units:
    sums: Units = Counter()
    for key, quantity in units.items():
        sums[tuple(key[k] for k in keys)] += quantity
    return sums


def _cost(problem: Problem, units: Units, shipments: set[tuple[str, str]]) -> float:
    weight = {item.sku: item.weight for item in problem.items}
    lanes = {(lane.zone, lane.facility): lane for lane in problem.lanes}
    orders = {order.id: order for order in problem.orders}
    # What a group's facilities ship of one order costs one shipment: the dearest.
    group = {place.code: place.group or ("", place.code) for place in problem.facilities}
    boxes = dict[object, float]()
    for order, facility in shipments:
        lane = lanes.get((orders[order].zone, facility)) if order in orders else None
        price = lane.shipment_cost + _late_cost(orders[order], lane) if lane else 0.0
        box = order, group.get(facility)
        boxes[box] = max(boxes.get(box, 0.0), price)
    total = sum(boxes.values()) + _moves(problem, units)
    for (order, facility, sku), quantity in units.items():
        lane = lanes.get((orders[order].zone, facility)) if order in orders else None
        total += quantity * weight.get(sku, 1.0) * lane.unit_cost if lane else 0.0
    return total


def _moves(problem: Problem, units: Units) -> float:
    planned: dict[str, Units] = {}
    for (order_id, facility, sku), quantity in units.items():
        planned.setdefault(order_id, Counter())[facility, sku] += quantity
    total = 0.0
    for order in problem.orders:
        held: Units = Counter()
        for part in order.current:
            held[part.facility, part.sku] += part.quantity
        total += order.move_cost if held and held != planned.get(order.id) else 0.0
    return total


def _late_cost(order: Order, lane: Lane) -> float:
    if order.deliver_within_days is None or lane.days is None:
        return 0.0
    return (order.late_cost_per_day or 0.0) * max(lane.days - order.deliver_within_days, 0)


def _limits(problem: Problem, units: Units, shipments: set[tuple[str, str]]) -> Iterator[str]:
    stock = {(s.facility, s.sku): s.quantity for s in problem.stock}
    for (facility, sku), quantity in _sums(units, 1, 2).items():
        if quantity > stock.get((facility, sku), 0):
            yield f"{facility} has too little {sku}"
    used, boxes = _sums(units, 1), Counter(facility for _, facility in shipments)
    for place in problem.facilities:
        if used[place.code,] > _or_infinite(place.capacity_units):
            yield f"{place.code} is past its units"
        if boxes[place.code] > _or_infinite(place.capacity_shipments):
            yield f"{place.code} is past its shipments"


def _or_infinite(limit: int | None) -> float:
    return float("inf") if limit is None else limit


def _promises(
    problem: Problem, units: Units, shipments: set[tuple[str, str]], missing: Counter[str]
) -> Iterator[str]:
    lanes = {(lane.zone, lane.facility): lane for lane in problem.lanes}
    orders = {order.id: order for order in problem.orders}
    boxes = Counter(order for order, _ in shipments)
    shipped = _sums(units, 0, 2)
    for order_id, facility in sorted(shipments):
        order = orders.get(order_id)
        lane = lanes.get((order.zone, facility)) if order else None
        if order is None or lane is None or not _may_ship(order, lane):
            yield f"{facility} may not ship {order_id}"
    asked = {order.id: _asked(order) for order in problem.orders}
    for (order_id, sku), quantity in shipped.items():
        if order_id in asked and quantity > asked[order_id][sku]:
            yield f"{order_id} gets more {sku} than it asked for"
    for order in problem.orders:
        if boxes[order.id] > _or_infinite(order.max_shipments):
            yield f"{order.id} has too many shipments"
        if order.ship_complete and boxes[order.id] and missing[order.id]:
            yield f"{order.id} ships incomplete"
    if not problem.options.split_lines:
        taken = ((order, sku, n) for (order, _, sku), n in units.items() if order in asked)
        parts = {(order, sku) for order, sku, n in taken if n < asked[order][sku]}
        yield from (f"{order} gets {sku} in parts" for order, sku in sorted(parts))


def _may_ship(order: Order, lane: Lane) -> bool:
    eligible = order.eligible is None or lane.facility in order.eligible
    days = order.deliver_within_days
    late = days is not None and lane.days is not None and lane.days > days
    return eligible and (not late or order.late_cost_per_day is not None)
