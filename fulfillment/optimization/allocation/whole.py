"""The wave as one model with a variable for each order, facility and line, for small waves."""

import math
import time
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pulp

from fulfillment.optimization import solver
from fulfillment.optimization.allocation.demand import (
    Amounts,
    Demand,
    Pattern,
    Quantities,
    Wave,
    pattern,
)
from fulfillment.optimization.allocation.master import prices_of

Place = tuple[int, int]  # (facility, line)

ROUNDING = 1e-5  # of units, as the solver's tolerance leaves it


@dataclass(frozen=True, eq=False)
class Part:
    """One order's cost, its shipments by facility and its units by place."""

    cost: pulp.LpAffineExpression
    boxes: dict[int, pulp.LpVariable]
    units: dict[Place, pulp.LpAffineExpression]


def is_larger(wave: Wave, most: int) -> bool:
    """Whether the model would have more than `most` variables of units."""
    size = 0
    for demand in wave.demands:
        size += int(np.count_nonzero(_reach(wave, demand)))
        if size > most:
            return True
    return False


@dataclass(frozen=True, eq=False)
class Answer:
    """A plan, if one was found, a lower bound, and the prices of the linear relaxation."""

    patterns: list[Pattern] | None
    lower_bound: float
    prices: Amounts


def solve(wave: Wave, seconds: float, gap: float, seed: int) -> Answer:
    """Allocate all orders at once: a linear relaxation for prices, a tree search for a plan."""
    started = time.perf_counter()
    model = pulp.LpProblem("wave", pulp.LpMinimize)
    parts = [_add_order(model, wave, demand) for demand in wave.demands]

    # The cost of all orders.
    model += pulp.lpSum(part.cost for part in parts)
    # Stock, units and shipments of a facility are taken no more often than they are there.
    limits = wave.limits
    binding = [(i, taken) for i, taken in _taken(wave, parts) if math.isfinite(limits[i])]
    for i, taken in binding:
        model += pulp.lpSum(taken) <= int(limits[i]), f"limit_{i}"

    relaxation = solver.solve(model, seconds=seconds, relaxed=True)
    rows = [i for i, _ in binding]
    prices = np.zeros(limits.size)
    if relaxation.optimal:
        prices = prices_of(model, rows, limits.size)
    left = seconds - (time.perf_counter() - started)
    outcome = solver.solve(model, seconds=left, gap=gap, seed=seed)
    if outcome.has_solution and not all(map(_is_whole, parts)):
        # Solutions within a face need not be whole: then the solver must be told.
        for variable in _units_of(parts):
            variable.cat = pulp.LpInteger
        left = seconds - (time.perf_counter() - started)
        outcome = solver.solve(model, seconds=left, gap=gap, seed=seed)
    bound = max(relaxation.bound, outcome.bound)
    if not (outcome.has_solution and all(map(_is_whole, parts))):
        return Answer(None, bound, prices)
    plans = [_pattern(wave, d, part) for d, part in zip(wave.demands, parts, strict=True)]
    return Answer(plans, bound, prices)


def _taken(wave: Wave, parts: list[Part]) -> list[tuple[int, list[pulp.LpAffineExpression]]]:
    """What is taken of each limit, by the limit's index in the flat vector of prices."""
    facilities = len(wave.facilities)
    units_at = wave.stock.size
    taken: dict[int, list[pulp.LpAffineExpression]] = defaultdict(list)
    for demand, part in zip(wave.demands, parts, strict=True):
        for (f, line), units in part.units.items():
            taken[int(demand.sku[line]) * facilities + f].append(units)
            taken[units_at + f].append(units)
        for f, box in part.boxes.items():
            taken[units_at + facilities + f].append(box)
    return sorted(taken.items(), key=lambda item: item[0])


def _reach(wave: Wave, demand: Demand) -> Quantities:
    """Units of each line that each facility could ship. [F, L]"""
    able = np.where(np.isfinite(demand.shipment_cost), wave.stock[demand.sku], 0)
    reach = np.minimum(able, demand.quantity[:, None]).T
    return reach if wave.split_lines else np.where(reach == demand.quantity, reach, 0)


def _add_order(model: pulp.LpProblem, wave: Wave, demand: Demand) -> Part:
    key, reach = demand.order, _reach(wave, demand)
    boxes = {
        f: model.add_variable(f"box_{key}_{f}", cat="Binary")
        for f in np.flatnonzero(reach.any(axis=1)).tolist()
    }
    units = {}
    for f, line in np.argwhere(reach).tolist():
        # With the boxes decided, units flow through a network of whole capacities: a solution at
        # a vertex is whole by itself. Where lines may not split, the variable is the whole line.
        most, name = int(reach[f, line]), f"units_{key}_{f}_{line}"
        if wave.split_lines:
            units[f, line] = 1 * model.add_variable(name, 0, most)
        else:
            units[f, line] = most * model.add_variable(name, cat="Binary")
        # Units ship in a box.
        model += units[f, line] <= most * boxes[f]
    # All units of a line ship or are missing.
    quantities = dict(enumerate(demand.quantity.tolist()))
    missing = {i: model.add_variable(f"missing_{key}_{i}", 0, q) for i, q in quantities.items()}
    for i, quantity in quantities.items():
        shipped = [x for (_, line), x in units.items() if line == i]
        model += pulp.lpSum([*shipped, missing[i]]) == quantity
    # A complete order misses nothing or everything.
    if demand.ship_complete:
        waits = model.add_variable(f"waits_{key}", cat="Binary")
        for i, quantity in quantities.items():
            model += missing[i] == quantity * waits
    # A limit on shipments.
    if demand.max_shipments is not None:
        model += pulp.lpSum(boxes.values()) <= demand.max_shipments
    cost = _shipping(model, wave, demand, boxes) + _per_unit(demand, units, missing)
    if demand.current is not None:
        cost += demand.move_cost * (1 - _stays(model, demand, units))
    return Part(cost, boxes, units)


def _shipping(
    model: pulp.LpProblem, wave: Wave, demand: Demand, boxes: dict[int, pulp.LpVariable]
) -> pulp.LpAffineExpression:
    """What the boxes cost; those of one group cost what the dearest of them does."""
    groups: dict[int, list[int]] = defaultdict(list)
    for f in boxes:
        groups[int(wave.group[f])].append(f)
    cost = pulp.lpSum([])
    for group, members in groups.items():
        if len(members) == 1:
            cost += float(demand.shipment_cost[members[0]]) * boxes[members[0]]
            continue
        dearest = model.add_variable(f"group_{demand.order}_{group}", 0)
        cost += dearest
        for f in members:
            model += dearest >= float(demand.shipment_cost[f]) * boxes[f]
    return cost


def _per_unit(
    demand: Demand,
    units: dict[Place, pulp.LpAffineExpression],
    missing: dict[int, pulp.LpVariable],
) -> pulp.LpAffineExpression:
    return pulp.lpSum(
        [float(demand.lane_cost[f] * demand.weight[i]) * x for (f, i), x in units.items()]
        + [demand.unfilled_cost * x for x in missing.values()]
    )


def _stays(
    model: pulp.LpProblem, demand: Demand, units: dict[Place, pulp.LpAffineExpression]
) -> pulp.LpVariable | int:
    """Whether the order keeps exactly what it holds: 1, 0 or a variable that says so."""
    assert demand.current is not None
    held = {(f, i): int(demand.current[f, i]) for f, i in np.argwhere(demand.current).tolist()}
    if held.keys() - units.keys():
        return 0
    stays = model.add_variable(f"stays_{demand.order}", cat="Binary")
    for (f, i), taken in units.items():
        keeps = held.get((f, i), 0)
        model += taken >= keeps * stays
        model += taken <= keeps + (int(demand.quantity[i]) - keeps) * (1 - stays)
    return stays


def _units_of(parts: list[Part]) -> list[pulp.LpVariable]:
    return [
        variable for part in parts for units in part.units.values() for variable, _ in units.items()
    ]


def _is_whole(part: Part) -> bool:
    taken = (float(pulp.value(units)) for units in part.units.values())
    return all(abs(units - round(units)) < ROUNDING for units in taken)


def _pattern(wave: Wave, demand: Demand, part: Part) -> Pattern:
    units = np.zeros((len(wave.facilities), demand.quantity.size), dtype=np.int64)
    for place, taken in part.units.items():
        units[place] = round(float(pulp.value(taken)))
    return pattern(wave, demand, units)
