"""Column generation: prices from the master, patterns from the oracle, until neither moves."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fulfillment.optimization.allocation.demand import Amounts, Pattern, Wave
from fulfillment.optimization.allocation.master import limits_of, relax
from fulfillment.optimization.allocation.oracle import Oracle, ask
from fulfillment.optimization.allocation.prices import flat
from fulfillment.optimization.allocation.single import Prices

FIRST_PATTERNS = 3  # per order: the relaxation asks for what is missing
MOST_ROUNDS = 50


@dataclass(frozen=True, eq=False)
class Columns:
    """Patterns good enough for the plan, the best prices and the bound that they prove."""

    patterns: tuple[Pattern, ...]
    prices: Prices
    lower_bound: float


def generate(
    oracle: Oracle,
    prices: Prices,
    patterns: Iterable[Pattern],
    plans: Iterable[Pattern],
    gap: float,
    left: Callable[[], float],
) -> Columns:
    """Add the patterns that price out until the bound is within `gap` of the relaxation.

    `plans` are patterns of feasible plans, which keep the master feasible; `left` tells the
    seconds left. Dantzig and Wolfe (1960).
    """
    wave = oracle.wave
    answer = ask(oracle, prices)
    best, bound = prices, answer.lower_bound
    first = cheapest(wave, patterns, prices, within=math.inf, most=FIRST_PATTERNS)
    pool = dict.fromkeys((*answer.patterns, *first, *plans))
    for _ in range(MOST_ROUNDS):
        relaxation = relax(wave, tuple(pool), left()) if left() > 0 else None
        if relaxation is None:
            break
        answer = ask(oracle, relaxation.prices)
        if answer.lower_bound > bound:
            best, bound = relaxation.prices, answer.lower_bound
        known = len(pool)
        pool |= dict.fromkeys(answer.patterns)
        if len(pool) == known or relaxation.value - bound <= gap * abs(relaxation.value):
            break
    return Columns(tuple(pool), best, bound)


def cheapest(
    wave: Wave, patterns: Iterable[Pattern], prices: Prices, within: float, most: int | None = None
) -> list[Pattern]:
    """Each order's `most` cheapest patterns at the prices, up to `within` above its best."""
    vector = flat(prices)
    by_order: dict[int, list[tuple[float, Pattern]]] = defaultdict(list)
    for pattern in patterns:
        by_order[pattern.order].append((_priced(wave, pattern, vector), pattern))
    chosen = []
    for priced in by_order.values():
        priced.sort(key=lambda pair: pair[0])
        chosen += [pattern for cost, pattern in priced[:most] if cost <= priced[0][0] + within]
    return chosen


def _priced(wave: Wave, pattern: Pattern, vector: Amounts) -> float:
    return pattern.cost + float(sum(vector[i] * n for i, n in limits_of(wave, pattern)))
