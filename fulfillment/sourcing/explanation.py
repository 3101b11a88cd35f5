"""Why a plan is what it is: every facility's figures, the next best plan, and what binds."""

from collections.abc import Collection, Iterator, Mapping, Sequence
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
from fulfillment.sourcing.tables import CHOSEN, FIGURES, NOT_CHOSEN, OUT, Row, columns_of
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
        used = self.solution.options[rank].facilities
        return [self.usable[index].facility for index in used]

    def terms(self, rank: int) -> Terms:
        """Return the terms of what the plan at `rank` costs."""
        return self.terms_of_plans[rank]

    @cached_property
    def terms_of_plans(self) -> list[Terms]:
        """The terms of each plan, best first."""
        return list(map(self.terms_of_plan, self.solution.options))

    def terms_of_plan(self, option: kernel.Option) -> Terms:
        quantity, ships = self.problem.quantity, option.facilities
        if len(ships) == 1 and (option.shipped[ships[0]] == quantity).all():
            return self.terms_alone[self.usable[ships[0]].facility]
        return plan_terms(self.costs, option.shipped, ships, quantity)

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
        return list(map(row_of, self.found, figures_of(self.found), priced))

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


def figures_of(found: Sequence[Candidate]) -> Iterator[Row]:
    """Yield what is told of each candidate's lane in numbers; nothing where there is none."""
    ways = [place.lane for place in found if place.lane]
    amounts = [(way.distance_km, way.shipment_cost, way.cost_per_g * 1000) for way in ways]
    km, *costs = np.array(amounts).reshape(-1, len(FIGURES)).T
    told = zip(km.round(1).tolist(), *np.round(costs, 4).tolist(), strict=True)
    return (dict(zip(FIGURES, next(told), strict=True)) if place.lane else {} for place in found)


def row_of(place: Candidate, told: Row, prices: Mapping[str, float] | None) -> Row:
    """Return a candidate as it is told before any is chosen; `told` are its lane's figures."""
    row: Row = {
        "facility": place.facility,
        "status": OUT if place.out else NOT_CHOSEN,
        "reason": place.out,
        "promisable": place.promisable,
        **told,
    }
    if prices is not None:
        row["prices"] = prices
    if way := place.lane:
        row["deliver_by"], row["transit"] = way.deliver_by.isoformat(), way.transit
    return row


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
