"""The wave from problem to plan: one model if it is small, else prices, columns, master."""

from collections.abc import Callable

from fulfillment.optimization.allocation import greedy, master, report, whole
from fulfillment.optimization.allocation.batches import is_plain
from fulfillment.optimization.allocation.columns import cheapest, generate
from fulfillment.optimization.allocation.demand import Pattern, read
from fulfillment.optimization.allocation.oracle import ask, exact, quick
from fulfillment.optimization.allocation.prices import ascend
from fulfillment.optimization.allocation.problem import Greedy, Problem, Solution
from fulfillment.optimization.allocation.search import Search
from fulfillment.optimization.allocation.single import no_prices
from fulfillment.optimization.allocation.validation import validate
from fulfillment.optimization.allocation.watch import Watch

IN_TURN, SCARCE_FIRST = "greedy in arrival order", "greedy with the scarcest first"
PRICED = "greedy at the wave's prices"
MASTER, WHOLE, IMPROVED = "patterns", "one model", "improved one by one"
FALLBACK = "the solver handed over no plan in time: this one is greedy"
# The master leaves out patterns that its prices put this share of the mean cost of an order
# above the order's best: they hardly ever enter a plan, and cost half of its time.
WITHIN = 0.4
FOR_THE_PLAN = 0.4  # share of the time that column generation leaves to the plan
LARGEST_WHOLE = 25_000  # variables of units: beyond, one model takes minutes
FOR_THE_WHOLE = 0.7  # share of the time that one model may take before patterns are tried


def solve(
    problem: Problem,
    stop: Callable[[], bool] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Solution:
    """Allocate all orders jointly; always a feasible plan, never worse than greedy.

    Raises InvalidProblem for a problem that makes no sense. Ends within the gap asked for, when
    the seconds are over or `stop` says so, checked between steps. `on_progress` hears the share
    of the steps done, 0 to 1. The same problem gives the same plan unless time cuts it short.
    """
    validate(problem)
    watch = Watch(problem.options.seconds, stop or (lambda: False))
    tell = on_progress or (lambda share: None)
    with watch.phase("read"):
        wave = read(problem)
        search = Search(problem, wave, exact(wave), no_prices(wave))
    steps = (_greedy, _one_model, _price, _columns, _master, _improve)
    for done, step in enumerate(steps):
        tell(done / len(steps))
        if step is _greedy or not (search.done or watch.over()):
            step(search, watch)
    tell(1.0)
    return _solution(search, watch)


def _greedy(search: Search, watch: Watch) -> None:
    with watch.phase("greedy"):
        wave, free = search.wave, no_prices(search.wave)
        alone = ask(search.oracle, free)
        search.prove(alone.lower_bound)
        # This one is the plan to fall back on: only `stop` ends it, not the time.
        arrival = range(len(wave.demands))
        search.offer(IN_TURN, greedy.in_turn(wave, arrival, alone.patterns, free, watch.stop))
        turn = greedy.scarcest_first(wave)
        search.offer(SCARCE_FIRST, greedy.in_turn(wave, turn, alone.patterns, free, watch.over))


def _price(search: Search, watch: Watch) -> None:
    wave, gap = search.wave, search.problem.options.gap
    with watch.phase("price"):
        ascent = ascend(quick(wave), search.objective, gap, watch.over)
        search.prove(ascent.lower_bound, ascent.prices)
        # A batch may give an order more than a facility has of a line: such patterns do not fit.
        fit = [p for p in ascent.patterns if is_plain(wave, wave.demands[p.order])]
        search.patterns = tuple(fit)
        _offer_priced(search, watch)


def _columns(search: Search, watch: Watch) -> None:
    options = search.problem.options
    reserve = FOR_THE_PLAN * options.seconds
    with watch.phase("columns"):
        columns = generate(
            search.oracle,
            search.prices,
            search.patterns,
            _known(search),
            options.gap / 10,
            lambda: watch.left() - reserve,
        )
        search.patterns = columns.patterns
        search.prove(columns.lower_bound, columns.prices)
        _offer_priced(search, watch)


def _master(search: Search, watch: Watch) -> None:
    options, wave = search.problem.options, search.wave
    with watch.phase("master"):
        within = WITHIN * search.objective / max(len(wave.demands), 1)
        good = cheapest(wave, search.patterns, search.prices, within)
        patterns = tuple(dict.fromkeys((*good, *_known(search))))
        chosen = master.choose(wave, patterns, watch.left(), options.gap / 2, options.seed)
        search.offer(MASTER, chosen)


def _offer_priced(search: Search, watch: Watch) -> None:
    wave, wishes = search.wave, ask(search.oracle, search.prices).patterns
    turn = greedy.scarcest_first(wave)
    search.offer(PRICED, greedy.in_turn(wave, turn, wishes, search.prices, watch.over))


def _one_model(search: Search, watch: Watch) -> None:
    options, wave = search.problem.options, search.wave
    with watch.phase("one model"):
        if whole.size(wave) <= LARGEST_WHOLE:
            seconds = FOR_THE_WHOLE * watch.left()
            answer = whole.solve(wave, seconds, options.gap / 2, options.seed)
            search.offer(WHOLE, answer.patterns)
            search.prove(answer.lower_bound, answer.prices)


def _improve(search: Search, watch: Watch) -> None:
    with watch.phase("improve"):
        patterns, _ = search.plans[search.best]
        search.offer(IMPROVED, greedy.improve(search.wave, patterns, watch.over))


def _known(search: Search) -> list[Pattern]:
    """The patterns of all plans so far, with waiting as a last resort."""
    waiting = [greedy.nothing(demand) for demand in search.wave.demands]
    return waiting + [pattern for patterns, _ in search.plans.values() for pattern in patterns]


def _solution(search: Search, watch: Watch) -> Solution:
    patterns, evaluation = search.plans[search.best]
    _, arrival = search.plans[IN_TURN]
    by_solver = {MASTER, WHOLE} & search.plans.keys()
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
