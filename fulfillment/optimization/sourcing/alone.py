"""Orders that one facility serves best by itself: so are most, and they take no search."""

import math

import numpy as np

from fulfillment.optimization.sourcing.plans import Plan, ranked, tie
from fulfillment.optimization.sourcing.problem import Amounts, Option, Problem, Solution


def alone(problem: Problem) -> Solution | None:
    """The best plans of an order that ships complete, if they are those of one facility each.

    None where plans of several facilities might be among them, or where rules or groups count.
    """
    if not problem.ship_complete or problem.stages or problem.group is not None:
        return None
    lines = (problem.unit_cost * problem.quantity).sum(axis=1)
    has_all = (problem.stock >= problem.quantity).all(axis=1)
    costs = np.where(has_all, lines + problem.shipment_cost, math.inf)
    if costs.size < problem.options or problem.max_shipments == 0:
        return None
    last = float(np.partition(costs, problem.options - 1)[problem.options - 1])
    if not last < several(problem) - tie(last):
        return None
    rows = np.flatnonzero(costs <= last + tie(last)).tolist()
    plans = ranked(tuple(Plan(float(costs[i]), (i,), float(problem.distance_km[i])) for i in rows))
    options = tuple(option(problem, plan) for plan in plans[: problem.options])
    return Solution(options, options[0].cost, exact=True)


def several(problem: Problem) -> float:
    """What no plan of several facilities comes below: the two cheapest shipments, and each line
    where it is cheapest.
    """
    if problem.shipment_cost.size < 2 or problem.max_shipments == 1 or problem.quantity.sum() == 1:
        return math.inf
    lines: Amounts = problem.unit_cost.min(axis=0) * problem.quantity
    return float(np.partition(problem.shipment_cost, 1)[:2].sum() + lines.sum())


def option(problem: Problem, plan: Plan) -> Option:
    units = np.zeros_like(problem.stock)
    units[plan.members[0]] = problem.quantity
    return Option(units, plan.cost, plan.members, plan.distance_km)
