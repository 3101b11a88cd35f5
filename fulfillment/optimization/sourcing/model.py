"""The order as a mixed-integer model, for when there are too many facility sets to weigh."""

import math
from dataclasses import dataclass

import numpy as np
import pulp

from fulfillment.optimization import solver
from fulfillment.optimization.sourcing.candidates import Candidates


@dataclass(frozen=True)
class Opening:
    """The facilities that the solver opens (none if it found no plan) and what it proved."""

    members: tuple[int, ...] | None
    lower_bound: float
    proven: bool


def best_set(order: Candidates, most: int, seconds: float) -> Opening:
    """Choose at most `most` facilities by branch and bound, for at most `seconds`.

    Shipped units are fractions of their line and costs fractions of the largest one: so any
    quantity or currency keeps the solver's numbers near one.
    """
    facilities, lines = order.supply.shape
    share = order.supply / order.quantity
    line_cost = order.unit_cost * order.quantity
    unfilled_cost = order.unfilled_cost * order.quantity
    scale = max(line_cost.max(), order.shipment_cost.max(), unfilled_cost.max()) or 1.0

    model = pulp.LpProblem("order", pulp.LpMinimize)
    opened = [model.add_variable(f"open_{f}", cat="Binary") for f in range(facilities)]
    ships = {
        (f, line): model.add_variable(f"ships_{f}_{line}", 0, 1)
        for f, line in np.argwhere(order.supply > 0).tolist()
    }
    may_miss = 0 if order.ship_complete else 1
    missing = [model.add_variable(f"missing_{line}", 0, may_miss) for line in range(lines)]

    # Shipments, units shipped, units not shipped.
    model += pulp.lpSum(
        [opened[f] * (order.shipment_cost[f] / scale) for f in range(facilities)]
        + [x * (line_cost[key] / scale) for key, x in ships.items()]
        + [missing[line] * (unfilled_cost[line] / scale) for line in range(lines)]
    )
    # A line is shipped or missing.
    for line in range(lines):
        parts = [ships[f, line] for f in range(facilities) if (f, line) in ships]
        model += pulp.lpSum([*parts, missing[line]]) == 1
    # A facility ships what it has, and only once it is open.
    for (f, line), x in ships.items():
        model += x <= share[f, line] * opened[f]
    # No more shipments than allowed.
    if most < facilities:
        model += pulp.lpSum(opened) <= most

    outcome = solver.solve(model, seconds=seconds)
    if outcome.status == "Infeasible":
        return Opening(None, math.inf, proven=True)
    chosen = tuple(f for f, value in enumerate(solver.values(opened)) if value > 0.5)
    members = chosen if outcome.has_solution else None
    return Opening(members, outcome.bound * scale, outcome.optimal)
