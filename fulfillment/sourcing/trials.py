"""One order solved again and again, each time with another limit lifted."""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from fulfillment.optimization import sourcing as kernel
from fulfillment.sourcing.costs import Costs, costs_of, problem_of
from fulfillment.sourcing.question import Candidate, Question

# Less than this is no money.
CENT = 0.01

Amounts = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


class Trial(Struct, frozen=True, eq=False, dict=True):
    """An order before the facilities that a better plan might use, the most promising first;
    those that are out hold nothing here.
    """

    question: Question
    places: Sequence[Candidate]
    problem: kernel.Problem
    chosen: kernel.Option

    def saved(self, **lifted: Any) -> float | None:
        """Return what the best plan costs less with a limit lifted; None if it is no better."""
        options = kernel.solve(replace(self.problem, **lifted)).options
        if not options:
            return None
        saved = self.chosen.cost - options[0].cost
        better = saved >= CENT
        if self.problem.stages:
            better = options[0].rank < self.chosen.rank
        return round(saved, 4) if better else None

    def saved_by(self, row: int, units: Counts) -> float | None:
        """Return what is saved where one facility holds these units."""
        if self.is_told_by_bounds:
            has_all = (units >= self.problem.quantity).all()
            by_itself = float(self.by_itself[row]) if has_all else math.inf
            # What saves something uses this facility: by itself, or beside others.
            if min(by_itself, self.chosen.cost - CENT) <= self.beside_others[row]:
                saved = self.chosen.cost - by_itself
                return round(saved, 4) if saved >= CENT else None
        stock = self.problem.stock.copy()
        stock[row] = units
        return self.saved(stock=stock)

    @property
    def is_told_by_bounds(self) -> bool:
        """Whether a plan costs at least what its cheapest shipments and lines cost."""
        problem = self.problem
        return problem.ship_complete and problem.group is None and not problem.stages

    @cached_property
    def by_itself(self) -> Amounts:
        """What it costs where each facility ships everything. [F]"""
        total: Amounts = (self.problem.unit_cost * self.problem.quantity).sum(axis=1)
        return total + self.problem.shipment_cost

    @cached_property
    def beside_others(self) -> Amounts:
        """What it costs at least where each facility ships, and another one, too. [F]"""
        problem = self.problem
        lines = problem.unit_cost.min(axis=0, initial=math.inf) @ problem.quantity
        cheapest = problem.shipment_cost.min(initial=math.inf)
        total: Amounts = problem.shipment_cost + cheapest + lines
        return total


def trial_of(question: Question, places: Sequence[Candidate]) -> Trial | None:
    """Return the order before the facilities that a better plan might use; None if it has none."""
    costs = costs_of(question, places)
    problem = replace(problem_of(question, places, costs), options=1)
    problem.stock[[row for row, place in enumerate(places) if place.out]] = 0
    options = kernel.solve(problem).options
    if not options:
        return None
    # By rules, a better plan may cost more; the near ones come first as good as any.
    least = costs.km if problem.stages else least_costs(costs, problem.quantity)
    most = np.inf if problem.stages else options[0].cost - CENT
    kept = [int(row) for row in least.argsort(kind="stable") if least[row] < most]
    return Trial(question, [places[row] for row in kept], rows_of(problem, kept), options[0])


def rows_of(problem: kernel.Problem, rows: Sequence[int]) -> kernel.Problem:
    """Return the same order before these facilities only."""
    return replace(
        problem,
        stock=problem.stock[rows],
        shipment_cost=problem.shipment_cost[rows],
        unit_cost=problem.unit_cost[rows],
        distance_km=problem.distance_km[rows],
        group=None if problem.group is None else problem.group[rows],
        stages=tuple(None if stage is None else stage[rows] for stage in problem.stages),
    )


def least_costs(costs: Costs, quantity: Counts) -> Amounts:
    """Return what a plan that uses each facility costs at least. [F]

    It ships all by itself, or another one ships, too, and each line goes its cheapest way. In a
    group shipments may come free.
    """
    alone = costs.unit @ quantity
    shared = costs.unit.min(axis=0, initial=np.inf) @ quantity
    if costs.group is not None:
        return np.full(costs.km.size, shared)
    least: Amounts = costs.shipment + np.minimum(alone, shared + costs.shipment.min(initial=np.inf))
    return least
