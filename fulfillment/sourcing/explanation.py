"""Why a plan is what it is: every facility's figures, the next best plan, and what binds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fulfillment.optimization import sourcing as kernel
from fulfillment.sourcing.binding import binding
from fulfillment.sourcing.candidates import Candidate, Question
from fulfillment.sourcing.costs import Costs, costs_of, problem_of
from fulfillment.sourcing.prices.unit_prices import UnitPrices
from fulfillment.sourcing.terms import Terms, difference, plan_terms, terms_alone

# A gap below this is rounding.
PROVEN = 1e-9


@dataclass(frozen=True, eq=False)
class Answer:
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
        units = self.solution.options[rank].shipped
        return plan_terms(self.costs, units, self.problem.quantity)

    @cached_property
    def terms_alone(self) -> dict[str, Terms]:
        """The terms of each facility if it alone shipped all it can of the order."""
        places = [place for place in self.found if place.lane]
        costs = costs_of(self.question, places)
        problem = problem_of(self.question, places, costs)
        rows = terms_alone(costs, problem.stock, problem.quantity)
        return {place.facility: terms for place, terms in zip(places, rows, strict=True)}


def brief(answer: Answer, rank: int) -> dict[str, Any]:
    """Explain the plan at `rank` by what sourcing it has found out anyway."""
    solution = answer.solution
    option, chosen = solution.options[rank], set(answer.facilities(rank))
    later, prices = solution.options[rank + 1 : rank + 2], answer.question.prices
    return {
        "strategy": answer.question.strategy.label,
        "objective": round(option.cost, 4),
        "lower_bound": round(solution.lower_bound, 4),
        "exact": solution.exact or (rank == 0 and solution.gap < PROVEN),
        "runner_up_costs": round(later[0].cost - option.cost, 4) if later else None,
        "candidates": [described(c, c.facility in chosen, prices) for c in answer.found],
    }


def full(answer: Answer, rank: int) -> dict[str, Any]:
    """Explain the plan at `rank` by its cost terms and those of every candidate, by the plan
    that comes next, and, for the best plan, by what keeps a better one from happening.
    """
    told = brief(answer, rank)
    for candidate in told["candidates"]:
        candidate["terms"] = answer.terms_alone.get(candidate["facility"])
        if prices := answer.question.prices:
            candidate["priced_by"] = prices.reasons(candidate["facility"])
    return told | {
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


def described(candidate: Candidate, is_chosen: bool, prices: UnitPrices | None) -> dict[str, Any]:
    status = "out" if candidate.out else "chosen" if is_chosen else "not_chosen"
    figures: dict[str, Any] = {"promisable": dict(candidate.promisable)}
    if lane := candidate.lane:
        figures |= {
            "distance_km": round(lane.distance_km, 1),
            "shipment_cost": round(lane.shipment_cost, 4),
            "cost_per_kg": round(lane.cost_per_g * 1000, 4),
            "deliver_by": lane.deliver_by.isoformat(),
        }
    if prices:
        figures["prices"] = prices.of(candidate.facility)
    return {"facility": candidate.facility, "status": status, "reason": candidate.out} | figures
