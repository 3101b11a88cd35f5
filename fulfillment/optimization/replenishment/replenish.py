"""Replenish every position: as its policy asks, and where limits bind, by what saves most."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from fulfillment.optimization.replenishment import report, whole
from fulfillment.optimization.replenishment.greedy import by_share, greedy, refilled
from fulfillment.optimization.replenishment.levels import settled
from fulfillment.optimization.replenishment.model import (
    Limit,
    Line,
    Numbers,
    Places,
    Steps,
    binding,
    limits,
    lines,
    steps,
)
from fulfillment.optimization.replenishment.needs import Need, Place, assess
from fulfillment.optimization.replenishment.parts import is_at_ease, split
from fulfillment.optimization.replenishment.pricing import first_prices, respond, saved_at_most
from fulfillment.optimization.replenishment.problem import Options, Problem, Solution
from fulfillment.optimization.replenishment.sifting import polished, sift
from fulfillment.optimization.replenishment.validation import validate
from fulfillment.optimization.solver import solve as solve_model

MOST_IN_ONE_MODEL = 4_000  # steps; beyond, prices first
SHARE_OF_TIME = 0.9  # for plans; the rest is for prices
MARGINS = (1_200, 2_400, 4_800)  # steps of which all packs are tried, one model after another
NOTHING_LOST = 1e-9  # money


@dataclass(eq=False)
class Clock:
    """Runs out after `allowed` seconds or when `stop` says so; `seconds` are by phase."""

    allowed: float
    stop: Callable[[], bool]
    started: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)

    def left(self) -> float:
        """Seconds left, never negative."""
        return 0.0 if self.stop() else max(self.started + self.allowed - time.monotonic(), 0.0)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the time of a block under `name`, and the whole under "total"."""
        began = time.monotonic()
        yield
        ended = time.monotonic()
        self.seconds[name] = self.seconds.get(name, 0.0) + ended - began
        self.seconds["total"] = ended - self.started


@dataclass(frozen=True, eq=False)
class Answer:
    """What a part takes, what it saves at most, its prices by row, and what greedy takes."""

    taken: Places
    most: float
    prices: Numbers
    greedy: Places
    method: str


def solve(
    problem: Problem,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[float], None] | None = None,
) -> Solution:
    """What to order today of whom, and what facilities send to those that they resupply.

    Stops when the options' time or gap is reached, or `stop` says so, with the best plan found;
    `tell` hears the share of the work done. Raises InvalidProblem.
    """
    clock = Clock(problem.options.seconds, stop)
    with clock.phase("build"):
        validate(problem)
        problem = settled(problem)
        needs = assess(problem)
        allowed = limits(problem, needs)
        found = lines(needs, allowed)
        minimum = {
            (supplier.code, facility.code): supplier.minimum_value
            for supplier in problem.suppliers
            for facility in problem.facilities
            if supplier.minimum_value > 0
        }
    plan = Plan(problem, needs, allowed, found)
    with clock.phase("solve"):
        tight = binding(found, allowed)
        rest = list[Line]()
        for part in split(found, needs, tight, minimum):
            if is_at_ease(part, needs, tight, minimum):
                plan.grant(part)
            else:
                rest += part
        if rest:
            plan.share_out(rest, tight, minimum, clock)
        if tell is not None:
            tell(1.0)
    return plan.solution(clock)


@dataclass(eq=False)
class Plan:
    """Packs by need, and what is proven of them, while parts are solved one after the other."""

    problem: Problem
    needs: Sequence[Need]
    allowed: dict[Limit, float]
    lines: Sequence[Line]
    packs: dict[int, int] = field(default_factory=dict)
    greedy: dict[int, int] = field(default_factory=dict)
    prices: dict[Limit, float] = field(default_factory=dict)
    most: float = 0.0
    method: str = "each by itself"

    def grant(self, part: Sequence[Line]) -> None:
        """Give every line what its policy asks for."""
        for line in part:
            need = self.needs[line.need]
            self.packs[line.need] = self.greedy[line.need] = need.want
            self.most += need.worth(need.want)

    def share_out(
        self,
        part: Sequence[Line],
        tight: dict[Limit, float],
        minimum: dict[Place, float],
        clock: Clock,
    ) -> None:
        """Give the lines what saves most within the limits that they share."""
        touched = {limit for line in part for limit, _ in line.uses}
        placed = {self.needs[line.need].order for line in part}
        allowed = {limit: most for limit, most in tight.items() if limit in touched}
        least = {order: value for order, value in minimum.items() if order in placed}
        model = steps(part, self.needs, allowed, least)
        options = self.problem.options
        lost = sum(self.needs[line.need].short for line in part)
        few = model.size <= MOST_IN_ONE_MODEL
        answer = (in_one_model if few else by_prices)(model, lost, options, clock.left)
        self.most += answer.most
        self.method = answer.method
        self.prices |= dict(zip(allowed, answer.prices.tolist(), strict=False))
        for packs, taken in ((self.packs, answer.taken), (self.greedy, answer.greedy)):
            sums = np.bincount(model.lines, model.packs * taken).astype(np.int64).tolist()
            packs.update((line.need, total) for line, total in zip(part, sums, strict=True))

    def cost(self, packs: dict[int, int]) -> float:
        """The expected cost of a plan."""
        lost = sum(need.short for need in self.needs)
        return max(lost - sum(self.needs[i].worth(taken) for i, taken in packs.items()), 0.0)

    def solution(self, clock: Clock) -> Solution:
        """The answer in the problem's words."""
        packs = [self.packs.get(i, 0) for i in range(len(self.needs))]
        nothing, objective = self.cost({}), self.cost(self.packs)
        bound = min(max(nothing - self.most, 0.0), objective)
        gap = self.problem.options.gap
        proven = objective - bound <= max(gap * objective, NOTHING_LOST * max(nothing, 1.0))
        clock.seconds["total"] = time.monotonic() - clock.started
        return Solution(
            status="optimal" if proven else "feasible",
            objective=objective,
            lower_bound=bound,
            orders=report.orders(self.needs, packs),
            transfers=report.transfers(self.needs, packs),
            shorts=report.shorts(self.problem, self.needs, packs, self.lines, self.allowed),
            prices=report.prices(self.prices),
            do_nothing=nothing,
            greedy=self.cost(self.greedy),
            method=self.method,
            seconds=clock.seconds,
        )


def in_one_model(part: Steps, lost: float, options: Options, left: Callable[[], float]) -> Answer:
    """The best plan by one model of whole packs, or greedy's if time is too short."""
    simple = best = greedy(part)
    prices = first_prices(part)
    most = saved_at_most(part, prices, respond(part, prices))
    if most - part.value @ best <= NOTHING_LOST * lost:
        return Answer(best, most, prices, simple, "each by itself")
    if left() > 0:
        model = whole.build(part, lost)
        seconds = left() * SHARE_OF_TIME
        outcome = solve_model(model.problem, seconds=seconds, gap=options.gap, seed=options.seed)
        most = min(most, lost - outcome.bound)
        if outcome.has_solution:
            found = refilled(part, whole.taken(model), by_share(part))
            best = found if part.value @ found > part.value @ simple else simple
        prices = whole.price(part, best, left(), options.seed) if left() > 0 else prices
    return Answer(best, most, prices, simple, "one model")


def by_prices(part: Steps, lost: float, options: Options, left: Callable[[], float]) -> Answer:
    """A plan near the relaxation, which prices prove; or greedy's where that is better."""
    simple, found = greedy(part), sift(part, left, options.seed)
    best = found.taken if part.value @ found.taken > part.value @ simple else simple
    for size in MARGINS:
        gap = float(found.most - part.value @ best)
        if left() <= 0 or gap <= options.gap * (lost - part.value @ best) / 2:
            break
        best = polished(part, best, found.prices, size, lost, left() / 2, options)
        best = refilled(part, best, by_share(part))
    return Answer(best, found.most, found.prices, simple, "prices")
