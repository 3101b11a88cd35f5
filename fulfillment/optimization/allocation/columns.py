"""Column generation: prices from the master, patterns from the oracle, until neither moves."""

from collections.abc import Callable
from dataclasses import dataclass

from fulfillment.optimization.allocation.demand import Amounts
from fulfillment.optimization.allocation.master import relax
from fulfillment.optimization.allocation.oracle import Oracle, ask
from fulfillment.optimization.allocation.patterns import Patterns, distinct, joined

# Prices asked for lie between the master's and the best so far: the master's alone jump from round
# to round while patterns are missing (smoothing, Wentges 1997).
SHARES_OF_THE_BEST = (0.0, 0.3, 0.6, 0.8)
MOST_ROUNDS = 20


@dataclass(frozen=True, eq=False)
class Columns:
    """The patterns known in the end, the best prices and the bound that they prove."""

    patterns: Patterns
    prices: Amounts
    lower_bound: float


def generate(
    oracle: Oracle,
    prices: Amounts,
    lower_bound: float,
    patterns: Patterns,
    gap: float,
    left: Callable[[], float],
) -> Columns:
    """Add patterns that price out until the bound is within `gap` of the relaxation.

    `prices` have proven `lower_bound`; `patterns` must hold a plan, which keeps the master
    feasible; `left` tells the seconds left. Where stock falls short by much, one linear programme
    moves prices further than many rounds of ascent (Dantzig and Wolfe 1960).
    """
    best, bound, known = prices, lower_bound, patterns
    for _ in range(MOST_ROUNDS):
        relaxation = relax(known, oracle.wave.limits, left()) if left() > 0 else None
        if relaxation is None or relaxation.value - bound <= gap * relaxation.value:
            break
        start, size = best, known.order.size
        for share in SHARES_OF_THE_BEST:
            between = share * start + (1 - share) * relaxation.prices
            answer = ask(oracle, between)
            known = joined([known, answer.patterns])
            if answer.lower_bound > bound:
                best, bound = between, answer.lower_bound
        known = distinct(known)
        if known.order.size == size:
            break
    return Columns(known, best, bound)
