"""Solve a wave part by part, on any executor: here, in other processes, on other machines."""

import heapq
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace

from fulfillment.optimization.allocation import wave
from fulfillment.optimization.allocation.evaluate import evaluate
from fulfillment.optimization.allocation.partition import Part, split
from fulfillment.optimization.allocation.problem import (
    CapacityPrice,
    Greedy,
    Problem,
    Solution,
    StockPrice,
)
from fulfillment.optimization.allocation.validation import validate
from fulfillment.optimization.bounds import relative_gap

POLL = 0.1  # seconds between two looks at `stop`
# Seconds past the wave's own that workers may take to start and to answer.
GRACE = 10.0


@dataclass(eq=False)
class Course:
    """A wave under way: when it must end, who may end it, who hears of it, and what is solved."""

    parts: tuple[Part, ...]
    deadline: float
    stop: Callable[[], bool]
    tell: Callable[[float], None]
    solved: dict[int, Solution]

    def done(self) -> float:
        """The share of the work that is done."""
        return sum(self.parts[i].work for i in self.solved) / sum(p.work for p in self.parts)


def solve(
    problem: Problem,
    executor: Executor | None = None,
    stop: Callable[[], bool] | None = None,
    on_progress: Callable[[float], None] | None = None,
    workers: int = 1,
) -> Solution:
    """Allocate all orders jointly, independent parts of them side by side.

    The plan is the same on every executor, unless time cuts it short; without one the parts are
    solved here, one after the other. `workers` is how many parts the executor solves at once: all
    share the seconds of the whole. A part that the executor loses, or has not solved in time, is
    solved here in what time is left. Only the caller's thread calls `stop` and `on_progress`.
    Of the solution's `seconds`, each phase adds up over all parts; "total" is the elapsed time.

    Raises InvalidProblem for a problem that makes no sense.
    """
    started = time.monotonic()
    validate(problem)
    parts = split(problem)
    if len(parts) == 1:
        return wave.solve(problem, stop, on_progress)
    course = Course(
        parts=parts,
        deadline=started + problem.options.seconds,
        stop=stop or (lambda: False),
        tell=on_progress or (lambda share: None),
        solved={},
    )
    divided = time.monotonic() - started
    if executor is not None:
        _elsewhere(course, executor, workers)
    _here(course)
    course.tell(1.0)
    solution = _merged(problem, parts, [course.solved[i] for i in range(len(parts))])
    total = {"split": divided, "total": time.monotonic() - started}
    return replace(solution, seconds=solution.seconds | total)


def shares(weights: Sequence[float], workers: int) -> list[float]:
    """The share of the whole time for each part, so that none of the workers takes longer.

    The workers take the parts in the order given, each when it is free. Parts that end before
    their time are over make no other part end later than planned.
    """
    busy = [0.0] * max(workers, 1)
    for weight in weights:
        heapq.heapreplace(busy, busy[0] + weight)
    return [weight / max(busy) for weight in weights]


def _elsewhere(course: Course, executor: Executor, workers: int) -> None:
    """Let the executor solve the parts, the largest first, until it is time to do without it."""
    largest_first = sorted(enumerate(course.parts), key=lambda pair: (-pair[1].work, pair[0]))
    share = shares([part.weight for _, part in largest_first], workers)
    left = max(course.deadline - time.monotonic(), 0.0)
    futures: dict[Future[Solution], int] = {}
    try:
        for (i, part), fraction in zip(largest_first, share, strict=True):
            futures[executor.submit(wave.solve, _timed(part, fraction * left))] = i
    except Exception:  # of any kind of executor: its workers are gone
        pass
    pending = set(futures)
    while pending and not course.stop() and time.monotonic() < course.deadline + GRACE:
        done, pending = wait(pending, POLL, FIRST_COMPLETED)
        solved = {futures[future]: _result(future) for future in done}
        course.solved |= {i: solution for i, solution in solved.items() if solution}
        course.tell(course.done())
    for future in pending:
        future.cancel()


def _result(future: "Future[Solution]") -> Solution | None:
    # A worker that died, a scheduler that went away: every executor has errors of its own.
    try:
        return future.result()
    except Exception:
        return None


def _here(course: Course) -> None:
    """Solve what is not solved yet, the smallest parts first: the largest get the time left."""
    unsolved = [i for i in range(len(course.parts)) if i not in course.solved]
    unsolved.sort(key=lambda i: (course.parts[i].work, i))
    weight_left = sum(course.parts[i].weight for i in unsolved)
    for i in unsolved:
        part = course.parts[i]
        left = max(course.deadline - time.monotonic(), 0.0)
        course.solved[i] = _solve_here(course, part, left * part.weight / weight_left)
        weight_left -= part.weight


def _solve_here(course: Course, part: Part, seconds: float) -> Solution:
    if course.stop():
        # Told to stop, the solver leaves orders out; out of time, it serves all in turn.
        return wave.solve(_timed(part, 0.0))
    done, share = course.done(), part.work / sum(part.work for part in course.parts)
    return wave.solve(
        _timed(part, seconds), course.stop, lambda told: course.tell(done + told * share)
    )


def _timed(part: Part, seconds: float) -> Problem:
    return replace(part.problem, options=replace(part.problem.options, seconds=seconds))


def _merged(problem: Problem, parts: Sequence[Part], solved: Sequence[Solution]) -> Solution:
    """One solution of all parts': what is scarce is so in one of them, so sums are exact."""
    place = {problem.orders[i].id: i for part in parts for i in part.orders}
    chosen = sorted((a for s in solved for a in s.allocations), key=lambda a: place[a.order])
    evaluation = evaluate(problem, chosen)
    bound = min(sum(s.lower_bound for s in solved), evaluation.objective)
    gap = relative_gap(evaluation.objective, bound)
    proven = all(s.status == "optimal" for s in solved) or gap <= problem.options.gap
    phases = dict.fromkeys(phase for s in solved for phase in s.seconds)
    return Solution(
        status="optimal" if proven else "feasible",
        objective=evaluation.objective,
        lower_bound=bound,
        allocations=tuple(chosen),
        unfilled=evaluation.unfilled,
        stock_prices=_stock_prices(solved),
        capacity_prices=_capacity_prices(problem, solved),
        greedy=Greedy(
            sum(s.greedy.objective for s in solved), sum(s.greedy.shipments for s in solved)
        ),
        shipments=evaluation.shipments,
        method=f"{len(parts)} parts: {', '.join(sorted({s.method for s in solved}))}",
        fallback=None if proven else next((s.fallback for s in solved if s.fallback), None),
        seconds={phase: sum(s.seconds.get(phase, 0.0) for s in solved) for phase in phases},
    )


def _stock_prices(solved: Sequence[Solution]) -> tuple[StockPrice, ...]:
    prices = (price for solution in solved for price in solution.stock_prices)
    return tuple(sorted(prices, key=lambda price: (price.sku, price.facility)))


def _capacity_prices(problem: Problem, solved: Sequence[Solution]) -> tuple[CapacityPrice, ...]:
    """The price of each facility that has a limit: 0 where it is tight in no part."""
    known: dict[str, list[CapacityPrice]] = defaultdict(list)
    for price in (price for solution in solved for price in solution.capacity_prices):
        known[price.facility].append(price)
    return tuple(
        CapacityPrice(
            facility.code,
            sum(price.unit_price for price in known[facility.code]),
            sum(price.shipment_price for price in known[facility.code]),
        )
        for facility in sorted(problem.facilities, key=lambda facility: facility.code)
        if facility.capacity_units is not None or facility.capacity_shipments is not None
    )
