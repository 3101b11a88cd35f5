"""What single orders of a wave cost, by the wave's own rules and term by term."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from fulfillment.optimization import allocation as wave
from fulfillment.sourcing.composite import LaneCosts

Place = tuple[str, str]
"""A facility, and a SKU there."""
Units = Counter[Place]


@dataclass(frozen=True)
class Terms:
    """An order's cost by what the strategy weighs."""

    shipping: float
    handling: float
    distance: float
    split: float
    late: float
    unfilled: float

    @property
    def total(self) -> float:
        return float(sum(asdict(self).values()))


@dataclass(frozen=True)
class Charges:
    """What the strategy charges an order for: its lanes by facility, and the handling of a unit."""

    lanes: Mapping[str, LaneCosts]
    handling: float = 0.0


@dataclass(frozen=True)
class Book:
    """A wave's problem, ready to cost many of its orders one by one."""

    problem: wave.Problem
    lanes: Mapping[str, tuple[wave.Lane, ...]]
    items: Mapping[str, wave.Item]

    def cost(self, order: wave.Order, units: Units) -> float:
        """Cost a plan of one order by the solver's own evaluator, moving it or not."""
        alone = replace(
            self.problem,
            lanes=self.lanes.get(order.zone, ()),
            stock=(),
            orders=(replace(order, current=(), move_cost=0.0),),
            items=tuple(self.items[line.sku] for line in order.lines if line.sku in self.items),
        )
        taken = [wave.Allocation(order.id, at, sku, n) for (at, sku), n in units.items() if n]
        return wave.evaluate(alone, taken).objective

    def terms(self, order: wave.Order, units: Units, charges: Charges) -> Terms:
        """Return the terms of shipping these units of an order, whatever limits they break.

        They add up to `cost`, and to the handling of every unit asked for: who is not served saves
        none, since leaving a unit unfilled weighs that much more.
        """
        missing = sum(line.quantity for line in order.lines) - units.total()
        late = self.late(order)
        paying = self.paying(units, {at: c.shipment + late[at] for at, c in charges.lanes.items()})
        per_g = sum(
            n * self.weight(sku) * charges.lanes[at].per_g for (at, sku), n in units.items()
        )
        return Terms(
            shipping=sum(charges.lanes[at].shipping for at in paying) + per_g,
            handling=charges.handling * units.total(),
            distance=sum(charges.lanes[at].distance for at in paying),
            split=sum(charges.lanes[at].split for at in paying),
            late=sum(late[at] for at in paying),
            unfilled=(order.unfilled_cost + charges.handling) * missing,
        )

    def late(self, order: wave.Order) -> dict[str, float]:
        """Return what a shipment of an order costs for being late, by facility."""
        per_day, within = order.late_cost_per_day or 0.0, order.deliver_within_days
        days = {lane.facility: lane.days or 0 for lane in self.lanes.get(order.zone, ())}
        if within is None:
            return dict.fromkeys(days, 0.0)
        return {facility: per_day * max(0, n - within) for facility, n in days.items()}

    def paying(self, units: Units, shipment: Mapping[str, float]) -> set[str]:
        """Return whose shipments are paid for: of a group, the dearest one's."""
        group = {place.code: place.group for place in self.problem.facilities}
        dearest: dict[tuple[bool, str], str] = {}
        for at in sorted(facilities_of(units), key=lambda at: shipment[at]):
            name = group[at]
            dearest[name is None, name or at] = at
        return set(dearest.values())

    def weight(self, sku: str) -> float:
        return self.items[sku].weight if sku in self.items else 1.0


def facilities_of(units: Units) -> list[str]:
    """Return the facilities that ship any of these units, by code."""
    return sorted({facility for (facility, _), n in units.items() if n})


def book_of(problem: wave.Problem) -> Book:
    """Index a problem's lanes by zone and its items by SKU."""
    lanes: dict[str, list[wave.Lane]] = defaultdict(list)
    for lane in problem.lanes:
        lanes[lane.zone].append(lane)
    by_zone = {zone: tuple(ways) for zone, ways in lanes.items()}
    return Book(problem, by_zone, {item.sku: item for item in problem.items})


def units_by_order(solution: wave.Solution) -> dict[str, Units]:
    """Return what each order is to get, by its id."""
    plan: dict[str, Units] = defaultdict(Counter)
    for part in solution.allocations:
        plan[part.order][part.facility, part.sku] += part.quantity
    return plan
