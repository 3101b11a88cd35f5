"""The order as a mixed-integer model, for when there are too many facility sets to weigh."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pulp

from fulfillment.optimization import solver
from fulfillment.optimization.sourcing.candidates import Candidates
from fulfillment.optimization.sourcing.problem import Quantities
from fulfillment.optimization.sourcing.stages import CENT

# What a solver takes for zero: a rule may be missed by that much of its largest figure.
TOLERANCE = 1e-7


@dataclass(frozen=True)
class Opening:
    """The facilities that the solver opens (none if it found no plan) and what it proved."""

    members: tuple[int, ...] | None
    lower_bound: float
    proven: bool


@dataclass(frozen=True)
class Model:
    """The order's rows and variables: which facilities open, what ships, what is missing.

    Shipped and missing units are fractions of their line and costs fractions of `scale`, the
    largest one: so any quantity or currency keeps the solver's numbers near one.
    """

    rows: pulp.LpProblem
    opens: list[pulp.LpVariable]
    ships: dict[tuple[int, int], pulp.LpVariable]
    missing: list[pulp.LpVariable]
    shares: list[pulp.LpVariable]
    scale: float


@dataclass(frozen=True)
class Goal:
    """What to make least, and by how much it may rise for the goals after it."""

    sum: pulp.LpAffineExpression
    slack: float


def best_set(order: Candidates, most: int, seconds: float) -> Opening:
    """Choose at most `most` facilities by branch and bound, for at most `seconds`."""
    if order.stages:
        return best_set_by_stages(order, most, seconds)
    model = stated(order, most)
    outcome = minimised(model, goals_of(order, model), [], seconds)
    if outcome.status == "Infeasible":
        return Opening(None, math.inf, proven=True)
    members = opened(model) if outcome.has_solution else None
    return Opening(members, outcome.bound * model.scale, outcome.optimal)


def best_set_by_stages(order: Candidates, most: int, seconds: float) -> Opening:
    """One run for each stage, which keeps what those before it reached."""
    opening = Opening(None, -math.inf, proven=True)
    reached: list[float] = []
    for _ in range(len(order.stages) + 1):
        model = stated(order, most)
        goals = goals_of(order, model)
        outcome = minimised(model, goals, reached, seconds / len(goals))
        if outcome.status == "Infeasible" and not reached:
            return Opening(None, math.inf, proven=True)
        if not outcome.has_solution:
            return replace(opening, proven=False)
        reached.append(float(pulp.value(goals[len(reached)].sum)))
        opening = Opening(opened(model), -math.inf, opening.proven and outcome.optimal)
    return opening


def minimised(
    model: Model, goals: list[Goal], reached: list[float], seconds: float
) -> solver.Outcome:
    """Make the first goal that nothing was reached of least, and those before it no worse."""
    rows = model.rows
    for goal, value in zip(goals, reached, strict=False):
        rows += goal.sum <= value + goal.slack
    rows += goals[len(reached)].sum
    return solver.solve(rows, seconds=seconds)


def opened(model: Model) -> tuple[int, ...]:
    return tuple(f for f, x in enumerate(solver.values(model.opens)) if x > 0.5)


def stated(order: Candidates, most: int) -> Model:
    """The variables of an order and what binds them."""
    facilities, lines = order.supply.shape
    share = order.supply / order.quantity
    may_miss = 0 if order.ship_complete else 1
    rows = pulp.LpProblem("order", pulp.LpMinimize)
    model = Model(
        rows=rows,
        opens=[rows.add_variable(f"open_{f}", cat="Binary") for f in range(facilities)],
        ships={
            (f, line): rows.add_variable(f"ships_{f}_{line}", 0, 1)
            for f, line in np.argwhere(order.supply > 0).tolist()
        },
        missing=[rows.add_variable(f"missing_{line}", 0, may_miss) for line in range(lines)],
        shares=[rows.add_variable(f"group_{g}", 0) for g in range(len(order.groups))],
        scale=scale_of(order),
    )
    # A line is shipped or missing.
    for line in range(lines):
        parts = [model.ships[f, line] for f in range(facilities) if (f, line) in model.ships]
        rows += pulp.lpSum([*parts, model.missing[line]]) == 1
    # A facility ships what it has, and only once it is open.
    for (f, line), x in model.ships.items():
        rows += x <= share[f, line] * model.opens[f]
    # A group pays for the dearest of its members.
    for group, members in zip(model.shares, order.groups, strict=True):
        for f in members.tolist():
            rows += group >= model.opens[f] * (order.shipment_cost[f] / model.scale)
    # No more shipments than allowed.
    if most < facilities:
        rows += pulp.lpSum(model.opens) <= most
    return model


def scale_of(order: Candidates) -> float:
    line_cost = (order.unit_cost * order.quantity).max()
    unfilled_cost = (order.unfilled_cost * order.quantity).max()
    return float(max(line_cost, order.shipment_cost.max(), unfilled_cost)) or 1.0


def goals_of(order: Candidates, model: Model) -> list[Goal]:
    """The cost; by stages the missing units, and then each stage."""
    cost = Goal(cost_of(order, model), CENT / 2 / model.scale + TOLERANCE)
    if not order.stages:
        return [cost]
    most = order.quantity.max()
    units = [x * (n / most) for x, n in zip(model.missing, order.quantity, strict=True)]
    missing = Goal(pulp.lpSum(units), 0.5 / most + TOLERANCE)
    return [missing, *(cost if s is None else stage_goal(model, s) for s in order.stages)]


def stage_goal(model: Model, stage: Quantities) -> Goal:
    largest = max(int(stage.max()), 1)
    figures = [x * (n / largest) for x, n in zip(model.opens, stage.tolist(), strict=True)]
    return Goal(pulp.lpSum(figures), 0.5 / largest)


def cost_of(order: Candidates, model: Model) -> pulp.LpAffineExpression:
    """Shipments, units shipped, units not shipped."""
    line_cost = order.unit_cost * order.quantity / model.scale
    unfilled_cost = order.unfilled_cost * order.quantity / model.scale
    lone_cost = order.lone_cost / model.scale
    return pulp.lpSum(
        [x * lone_cost[f] for f, x in enumerate(model.opens)]
        + model.shares
        + [x * line_cost[key] for key, x in model.ships.items()]
        + [x * unfilled_cost[line] for line, x in enumerate(model.missing)]
    )
