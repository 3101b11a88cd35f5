"""Solve a rebalancing problem: exactly where it is small, else by prices and a greedy rule."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from fulfillment.optimization.bounds import relative_gap
from fulfillment.optimization.rebalancing import (
    exact,
    flows,
    greedy,
    lanes,
    oneway,
    plans,
    separate,
    told,
)
from fulfillment.optimization.rebalancing.climb import climb, proven
from fulfillment.optimization.rebalancing.clock import Clock
from fulfillment.optimization.rebalancing.clock import start as started
from fulfillment.optimization.rebalancing.curves import Amounts, Indices, Mask
from fulfillment.optimization.rebalancing.network import Network, read
from fulfillment.optimization.rebalancing.prices import Ascent
from fulfillment.optimization.rebalancing.problem import (
    DockPrice,
    LanePrice,
    Problem,
    Solution,
)
from fulfillment.optimization.rebalancing.validation import validate

# Pairs that one model of integers takes at once; and those that it takes after prices did.
TINY, SMALL = 500, 4_000
FOR_PRICES = 0.1  # of the time
# The shares of the time by which each phase of a large problem ends; the last only fills gaps.
CLIMBED, OPENED, SETTLED, MOVED = 0.5, 0.57, 0.61, 0.95
ROUNDING = 1e-9

Stop: TypeAlias = Callable[[], bool]
Tell: TypeAlias = Callable[[float], None]


@dataclass
class Search:
    """The best plan and the best bound so far."""

    network: Network
    packs: Amounts
    cost: float
    bound: float
    method: str
    lanes: Amounts = field(default_factory=lambda: np.zeros(0))
    outbound: Amounts = field(default_factory=lambda: np.zeros(0))
    inbound: Amounts = field(default_factory=lambda: np.zeros(0))

    def offer(self, packs: Amounts, method: str) -> None:
        """Take a plan if it is better."""
        cost = plans.cost(self.network, packs)
        if cost < self.cost:
            self.packs, self.cost, self.method = packs, cost, method

    def done(self, problem: Problem) -> bool:
        """Whether the plan is as good as asked for."""
        return relative_gap(self.cost, self.bound) <= problem.options.gap


def solve(problem: Problem, stop: Stop | None = None, tell: Tell | None = None) -> Solution:
    """Find transfers that save more lost sales than they cost; doing nothing is a plan, too.

    Stops within the gap, after `options.seconds` of wall clock, or when `stop` says so, and hands
    over the best plan so far. The same problem gives the same plan, time limits aside. Raises
    InvalidProblem for a problem that makes no sense.
    """
    clock, say = started(problem.options.seconds, stop), tell or (lambda share: None)
    validate(problem)
    n = read(problem)
    reading = time.monotonic() - clock.began
    search = Search(n, np.zeros(n.pairs.lane.size), n.do_nothing, -math.inf, "nothing pays")
    greedy_packs = greedy.plan(n, clock.over)
    by_greedy = min(plans.cost(n, greedy_packs), n.do_nothing)
    search.offer(greedy_packs, "greedy")
    say(0.1)
    many = n.pairs.lane.size
    if many == 0:
        search.bound = n.do_nothing
        _no_prices(search)
    if many > TINY:
        _by_prices(search, problem, clock, say)
    if many <= SMALL and not search.done(problem):
        _exactly(search, problem, clock)
    say(1.0)
    seconds = {"read": reading, "total": time.monotonic() - clock.began}
    return _solution(problem, search, by_greedy, seconds)


def _exactly(search: Search, problem: Problem, clock: Clock) -> None:
    options, n = problem.options, search.network
    found = exact.plan(n, clock.left() * (1 - FOR_PRICES), options.gap, options.seed)
    search.bound = max(search.bound, min(found.bound, n.do_nothing))
    if found.packs is not None:
        search.offer(found.packs, "model of integers")
    search.lanes, search.outbound, search.inbound = exact.prices(n, search.packs, clock.left())


def _by_prices(search: Search, problem: Problem, clock: Clock, say: Tell) -> None:
    """Climb to prices that prove a bound, open lanes by them, and fill these by them."""
    n = search.network
    climbed = climb(n, clock.until(CLIMBED), lambda share: say(0.1 + 0.4 * share))
    search.bound = min(climbed.bound, n.do_nothing)
    ascent = climbed.ascent
    if separate.separates(n):
        _sku_by_sku(search, problem, ascent, clock)
        return
    opened = lanes.choose(ascent, clock.until(OPENED))
    near = flows.settle(ascent, clock.until(SETTLED))
    best, moving = ascent.best, clock.until(MOVED)
    search.lanes, search.outbound, search.inbound = best.lane, best.outbound, best.inbound
    packs = flows.plan(n, near, problem.options.seed, moving, lambda share: say(0.6 + 0.3 * share))
    search.offer(_filled(n, packs, near.arcs, opened, clock.over), "prices")

    def is_over(bound: float) -> bool:
        return clock.over() or relative_gap(search.cost, bound) <= problem.options.gap

    search.bound = max(search.bound, min(proven(climbed, is_over), n.do_nothing))


def _sku_by_sku(search: Search, problem: Problem, ascent: Ascent, clock: Clock) -> None:
    """Nothing is shared by SKUs: no lane and no dock has a price."""
    n = search.network
    near = np.isin(np.arange(n.sender.size), flows.near(ascent).arcs)
    packs, bound = separate.plan(n, near, problem.options.seed, clock.until(MOVED))
    mended = oneway.mend(problem, n, packs, clock.until(MOVED))
    search.bound = max(search.bound, min(bound + mended.rise, n.do_nothing))
    everywhere = np.ones(n.fixed.size, dtype=np.bool_)
    search.offer(_filled(n, mended.packs, ascent.part.arc, everywhere, clock.over), "SKU by SKU")
    _no_prices(search)


def _filled(n: Network, packs: Amounts, near: Indices, opened: Mask, stop: Stop) -> Amounts:
    """The plan with what room is left filled by the greedy rule, without lanes that do not pay."""
    for among in (np.isin(np.arange(n.sender.size), near), opened[n.lane]):
        arcs = greedy.order(n, among)
        packs = greedy.filled(n, packs, arcs, stop)
    return greedy.paying(n, packs, arcs, stop)


def _no_prices(search: Search) -> None:
    n = search.network
    search.lanes = np.zeros(n.fixed.size)
    search.outbound = search.inbound = np.zeros(n.outbound.size)


def _solution(
    problem: Problem, search: Search, by_greedy: float, seconds: dict[str, float]
) -> Solution:
    n, bound = search.network, min(search.bound, search.cost)
    if not math.isfinite(bound):
        bound = 0.0  # no cost is below it
    within = relative_gap(search.cost, bound) <= problem.options.gap + ROUNDING
    codes = [place.code for place in problem.facilities]
    docks = zip(codes, search.outbound.tolist(), search.inbound.tolist(), strict=True)
    lanes = zip(problem.lanes, search.lanes.tolist(), strict=True)
    return Solution(
        status="optimal" if within else "feasible",
        objective=search.cost,
        lower_bound=bound,
        transfers=told.transfers(problem, n, search.packs),
        do_nothing=n.do_nothing,
        greedy=by_greedy,
        lane_prices=tuple(LanePrice(x.origin, x.destination, p) for x, p in lanes),
        dock_prices=tuple(DockPrice(code, out, inside) for code, out, inside in docks),
        method=search.method,
        seconds=seconds,
    )
