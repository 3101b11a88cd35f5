"""One order, exactly: weigh the facility sets, or hand a large order to the solver."""

import math
from importlib import import_module
from itertools import chain

import numpy as np

from fulfillment.optimization.sourcing.alone import alone
from fulfillment.optimization.sourcing.candidates import Candidates, candidates
from fulfillment.optimization.sourcing.greedy import cover
from fulfillment.optimization.sourcing.plans import Found, Plan, distinct, ranked, weigh
from fulfillment.optimization.sourcing.problem import Option, Problem, Solution, validate
from fulfillment.optimization.sourcing.search import search
from fulfillment.optimization.sourcing.sets import most_shipments, shipped
from fulfillment.optimization.sourcing.staged import search_staged


def solve(problem: Problem, seconds: float = 0.5) -> Solution:
    """The best plans of an order, best first, each from its own set of facilities.

    The best is the cheapest, or the first by the problem's stages. At a tie fewer shipments
    win, then the shorter total distance of the facilities used, then the lowest facility
    indices. Small orders are solved exactly by weighing facility sets; for larger ones a solver
    runs for at most `seconds`, and the gap tells what it left open.
    """
    validate(problem)
    return alone(problem) or searched(problem, seconds)


def searched(problem: Problem, seconds: float) -> Solution:
    """The same, whatever the order is like."""
    order = candidates(problem)
    most = most_shipments(order)
    if problem.max_shipments is not None:
        most = min(most, problem.max_shipments)
    weigh_all = search_staged if order.stages else search
    found = weigh_all(order, most, problem.options)
    if not found.exact:
        found = _by_solver(order, most, problem.options, found, seconds)
    plans = tuple(_option(problem, order, plan) for plan in found.plans)
    return Solution(plans, found.lower_bound, found.exact)


def _by_solver(order: Candidates, most: int, options: int, found: Found, seconds: float) -> Found:
    # Few orders are so large, and PuLP takes its time to import.
    model = import_module("fulfillment.optimization.sourcing.model")
    opening = model.best_set(order, most, seconds)
    sets = [cover(order, most), opening.members or ()]
    plans = ranked(distinct((*found.plans, *chain.from_iterable(weigh(order, s) for s in sets))))
    best = plans[0].cost if plans else math.inf
    bound = min(max(found.lower_bound, opening.lower_bound), best)
    # The solver proves one plan; further options are the best of those met on the way.
    return Found(plans[:options], bound, exact=opening.proven and options == 1)


def _option(problem: Problem, order: Candidates, plan: Plan) -> Option:
    units = np.zeros(problem.stock.shape, dtype=np.int64)
    members = np.array(plan.members, dtype=np.intp)
    facilities = order.facility[members]
    units[facilities] = shipped(order, members[None])[:, 0]
    return Option(units, plan.cost, tuple(facilities.tolist()), plan.distance_km, plan.rank)
