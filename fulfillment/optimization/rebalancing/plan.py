"""Solve a rebalancing problem: exactly where it is small, else by prices and a greedy rule."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from fulfillment.optimization.rebalancing import exact, greedy, plans, prices, told
from fulfillment.optimization.rebalancing.curves import Amounts, Mask
from fulfillment.optimization.rebalancing.network import Network, read
from fulfillment.optimization.rebalancing.problem import (
    DockPrice,
    LanePrice,
    Problem,
    Solution,
    relative_gap,
)
from fulfillment.optimization.rebalancing.validation import validate

SMALL = 4_000  # pairs that one model of integers takes in seconds
FOR_PRICES = 0.1  # of the time
STEPS, AT_ONCE = 160, 10  # of the ascent, and how many between two looks at the clock
RATE, SOFTNESS = (0.2, 0.003), (0.05, 0.003)
# A lane is tried if the ascent had it open at such a share of its last steps.
SHARES = (0.15, 0.3, 0.5)
ROUNDING = 1e-9

Stop = Callable[[], bool]


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


def solve(
    problem: Problem, stop: Stop | None = None, tell: Callable[[float], None] | None = None
) -> Solution:
    """Find transfers that save more lost sales than they cost; doing nothing is a plan, too.

    Stops within the gap, after `options.seconds` of wall clock, or when `stop` says so, and hands
    over the best plan so far. The same problem gives the same plan, time limits aside. Raises
    InvalidProblem for a problem that makes no sense.
    """
    validate(problem)
    began, say = time.monotonic(), tell or (lambda share: None)
    ends = began + problem.options.seconds

    def over() -> bool:
        return time.monotonic() >= ends or (stop is not None and stop())

    n = read(problem)
    nothing = np.zeros(n.pairs.lane.size)
    search = Search(n, nothing, n.do_nothing, -math.inf, "nothing pays")
    reading = time.monotonic() - began
    greedy_packs = greedy.plan(n, over)
    by_greedy = min(plans.cost(n, greedy_packs), n.do_nothing)
    search.offer(greedy_packs, "greedy")
    say(0.1)
    if not n.pairs.lane.size:
        search.bound = n.do_nothing
        _no_prices(search)
    elif n.pairs.lane.size <= SMALL:
        _exactly(search, problem, ends)
    else:
        _by_prices(search, over, say)
    say(1.0)
    seconds = {"read": reading, "total": time.monotonic() - began}
    return _solution(problem, search, by_greedy, seconds)


def _exactly(search: Search, problem: Problem, ends: float) -> None:
    options, n = problem.options, search.network
    left = max(ends - time.monotonic(), 0.0)
    found = exact.plan(n, left * (1 - FOR_PRICES), options.gap, options.seed)
    search.bound = min(found.bound, n.do_nothing)
    if found.packs is not None:
        search.offer(found.packs, "model of integers")
    left = max(ends - time.monotonic(), 0.0)
    search.lanes, search.outbound, search.inbound = exact.prices(n, search.packs, left)


def _by_prices(search: Search, over: Stop, say: Callable[[float], None]) -> None:
    """Climb to prices that prove a bound; try the lanes that they open."""
    n = search.network
    every = prices.part(n, np.arange(n.lane.size), np.zeros(n.fixed.size, dtype=np.bool_))
    ascent = prices.Ascent(every, prices.start(every))
    for done in range(STEPS):
        if over() and done:
            break
        left = 1 - done / STEPS
        rate = RATE[1] + (RATE[0] - RATE[1]) * left**1.5
        ascent.step(rate, SOFTNESS[1] + (SOFTNESS[0] - SOFTNESS[1]) * left)
        if done % AT_ONCE == 0:
            say(0.1 + 0.7 * done / STEPS)
    search.bound = min(ascent.bound, n.do_nothing)
    for share in SHARES:
        if not over():
            search.offer(_on_lanes(n, ascent.chosen > share, over), "prices")
    best = ascent.best
    search.lanes, search.outbound, search.inbound = best.lane, best.outbound, best.inbound


def _on_lanes(n: Network, lanes: Mask, over: Stop) -> Amounts:
    """The greedy rule on these lanes only, as far as they pay."""
    arcs = greedy.order(n, lanes[n.lane])
    packs = greedy.filled(n, np.zeros(n.pairs.lane.size), arcs, over)
    return greedy.paying(n, packs, arcs, over)


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
