"""What a plan of transfers costs and which limits it breaks, from the problem file alone."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fulfillment.optimization.rebalancing.problem import Position, Problem, Transfer

Units = dict[tuple[str, str, str], int]  # by origin, destination and SKU


@dataclass(frozen=True)
class Evaluation:
    """A plan's cost in parts; `violations` is empty for a feasible plan."""

    fixed: float
    moving: float
    shortage: float
    lanes: int
    violations: tuple[str, ...]

    @property
    def objective(self) -> float:
        """What the plan costs."""
        return self.fixed + self.moving + self.shortage


def evaluate(problem: Problem, transfers: Iterable[Transfer]) -> Evaluation:
    """Cost `transfers` and check every limit; shares no code with the optimiser."""
    units, malformed = Counter[tuple[str, str, str]](), []
    for t in transfers:
        units[t.origin, t.destination, t.sku] += t.quantity
        malformed += [f"{t.sku} from {t.origin} has no units"] if t.quantity < 1 else []
    lanes = {(lane.origin, lane.destination): lane for lane in problem.lanes}
    weight = {item.sku: item.weight for item in problem.items}
    used = {(origin, destination) for origin, destination, _ in units}
    known = [lanes[way] for way in used if way in lanes]
    moving = sum(
        quantity * weight.get(sku, 1.0) * lanes[origin, destination].unit_cost
        for (origin, destination, sku), quantity in units.items()
        if (origin, destination) in lanes
    )
    moved = _moved(units)
    return Evaluation(
        fixed=float(sum(lane.fixed_cost for lane in known)),
        moving=float(moving),
        shortage=float(
            sum(
                p.shortage_cost * lost_sales(p, p.available + moved[p.facility, p.sku])
                for p in problem.positions
            )
        ),
        lanes=len(used),
        violations=(*malformed, *_stock(problem, units), *_room(problem, units)),
    )


def lost_sales(position: Position, stock: float) -> float:
    """Expected units lost at a stock: linear between the points, constant after the last."""
    points = position.lost_sales
    i = bisect_right(points, stock, key=lambda point: point[0]) - 1
    if i < 0 or i + 1 == len(points):
        return points[max(i, 0)][1]
    (x, y), (next_x, next_y) = points[i], points[i + 1]
    return y + (next_y - y) * (stock - x) / (next_x - x)


def _moved(units: Units) -> Counter[tuple[str, str]]:
    """Net units in, by facility and SKU."""
    moved = Counter[tuple[str, str]]()
    for (origin, destination, sku), quantity in units.items():
        moved[origin, sku] -= quantity
        moved[destination, sku] += quantity
    return moved


def _stock(problem: Problem, units: Units) -> Iterator[str]:
    positions = {(p.facility, p.sku): p for p in problem.positions}
    packs = {item.sku: item.pack_size for item in problem.items}
    sent, received = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for (origin, destination, sku), quantity in units.items():
        sent[origin, sku] += quantity
        received[destination, sku] += quantity
        if quantity % packs.get(sku, 1):
            yield f"{sku} from {origin} to {destination} breaks a pack"
        for place in (origin, destination):
            if (place, sku) not in positions:
                yield f"{place} has no position of {sku}"
    for (place, sku), quantity in sent.items():
        position = positions.get((place, sku))
        if position and quantity > max(position.available - position.keep, 0):
            yield f"{place} sends {sku} that it should keep"
        if (place, sku) in received:
            yield f"{place} sends and receives {sku}"


def _room(problem: Problem, units: Units) -> Iterator[str]:
    on_lane = defaultdict[tuple[str, str], int](int)
    out, inside = Counter[str](), Counter[str]()
    for (origin, destination, _), quantity in units.items():
        on_lane[origin, destination] += quantity
        out[origin] += quantity
        inside[destination] += quantity
    lanes = {(lane.origin, lane.destination): lane for lane in problem.lanes}
    for way, quantity in on_lane.items():
        if way not in lanes:
            yield f"there is no lane from {way[0]} to {way[1]}"
        elif quantity > _or_infinite(lanes[way].capacity_units):
            yield f"the lane from {way[0]} to {way[1]} is past its capacity"
    for place in problem.facilities:
        if out[place.code] > _or_infinite(place.outbound_units):
            yield f"{place.code} is past its outbound units"
        if inside[place.code] > _or_infinite(place.inbound_units):
            yield f"{place.code} is past its inbound units"
    if len(on_lane) > _or_infinite(problem.options.max_lanes):
        yield "the plan uses too many lanes"


def _or_infinite(limit: int | None) -> float:
    return float("inf") if limit is None else limit
