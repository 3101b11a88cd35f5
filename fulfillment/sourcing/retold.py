"""A reservation's explanation in full: worked out when somebody asks, from what was kept of it.

A checkout keeps in brief what it decided by, since few are ever asked why.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from msgspec.structs import replace

from fulfillment.optimization import sourcing as kernel
from fulfillment.sourcing.binding import LARGEST
from fulfillment.sourcing.costs import Costs, costs_of, problem_of
from fulfillment.sourcing.explanation import Answer, full
from fulfillment.sourcing.plans import Plan
from fulfillment.sourcing.question import Candidate, Question
from fulfillment.sourcing.restored import Restored, restored
from fulfillment.sourcing.tables import expanded
from fulfillment.sourcing.terms import Counts, plan_terms

# Kept figures are rounded: what is nearer than this, in money or as a share, is the same.
HALF_A_CENT, SHARE = 0.005, 2e-4
# What was told when the plan was made, and stands.
TOLD = ("objective", "lower_bound", "exact")


def in_full(document: Mapping[str, Any], made_at: datetime) -> dict[str, Any]:
    """Return the explanation of a reservation's plan in full, in brief where too little is kept.

    `network_changed` says that lanes or rates were changed since: the figures told are the kept
    ones. `figures_changed` says that the terms do not add up to the objective any more, or that
    another plan comes out best: weights of items or settings were changed since.
    """
    told, kept = expanded(document["explanation"]), restored(document, made_at)
    found = answer_of(kept) if kept else None
    if kept is None or found is None:
        return told
    answer, is_best = found
    why = full(answer, 0)
    rows = zip(why["candidates"], kept.rows, strict=True)
    return why | {
        **{name: told[name] for name in TOLD},
        "candidates": [now | then for now, then in rows],
        "binding": why["binding"] if is_best else None,
        "network_changed": kept.network_changed,
        "figures_changed": not (is_best and near(why["terms"]["total"], told["objective"])),
    }


def answer_of(kept: Restored) -> tuple[Answer, bool] | None:
    """Return the answer whose first plan is the chosen one, and whether that comes out best.

    None where an item or a facility of the plan cannot be told of.
    """
    question, usable = kept.question, [c for c in kept.found if c.lane and c.out is None]
    units = units_of(kept.plan, question, usable)
    if units is None or question.items.keys() != question.ask.lines.keys():
        return None
    costs = costs_of(question, usable)
    # The plan that comes next is looked for where `service.source` looks for it.
    is_small = len(kept.found) * len(question.ask.lines) <= LARGEST
    problem = replace(problem_of(question, usable, costs), options=2)
    solved = kernel.solve(problem).options if is_small else ()
    same = (option for option in solved if (option.shipped == units).all())
    chosen = next(same, None) or option_of(units, costs, problem)
    others = [option for option in solved if option.facilities != chosen.facilities]
    plans = kernel.Solution((chosen, *others[:1]), chosen.cost, exact=True)
    answer = Answer(question, kept.found, usable, costs, problem, plans)
    return answer, not is_small or (bool(solved) and is_no_worse(chosen, solved[0]))


def units_of(plan: Plan, question: Question, usable: Sequence[Candidate]) -> Counts | None:
    """Return the plan's units by facility and line; None if a facility of it is not usable."""
    lines = {shipment.facility: shipment.lines for shipment in plan.shipments}
    if not lines.keys() <= {place.facility for place in usable}:
        return None
    rows = [lines.get(place.facility, {}) for place in usable]
    return np.array([[row.get(sku, 0) for sku in question.ask.lines] for row in rows])


def option_of(units: Counts, costs: Costs, problem: kernel.Problem) -> kernel.Option:
    facilities = tuple(np.flatnonzero(units.any(axis=1)).tolist())
    cost = plan_terms(costs, units, facilities, problem.quantity)["total"]
    return kernel.Option(units, cost, facilities, float(costs.km[[*facilities]].sum()))


def is_no_worse(chosen: kernel.Option, best: kernel.Option) -> bool:
    """Tell whether the chosen plan is the best one; by stages only the very same is."""
    return chosen.facilities == best.facilities or (not best.rank and near(chosen.cost, best.cost))


def near(amount: float, kept: float) -> bool:
    return math.isclose(amount, kept, rel_tol=SHARE, abs_tol=HALF_A_CENT)
