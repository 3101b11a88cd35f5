"""Why a plan is what it is: every facility's figures, the next best plan, and what binds."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np
from msgspec import Struct

from fulfillment.optimization import sourcing as kernel
from fulfillment.sourcing.basis import basis_of
from fulfillment.sourcing.binding import binding
from fulfillment.sourcing.costs import Costs, costs_of, problem_of
from fulfillment.sourcing.question import Candidate, Question
from fulfillment.sourcing.tables import CHOSEN, NOT_CHOSEN, OUT, Row, columns_of, without_lane
from fulfillment.sourcing.terms import Terms, difference, plan_terms, terms_alone

# A gap below this is rounding.
PROVEN = 1e-9


class Answer(Struct, frozen=True, eq=False, dict=True):
    """An order solved: the candidates found, those that may ship, and the best plans of them."""

    question: Question
    found: Sequence[Candidate]
    usable: Sequence[Candidate]
    costs: Costs
    problem: kernel.Problem
    solution: kernel.Solution

    def facilities(self, rank: int) -> list[str]:
        """Return the facilities that the plan at `rank` uses, by code."""
        used = self.solution.options[rank].shipped.sum(axis=1).nonzero()[0]
        return [self.usable[index].facility for index in used.tolist()]

    def terms(self, rank: int) -> Terms:
        """Return the terms of what the plan at `rank` costs."""
        return self.terms_of_plans[rank]

    @cached_property
    def terms_of_plans(self) -> list[Terms]:
        """The terms of each plan, best first."""
        return list(map(self.terms_of_plan, self.solution.options))

    def terms_of_plan(self, option: kernel.Option) -> Terms:
        quantity = self.problem.quantity
        ships = np.flatnonzero(option.shipped.any(axis=1)).tolist()
        if len(ships) == 1 and (option.shipped[ships[0]] == quantity).all():
            return self.terms_alone[self.usable[ships[0]].facility]
        return plan_terms(self.costs, option.shipped, quantity)

    @cached_property
    def terms_alone(self) -> dict[str, Terms]:
        """The terms of each facility if it alone shipped all it can of the order."""
        places = [place for place in self.found if place.lane]
        costs, problem = self.costs, self.problem
        if len(places) > len(self.usable):
            costs = costs_of(self.question, places)
            problem = problem_of(self.question, places, costs)
        rows = terms_alone(costs, problem.stock, problem.quantity)
        return {place.facility: terms for place, terms in zip(places, rows, strict=True)}

    @cached_property
    def rows(self) -> list[Row]:
        """Every candidate as far as it costs no time, before any is chosen."""
        prices = self.question.prices
        priced = prices.by_facility() if prices else repeat(None, len(self.found))
        return [row_of(place, of) for place, of in zip(self.found, priced, strict=True)]

    @cached_property
    def rows_in_full(self) -> list[Row]:
        """Every candidate with its terms, before any is chosen."""
        terms, prices = self.terms_alone, self.question.prices
        rows = [row | {"terms": terms.get(row["facility"])} for row in self.rows]
        if prices:
            rows = [row | {"priced_by": prices.reasons(row["facility"])} for row in rows]
        return rows


def brief(answer: Answer, rank: int) -> dict[str, Any]:
    """Explain the plan at `rank` by what sourcing it has found out anyway."""
    return figures(answer, rank) | {"candidates": chosen(answer.rows, answer.facilities(rank))}


def compact(answer: Answer, rank: int) -> dict[str, Any]:
    """Explain the plan at `rank` as it is kept, its candidates in columns: a fifth of the text.

    With its `basis`, `retold` tells it in full.
    """
    basis = basis_of(answer.question, answer.found)
    table = columns_of(answer.rows, answer.facilities(rank))
    told = figures(answer, rank) | {"candidates": table}
    return told | ({"basis": basis} if basis else {})


def figures(answer: Answer, rank: int) -> dict[str, Any]:
    """Return what is told of the plan at `rank` in numbers."""
    solution = answer.solution
    option, later = solution.options[rank], solution.options[rank + 1 : rank + 2]
    return {
        "strategy": answer.question.strategy.label,
        "objective": round(option.cost, 4),
        "lower_bound": round(solution.lower_bound, 4),
        "exact": solution.exact or (rank == 0 and solution.gap < PROVEN),
        "runner_up_costs": round(later[0].cost - option.cost, 4) if later else None,
    }


def chosen(rows: Sequence[Row], facilities: Collection[str]) -> list[Row]:
    """Return the candidates with those that ship marked; the others are the same objects."""
    return [row | {"status": CHOSEN} if row["facility"] in facilities else row for row in rows]


def row_of(place: Candidate, prices: Mapping[str, float] | None) -> Row:
    """Return a candidate as it is told before any is chosen."""
    way = place.lane
    row: Row = {
        "facility": place.facility,
        "status": OUT if place.out else NOT_CHOSEN,
        "reason": place.out,
        "promisable": place.promisable,
        "distance_km": way and round(way.distance_km, 1),
        "shipment_cost": way and round(way.shipment_cost, 4),
        "cost_per_kg": way and round(way.cost_per_g * 1000, 4),
    }
    if prices is not None:
        row["prices"] = prices
    row |= {"deliver_by": way and way.deliver_by.isoformat(), "transit": way and way.transit}
    return row if way else without_lane(row)


def full(answer: Answer, rank: int) -> dict[str, Any]:
    """Explain the plan at `rank` by its cost terms and those of every candidate, by the plan
    that comes next, and, for the best plan, by what keeps a better one from happening.
    """
    return figures(answer, rank) | {
        "candidates": chosen(answer.rows_in_full, answer.facilities(rank)),
        "terms": answer.terms(rank),
        "runner_up": runner_up(answer, rank),
        "binding": binding(answer.question, answer.found) if rank == 0 else None,
    }


def runner_up(answer: Answer, rank: int) -> dict[str, Any] | None:
    """Return the next best plan, and what it costs more, term by term.

    By stages it may cost less: then a rule keeps it from being the best.
    """
    if rank + 1 >= len(answer.solution.options):
        return None
    mine, other = answer.terms(rank), answer.terms(rank + 1)
    return {
        "shipments": answer.facilities(rank + 1),
        "costs_more": round(other["total"] - mine["total"], 4),
        "terms": difference(other, mine),
    }
