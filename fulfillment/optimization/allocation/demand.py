"""The wave as arrays: S SKUs, F facilities sorted by code, one demand per order."""

import math
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.allocation.problem import Lane, Order, Problem

Quantities = NDArray[np.int64]
Amounts = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Demand:
    """One order of L lines, its SKUs merged, and its costs at each facility.

    `current` are the units that it holds already; any other plan costs `move_cost` more.
    """

    order: int
    sku: Indices  # [L]
    quantity: Quantities  # [L]
    weight: Amounts  # [L]
    shipment_cost: Amounts  # [F], infinite where the facility may not ship
    lane_cost: Amounts  # [F] per unit of weight, 0 where the facility may not ship
    unfilled_cost: float  # per unit
    max_shipments: int | None
    ship_complete: bool
    current: Quantities | None  # [F, L]
    move_cost: float


@dataclass(frozen=True, eq=False)
class Wave:
    """All demands before the same stock and capacities.

    Every limit has an index: stock by SKU and facility, then units, then shipments of each
    facility. Prices of limits, and what is taken of them, are vectors over that index.
    """

    demands: tuple[Demand, ...]
    facilities: tuple[str, ...]  # F codes
    group: Indices  # [F] facilities of one number ship as one
    skus: tuple[str, ...]  # S codes
    stock: Quantities  # [S, F]
    capacity_units: Amounts  # [F], infinite where unlimited
    capacity_shipments: Amounts  # [F], infinite where unlimited
    split_lines: bool

    @cached_property
    def limits(self) -> Amounts:
        """All limits by their index."""
        flat = [self.stock.ravel(), self.capacity_units, self.capacity_shipments]
        return np.concatenate(flat).astype(float)

    @cached_property
    def has_groups(self) -> bool:
        """Whether any two facilities ship as one."""
        return bool(np.unique(self.group).size < self.group.size)


@dataclass(frozen=True)
class Pattern:
    """One way to serve an order: (SKU, facility, units) of all it ships, and what it costs."""

    order: int
    takes: tuple[tuple[int, int, int], ...]
    cost: float

    @cached_property
    def facilities(self) -> tuple[int, ...]:
        """The facilities that ship, ascending: one shipment each."""
        return tuple(sorted({facility for _, facility, _ in self.takes}))


def read(problem: Problem) -> Wave:
    """Index the problem; orders keep their places, facilities are sorted by code."""
    facilities = sorted(problem.facilities, key=lambda facility: facility.code)
    facility = {f.code: i for i, f in enumerate(facilities)}
    skus = sorted({line.sku for order in problem.orders for line in order.lines})
    sku = {code: i for i, code in enumerate(skus)}
    stock = np.zeros((len(skus), len(facilities)), dtype=np.int64)
    for held in problem.stock:
        if held.sku in sku:
            stock[sku[held.sku], facility[held.facility]] = held.quantity
    groups: dict[str, int] = {}
    return Wave(
        demands=_demands(problem, facility, sku),
        facilities=tuple(facility),
        # A facility without a group is one of its own.
        group=np.array(
            [groups.setdefault(f.group or f"\0{f.code}", len(groups)) for f in facilities],
            dtype=np.intp,
        ),
        skus=tuple(skus),
        stock=stock,
        capacity_units=_or_infinite([f.capacity_units for f in facilities]),
        capacity_shipments=_or_infinite([f.capacity_shipments for f in facilities]),
        split_lines=problem.options.split_lines,
    )


def pattern(wave: Wave, demand: Demand, units: Quantities) -> Pattern:
    """The pattern that ships `units` [F, L] and leaves the rest of the order unfilled."""
    bare = unmoved(wave, demand, units)
    if demand.current is None or (units == demand.current).all():
        return bare
    return replace(bare, cost=bare.cost + demand.move_cost)


def unmoved(wave: Wave, demand: Demand, units: Quantities) -> Pattern:
    """The same pattern without what moving there costs."""
    takes = tuple(
        (int(demand.sku[line]), int(f), int(units[f, line])) for f, line in np.argwhere(units)
    )
    cost = shipping_cost(wave, demand, units) + (units @ demand.weight) @ demand.lane_cost
    cost += (demand.quantity.sum() - units.sum()) * demand.unfilled_cost
    return Pattern(demand.order, takes, float(cost))


def kept(wave: Wave, demand: Demand) -> Pattern | None:
    """What the order holds, if it may still ship so; stock and capacity aside."""
    units = demand.current
    if units is None:
        return None
    boxes, shipped = units.any(axis=1), units.sum(axis=0)
    allowed = (
        bool(np.isfinite(demand.shipment_cost[boxes]).all())
        and (demand.max_shipments is None or boxes.sum() <= demand.max_shipments)
        and not (demand.ship_complete and boxes.any() and (shipped < demand.quantity).any())
        and (wave.split_lines or bool(((units == 0) | (units == demand.quantity)).all()))
        and bool((shipped <= demand.quantity).all())
    )
    return pattern(wave, demand, units) if allowed else None


def shipping_cost(wave: Wave, demand: Demand, units: Quantities) -> float:
    """What the shipments of `units` [F, L] cost: of each group only the dearest."""
    used = np.flatnonzero(units.any(axis=1))
    dearest: dict[int, float] = {}
    for group, cost in zip(wave.group[used].tolist(), demand.shipment_cost[used], strict=True):
        dearest[group] = max(dearest.get(group, 0.0), float(cost))
    return sum(dearest.values())


def _or_infinite(limits: list[int | None]) -> Amounts:
    return np.array([math.inf if limit is None else limit for limit in limits], dtype=float)


Way = tuple[Amounts, Amounts]  # shipment cost [F], lane cost [F]


def _demands(problem: Problem, facility: dict[str, int], sku: dict[str, int]) -> tuple[Demand, ...]:
    weight = {item.sku: item.weight for item in problem.items}
    lanes: dict[str, list[Lane]] = {}
    for lane in problem.lanes:
        lanes.setdefault(lane.zone, []).append(lane)
    ways: dict[tuple[object, ...], Way] = {}
    demands = []
    for i, order in enumerate(problem.orders):
        # Most orders share their lanes' costs with many others of their zone.
        key = order.zone, order.deliver_within_days, order.late_cost_per_day, order.eligible
        if key not in ways:
            ways[key] = _way(order, lanes.get(order.zone, []), facility)
        demands.append(_demand(i, order, ways[key], facility, sku, weight))
    return tuple(demands)


def _way(order: Order, lanes: list[Lane], facility: dict[str, int]) -> Way:
    shipment_cost, lane_cost = np.full(len(facility), math.inf), np.zeros(len(facility))
    for lane in lanes:
        if order.eligible is None or lane.facility in order.eligible:
            shipment_cost[facility[lane.facility]] = _shipment_cost(order, lane)
            lane_cost[facility[lane.facility]] = lane.unit_cost
    return shipment_cost, lane_cost


def _demand(
    index: int,
    order: Order,
    way: Way,
    facility: dict[str, int],
    sku: dict[str, int],
    weight: dict[str, float],
) -> Demand:
    asked = Counter[str]()
    for line in order.lines:
        asked[line.sku] += line.quantity
    return Demand(
        order=index,
        sku=np.array([sku[code] for code in asked], dtype=np.intp),
        quantity=np.array(list(asked.values()), dtype=np.int64),
        weight=np.array([weight.get(code, 1.0) for code in asked]),
        shipment_cost=way[0],
        lane_cost=way[1],
        unfilled_cost=order.unfilled_cost,
        max_shipments=order.max_shipments,
        ship_complete=order.ship_complete,
        current=_current(order, list(asked), facility) if order.current else None,
        move_cost=order.move_cost,
    )


def _current(order: Order, skus: list[str], facility: dict[str, int]) -> Quantities:
    units = np.zeros((len(facility), len(skus)), dtype=np.int64)
    for held in order.current:
        units[facility[held.facility], skus.index(held.sku)] += held.quantity
    return units


def _shipment_cost(order: Order, lane: Lane) -> float:
    """The lane's cost with its late penalty; infinite where late is not allowed."""
    if order.deliver_within_days is None or lane.days is None:
        return lane.shipment_cost
    late = max(lane.days - order.deliver_within_days, 0)
    if late and order.late_cost_per_day is None:
        return math.inf
    return lane.shipment_cost + late * (order.late_cost_per_day or 0.0)
