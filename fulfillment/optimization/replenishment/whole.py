"""A part of the problem as one model: whole packs, minimum values, shared limits; and its prices.

The model chooses how often each step is taken, and which orders with a minimum value are placed.
"""

from dataclasses import dataclass

import numpy as np
import pulp

from fulfillment.optimization.replenishment.model import Numbers, Places, Steps
from fulfillment.optimization.solver import duals, solve, values, weighted_sum


@dataclass(frozen=True, eq=False)
class Model:
    """A model and its variables: by step, and by order with a minimum."""

    problem: pulp.LpProblem
    take: list[pulp.LpVariable]
    place: list[pulp.LpVariable]
    rows: list[int]  # that have a constraint, row3 for row 3


def build(steps: Steps, lost: float, placed: Numbers | None = None, relaxed: bool = False) -> Model:
    """Minimise `lost` less what the steps save.

    `placed` settles which orders are placed; packs need not be whole in a `relaxed` model.
    """
    model = pulp.LpProblem("replenishment", pulp.LpMinimize)
    category = pulp.LpContinuous if relaxed else pulp.LpInteger
    take = [
        model.add_variable(f"take{j}", 0, count, category)
        for j, count in enumerate(steps.count.tolist())
    ]
    fixed = [(0, 1)] * steps.minimum.size if placed is None else [(p, p) for p in placed.tolist()]
    place = [
        model.add_variable(f"place{o}", low, up, category) for o, (low, up) in enumerate(fixed)
    ]
    saved = weighted_sum([(take[j], -value) for j, value in enumerate(steps.value.tolist())])
    # A variable, since a constant would not count for the solver's gap.
    model += saved + lost * model.add_variable("nothing", 1, 1)
    built = Model(model, take, place, _limits(model, steps, take))
    _minimum_values(model, built, steps)
    _least_orders_first(model, built, steps)
    return built


def taken(model: Model) -> Places:
    """How often the last solution takes each step, in whole numbers."""
    return np.array([round(value) for value in values(model.take)], dtype=np.int64)


def price(steps: Steps, plan: Places, seconds: float, seed: int) -> Numbers:
    """What one more unit of each row would save, if the same orders are placed; zeros if unknown.

    Packs may be fractions here: the duals of the linear relaxation.
    """
    placed = (steps.spent(plan) > 0).astype(np.float64)
    model = build(steps, 0.0, placed, relaxed=True)
    prices = np.zeros(steps.capacity.size)
    if solve(model.problem, seconds=seconds, seed=seed, relaxed=True).optimal:
        names = [f"row{row}" for row in model.rows]
        prices[model.rows] = np.maximum(-np.array(duals(model.problem, names)), 0.0)
    return prices


def _limits(model: pulp.LpProblem, steps: Steps, take: list[pulp.LpVariable]) -> list[int]:
    """What all lines take of a limit is within it."""
    terms: dict[int, list[tuple[pulp.LpVariable, float]]] = {}
    for j, (rows, uses) in enumerate(zip(steps.rows.tolist(), steps.uses.tolist(), strict=True)):
        for row, use in zip(rows, uses, strict=True):
            if use:
                terms.setdefault(row, []).append((take[j], use))
    for row in sorted(terms):
        model += weighted_sum(terms[row]) <= float(steps.capacity[row]), f"row{row}"
    return sorted(terms)


def _minimum_values(model: pulp.LpProblem, built: Model, steps: Steps) -> None:
    """An order is worth its minimum, or nothing is taken of its lines."""
    spent: list[list[tuple[pulp.LpVariable, float]]] = [[] for _ in built.place]
    for j, order in enumerate(steps.orders.tolist()):
        if order >= 0:
            spent[order].append((built.take[j], float(steps.cost[j])))
            model += built.take[j] <= int(steps.count[j]) * built.place[order]
    for order, terms in enumerate(spent):
        least = float(steps.minimum[order]) * built.place[order]
        model += weighted_sum(terms) >= least


def _least_orders_first(model: pulp.LpProblem, built: Model, steps: Steps) -> None:
    """Nothing of a line without its least order."""
    for j, first in enumerate(steps.behind.tolist()):
        if first >= 0:
            model += built.take[j] <= int(steps.count[j]) * built.take[first]
