"""The wave as one model with a variable for each order, facility and line, for small waves."""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pulp

from fulfillment.optimization import solver
from fulfillment.optimization.allocation.demand import Demand, Pattern, Quantities, Wave, pattern

Place = tuple[int, int]  # (facility, line)


@dataclass(frozen=True, eq=False)
class Part:
    """One order's cost, its shipments by facility and its units by place."""

    cost: pulp.LpAffineExpression
    boxes: dict[int, pulp.LpVariable]
    units: dict[Place, pulp.LpAffineExpression]


def size(wave: Wave) -> int:
    """How many variables of units the model would have."""
    return sum(int(np.count_nonzero(_reach(wave, demand))) for demand in wave.demands)


def solve(wave: Wave, seconds: float, gap: float, seed: int) -> tuple[list[Pattern] | None, float]:
    """Allocate all orders at once by branch and bound: a plan, or None, and a lower bound."""
    model = pulp.LpProblem("wave", pulp.LpMinimize)
    parts = [_add_order(model, wave, demand) for demand in wave.demands]

    # The cost of all orders.
    model += pulp.lpSum(part.cost for part in parts)
    # No more units than there are in stock, no more units and shipments than a facility handles.
    stock, units, boxes = defaultdict(list), defaultdict(list), defaultdict(list)
    for demand, part in zip(wave.demands, parts, strict=True):
        for (f, line), taken in part.units.items():
            stock[int(demand.sku[line]), f].append(taken)
            units[f].append(taken)
        for f, box in part.boxes.items():
            boxes[f].append(box)
    for key, all_taken in stock.items():
        model += pulp.lpSum(all_taken) <= int(wave.stock[key])
    for f in units:
        if math.isfinite(wave.capacity_units[f]):
            model += pulp.lpSum(units[f]) <= int(wave.capacity_units[f])
        if math.isfinite(wave.capacity_shipments[f]):
            model += pulp.lpSum(boxes[f]) <= int(wave.capacity_shipments[f])

    outcome = solver.solve(model, seconds=seconds, gap=gap, seed=seed)
    if not outcome.has_solution:
        return None, outcome.bound
    plans = [_pattern(wave, d, part) for d, part in zip(wave.demands, parts, strict=True)]
    return plans, outcome.bound


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
        # Where lines may not split, the variable is the whole line.
        most = int(reach[f, line])
        step, steps = (1, most) if wave.split_lines else (most, 1)
        steps_taken = model.add_variable(f"units_{key}_{f}_{line}", 0, steps, "Integer")
        units[f, line] = step * steps_taken
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
    return Part(_cost(demand, boxes, units, missing), boxes, units)


def _cost(
    demand: Demand,
    boxes: dict[int, pulp.LpVariable],
    units: dict[Place, pulp.LpAffineExpression],
    missing: dict[int, pulp.LpVariable],
) -> pulp.LpAffineExpression:
    return pulp.lpSum(
        [float(demand.shipment_cost[f]) * box for f, box in boxes.items()]
        + [float(demand.lane_cost[f] * demand.weight[i]) * x for (f, i), x in units.items()]
        + [demand.unfilled_cost * x for x in missing.values()]
    )


def _pattern(wave: Wave, demand: Demand, part: Part) -> Pattern:
    units = np.zeros((len(wave.facilities), demand.quantity.size), dtype=np.int64)
    for place, taken in part.units.items():
        units[place] = round(float(pulp.value(taken)))
    return pattern(demand, units)
