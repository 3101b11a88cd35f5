"""The wave from problem to plan: prices, patterns, parts; one model where it is small."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from fulfillment.optimization.allocation import greedy, report, whole
from fulfillment.optimization.allocation.columns import generate
from fulfillment.optimization.allocation.demand import read
from fulfillment.optimization.allocation.oracle import ask, oracle
from fulfillment.optimization.allocation.parts import REGRET
from fulfillment.optimization.allocation.patterns import (
    Patterns,
    distinct,
    joined,
    nearest,
    plain,
    priced,
    rows,
)
from fulfillment.optimization.allocation.prices import ascend
from fulfillment.optimization.allocation.problem import Greedy, Problem, Solution
from fulfillment.optimization.allocation.search import Search
from fulfillment.optimization.allocation.shake import Pool, gather
from fulfillment.optimization.allocation.sweep import at_once, sweep
from fulfillment.optimization.allocation.validation import validate
from fulfillment.optimization.allocation.watch import Watch
from fulfillment.optimization.bounds import relative_gap

IN_TURN, SCARCE_FIRST = "greedy in arrival order", "greedy with the scarcest first"
PRICED = "greedy at the wave's prices"
PATTERNS, WHOLE, IMPROVED = "patterns", "one model", "improved one by one"
FALLBACK = "the solver handed over no plan in time: this one is greedy"
FEW_ORDERS = 2_000  # up to so many, greedy is tried in two orders
# Variables of units: one model of so few is quickest; one of more proves what patterns, whose
# bound is that of their linear relaxation, may leave open; beyond, it would take minutes.
SMALL_WHOLE, LARGEST_WHOLE = 8_000, 25_000
MANY_SINGLES = 0.1  # of the orders priced one by one: the oracle is slow, one model is not
FOR_THE_WHOLE = 0.7  # share of the time that one model may take before patterns are tried
# Rounds of dual ascent: before it is seen whether a linear programme must help, else after that,
# and when a better plan is known.
FIRST, MORE, AGAIN = 15, 60, 20
FAR_AIM, NEAR_AIM = 0.02, 0.005  # of steps, before and after that
# A linear programme is worth its time where the bound is far below the plan, or when it is small.
FAR, SMALL = 0.08, 15_000  # share of the cost; patterns
FOR_THE_PRICES = 0.55  # share of the time by whose end dual ascent hands over
# Patterns in the first model of all orders: so many, and so many more for each order. Twice as many
# take the solver ten times as long and gain a tenth of a per cent.
NEAREST, NEAREST_EACH = 4_500, 1.35
FOR_THE_NEAREST = 0.5  # share of the time left
# Patterns that one part may choose from. Small ones cost a second or two of the solver each; what
# they leave, larger ones find.
PARTS_OF = (8_000, 16_000, 40_000)
SMALLEST_GAIN = 2e-4  # of the cost, by a sweep: below, larger parts are tried


def solve(
    problem: Problem,
    stop: Callable[[], bool] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Solution:
    """Allocate all orders jointly; always a feasible plan, never worse than greedy.

    Raises InvalidProblem for a problem that makes no sense. Ends within the gap asked for, when
    the seconds are over or `stop` says so, checked between steps, or when nothing gains any
    more. `on_progress` hears the share of the steps done, 0 to 1. The same problem gives the same
    plan unless time cuts it short.
    """
    validate(problem)
    watch = Watch(problem.options.seconds, stop or (lambda: False))
    tell = on_progress or (lambda share: None)
    with watch.phase("read"):
        wave = read(problem)
        nothing, free = rows(wave, []), np.zeros(wave.limits.size)
        search = Search(problem, wave, oracle(wave), free, nothing, Pool(nothing, free, free))
        steps = (_greedy, *_between(search), _improve)
    for done, step in enumerate(steps):
        tell(done / len(steps))
        if step is _greedy or not (search.done or watch.over()):
            step(search, watch)
    tell(1.0)
    return _solution(search, watch)


def _between(search: Search) -> tuple[Callable[[Search, Watch], None], ...]:
    """The steps that find a plan: patterns, or one model before or after them."""
    by_patterns, wave = (_price, _columns, _nearest, _patterns, _parts), search.wave
    if whole.is_larger(wave, LARGEST_WHOLE):
        return by_patterns
    slow = len(search.oracle.singles) > MANY_SINGLES * len(wave.demands)
    if slow or not whole.is_larger(wave, SMALL_WHOLE):
        return (_one_model, *by_patterns)
    return (*by_patterns, _one_model)


def _greedy(search: Search, watch: Watch) -> None:
    with watch.phase("greedy"):
        wave = search.wave
        alone = ask(search.oracle, search.prices)
        search.prove(alone.lower_bound)
        wishes = plain(wave, alone.patterns)
        in_turn = partial(greedy.in_turn, wave, wishes=wishes, prices=search.prices)
        # This one is the plan to fall back on: only `stop` ends it, not the time.
        search.offer(IN_TURN, in_turn(range(len(wishes)), stop=watch.stop))
        # In large waves the one at prices, which is better, takes its place.
        if len(wishes) <= FEW_ORDERS:
            search.offer(SCARCE_FIRST, in_turn(greedy.scarcest_first(wave), stop=watch.over))


def _one_model(search: Search, watch: Watch) -> None:
    options, wave = search.problem.options, search.wave
    with watch.phase("one model"):
        seconds = FOR_THE_WHOLE * watch.left()
        answer = whole.solve(wave, seconds, options.gap / 2, options.seed)
        search.offer(WHOLE, answer.patterns)
        # Where the ascent has priced already, its prices stay: they prove more than a relaxation.
        search.prove(answer.lower_bound, None if search.prices.any() else answer.prices)


def _price(search: Search, watch: Watch) -> None:
    with watch.phase("price"):
        _ascend(search, search.objective, FAR_AIM, FIRST, partial(_is_late, search, watch))
        _offer_priced(search, watch)


def _columns(search: Search, watch: Watch) -> None:
    """Improve the prices: by linear programmes where that pays, else by more of the same."""
    with watch.phase("price"):
        far = relative_gap(search.objective, search.lower_bound) > FAR
        if far or search.met.order.size <= SMALL:
            plans = [rows(search.wave, patterns) for patterns, _ in search.plans.values()]
            columns = generate(
                search.oracle,
                search.prices,
                search.lower_bound,
                distinct(joined([search.met, *plans])),
                search.problem.options.gap / 5,
                lambda: 0.0 if _is_late(search, watch) else watch.left(),
            )
            search.met = columns.patterns
            search.prove(columns.lower_bound, columns.prices)
        else:
            _ascend(search, search.objective, NEAR_AIM, MORE, partial(_is_late, search, watch))


def _is_late(search: Search, watch: Watch) -> bool:
    return watch.left() <= (1 - FOR_THE_PRICES) * search.problem.options.seconds


def _ascend(search: Search, cost: float, aim: float, rounds: int, stop: Callable[[], bool]) -> None:
    bounds, gap = (search.lower_bound, cost), search.problem.options.gap
    ascent = ascend(search.oracle, search.prices, bounds, aim, gap, rounds, stop)
    search.prove(ascent.lower_bound, ascent.prices)
    search.met = distinct(joined([search.met, ascent.patterns]))


def _offer_priced(search: Search, watch: Watch) -> None:
    wave, prices = search.wave, search.prices
    wishes, turn = plain(wave, ask(search.oracle, prices).patterns), greedy.scarcest_first(wave)
    search.offer(PRICED, greedy.in_turn(wave, turn, wishes, prices, watch.over))


def _nearest(search: Search, watch: Watch) -> None:
    """Choose for all orders at once, from the patterns nearest to what each would like best."""
    with watch.phase("patterns"):
        _offer_priced(search, watch)
    if search.done or watch.over():
        return
    with watch.phase("master"):
        wave, options = search.wave, search.problem.options
        plan = rows(wave, search.plans[search.best][0])
        most = NEAREST + int(NEAREST_EACH * plan.order.size)
        near = nearest(search.met, search.prices, most)
        seconds = FOR_THE_NEAREST * watch.left()
        chosen = at_once(wave, plan, near, options.gap / 2, options.seed, seconds)
        search.offer(PATTERNS, plain(wave, chosen))


def _patterns(search: Search, watch: Watch) -> None:
    with watch.phase("patterns"):
        seed = search.problem.options.seed
        search.pool = gather(search.oracle, search.prices, search.met, seed, watch.over)


def _parts(search: Search, watch: Watch) -> None:
    with watch.phase("master"):
        plan = rows(search.wave, search.plans[search.best][0])
        for columns in PARTS_OF:
            plan = _sweeps(search, plan, columns, watch)
            done = search.is_proven(plan.cost.sum()) or watch.over()
            if done or search.pool.patterns.order.size <= columns:
                break
            # A better plan lets the ascent aim better.
            _ascend(search, float(plan.cost.sum()), NEAR_AIM, AGAIN, watch.over)
        search.offer(PATTERNS, plain(search.wave, plan))


def _sweeps(search: Search, plan: Patterns, columns: int, watch: Watch) -> Patterns:
    """Sweep over parts of this size while that gains enough."""
    options, before = search.problem.options, math.inf
    while before - plan.cost.sum() > SMALLEST_GAIN * plan.cost.sum():
        before = plan.cost.sum()
        if search.is_proven(before) or watch.over():
            break
        search.sweeps += 1
        seed, gap = options.seed + search.sweeps, options.gap / 10
        plan = sweep(search.wave, plan, search.pool, columns, gap, seed, watch.left)
    return plan


def _improve(search: Search, watch: Watch) -> None:
    with watch.phase("improve"):
        patterns, _ = search.plans[search.best]
        best = ask(search.oracle, search.prices).cost
        regret = priced(rows(search.wave, patterns), search.prices) - best
        turn = np.flatnonzero(regret > REGRET).tolist()
        search.offer(IMPROVED, greedy.improve(search.wave, patterns, turn, watch.over))


def _solution(search: Search, watch: Watch) -> Solution:
    patterns, evaluation = search.plans[search.best]
    _, arrival = search.plans[IN_TURN]
    by_solver = {PATTERNS, WHOLE} & search.plans.keys()
    return Solution(
        status="optimal" if search.done else "feasible",
        objective=evaluation.objective,
        lower_bound=min(search.lower_bound, evaluation.objective),
        allocations=report.allocations(search.problem, search.wave, patterns),
        unfilled=evaluation.unfilled,
        stock_prices=report.stock_prices(search.wave, search.prices),
        capacity_prices=report.capacity_prices(search.wave, search.prices),
        greedy=Greedy(arrival.objective, arrival.shipments),
        shipments=evaluation.shipments,
        method=search.best,
        fallback=None if search.done or by_solver else FALLBACK,
        seconds=dict(watch.seconds),
    )
