"""The wave as arrays: S SKUs, F facilities sorted by code, one demand per order."""

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.allocation.problem import (
    Lane,
    Order,
    Problem,
)

Quantities = NDArray[np.int64]
Amounts = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Demand:
    """One order of L lines, its SKUs merged, and its costs at each facility."""

    order: int
    sku: Indices  # [L]
    quantity: Quantities  # [L]
    weight: Amounts  # [L]
    shipment_cost: Amounts  # [F], infinite where the facility may not ship
    lane_cost: Amounts  # [F] per unit of weight, 0 where the facility may not ship
    unfilled_cost: float  # per unit
    max_shipments: int | None
    ship_complete: bool


@dataclass(frozen=True, eq=False)
class Wave:
    """All demands before the same stock and capacities."""

    demands: tuple[Demand, ...]
    facilities: tuple[str, ...]  # F codes
    skus: tuple[str, ...]  # S codes
    stock: Quantities  # [S, F]
    capacity_units: Amounts  # [F], infinite where unlimited
    capacity_shipments: Amounts  # [F], infinite where unlimited
    split_lines: bool


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
    return Wave(
        demands=_demands(problem, facility, sku),
        facilities=tuple(facility),
        skus=tuple(skus),
        stock=stock,
        capacity_units=_limits([f.capacity_units for f in facilities]),
        capacity_shipments=_limits([f.capacity_shipments for f in facilities]),
        split_lines=problem.options.split_lines,
    )


def pattern(demand: Demand, units: Quantities) -> Pattern:
    """The pattern that ships `units` [F, L] and leaves the rest of the order unfilled."""
    takes = tuple(
        (int(demand.sku[line]), int(f), int(units[f, line])) for f, line in np.argwhere(units)
    )
    cost = (
        demand.shipment_cost[units.any(axis=1)].sum() + (units @ demand.weight) @ demand.lane_cost
    )
    missing = demand.quantity.sum() - units.sum()
    return Pattern(demand.order, takes, float(cost + missing * demand.unfilled_cost))


def _limits(limits: list[int | None]) -> Amounts:
    return np.array([math.inf if limit is None else limit for limit in limits], dtype=float)


def _demands(problem: Problem, facility: dict[str, int], sku: dict[str, int]) -> tuple[Demand, ...]:
    weight = {item.sku: item.weight for item in problem.items}
    lanes: dict[str, list[Lane]] = {}
    for lane in problem.lanes:
        lanes.setdefault(lane.zone, []).append(lane)
    return tuple(
        _demand(i, order, lanes.get(order.zone, []), facility, sku, weight)
        for i, order in enumerate(problem.orders)
    )


def _demand(
    index: int,
    order: Order,
    lanes: list[Lane],
    facility: dict[str, int],
    sku: dict[str, int],
    weight: dict[str, float],
) -> Demand:
    shipment_cost, lane_cost = np.full(len(facility), math.inf), np.zeros(len(facility))
    for lane in lanes:
        if order.eligible is None or lane.facility in order.eligible:
            shipment_cost[facility[lane.facility]] = _shipment_cost(order, lane)
            lane_cost[facility[lane.facility]] = lane.unit_cost
    asked = Counter[str]()
    for line in order.lines:
        asked[line.sku] += line.quantity
    return Demand(
        order=index,
        sku=np.array([sku[code] for code in asked], dtype=np.intp),
        quantity=np.array(list(asked.values()), dtype=np.int64),
        weight=np.array([weight.get(code, 1.0) for code in asked]),
        shipment_cost=shipment_cost,
        lane_cost=lane_cost,
        unfilled_cost=order.unfilled_cost,
        max_shipments=order.max_shipments,
        ship_complete=order.ship_complete,
    )


def _shipment_cost(order: Order, lane: Lane) -> float:
    """The lane's cost with its late penalty; infinite where late is not allowed."""
    if order.deliver_within_days is None or lane.days is None:
        return lane.shipment_cost
    late = max(lane.days - order.deliver_within_days, 0)
    if late and order.late_cost_per_day is None:
        return math.inf
    return lane.shipment_cost + late * (order.late_cost_per_day or 0.0)
