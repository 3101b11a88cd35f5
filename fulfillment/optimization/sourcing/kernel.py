"""One order, exactly: weigh the facility sets, or hand a large order to the solver."""

import math
from itertools import chain

import numpy as np

from fulfillment.optimization.sourcing.candidates import (
    Candidates,
    candidates,
    most_shipments,
    shipped,
)
from fulfillment.optimization.sourcing.greedy import cover
from fulfillment.optimization.sourcing.model import best_set
from fulfillment.optimization.sourcing.problem import Option, Problem, Solution, validate
from fulfillment.optimization.sourcing.search import Found, Plan, distinct, ranked, search, weigh


def solve(problem: Problem, seconds: float = 0.5) -> Solution:
    """The cheapest plans of an order, best first, each from its own set of facilities.

    At equal cost fewer shipments win, then the shorter total distance of the facilities used,
    then the lowest facility indices. Small orders are solved exactly by weighing facility sets;
    for larger ones a solver runs for at most `seconds`, and the gap tells what it left open.
    """
    validate(problem)
    order = candidates(problem)
    most = most_shipments(order)
    if problem.max_shipments is not None:
        most = min(most, problem.max_shipments)
    found = search(order, most, problem.options)
    if not found.exact:
        found = _by_solver(order, most, problem.options, found, seconds)
    plans = tuple(_option(problem, order, plan) for plan in found.plans)
    return Solution(plans, found.lower_bound, found.exact)


def _by_solver(order: Candidates, most: int, options: int, found: Found, seconds: float) -> Found:
    opening = best_set(order, most, seconds)
    sets = [cover(order, most), opening.members or ()]
    plans = ranked(distinct((*found.plans, *chain.from_iterable(weigh(order, s) for s in sets))))
    best = plans[0].cost if plans else math.inf
    bound = min(max(found.lower_bound, opening.lower_bound), best)
    # The solver proves one plan; further options are the best of those met on the way.
    return Found(plans[:options], bound, exact=opening.proven and options == 1)


def _option(problem: Problem, order: Candidates, plan: Plan) -> Option:
    units = np.zeros(problem.stock.shape, dtype=np.int64)
    members = np.array(plan.members, dtype=np.intp)
    units[order.facility[members]] = shipped(order, members[None])[:, 0]
    return Option(units, plan.cost, len(plan.members), plan.distance_km)
