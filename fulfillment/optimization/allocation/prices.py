"""Price scarce stock and capacity by dual ascent, before any linear programme is built."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.allocation.demand import Amounts, Wave
from fulfillment.optimization.allocation.oracle import Oracle, ask
from fulfillment.optimization.allocation.patterns import Patterns, distinct, joined, taken

MEMORY = 0.3  # weight of the direction before: damps the zigzag of plain subgradients
# A step aims above the best bound by a share of the known plan's cost: less after rounds that
# gained next to nothing. Aiming at that cost itself overshoots.
SMALLEST_AIM = 1e-5
NOTHING = 1e-4  # of the cost
PATIENCE, LESS = 2, 0.7
SMALLEST_SQUARE = 1e-12  # two directions may cancel
AT_ONCE = 10  # rounds whose patterns are kept before the repeated ones are dropped
GOOD = 0.99  # of the best bound: patterns of worse rounds are not worth keeping


@dataclass(frozen=True, eq=False)
class Ascent:
    """The best prices found, the bound that they prove and the patterns met near them."""

    prices: Amounts
    lower_bound: float
    patterns: Patterns


def ascend(
    oracle: Oracle,
    start: Amounts,
    bounds: tuple[float, float],
    aim: float,
    gap: float,
    rounds: int,
    stop: Callable[[], bool],
) -> Ascent:
    """Raise the prices of what is over-asked, lower the others, while the bound improves.

    Subgradient steps with Polyak's length towards a target level, deflected by the direction
    before (Camerini, Fratta and Maffioli 1975). `bounds` on the cost are known already, the upper
    one by a plan; the target is above the best bound by the share `aim` of it at first. Ends
    after `rounds`, at `stop`, when the bound is within `gap` of the plan, when nothing is
    over-asked or when the aim has become small.
    """
    wave, best, prices = oracle.wave, start, start
    direction, scale = np.zeros(start.size), _scale(wave)
    known, upper = bounds
    bound, aim, since = -np.inf, min(aim * upper, (upper - known) / 2), 0
    met: list[Patterns] = []
    for _ in range(rounds):
        answer = ask(oracle, prices)
        if answer.lower_bound > GOOD * bound:
            met.append(answer.patterns)
        if len(met) > AT_ONCE:
            met = [distinct(joined(met))]
        since = 0 if answer.lower_bound > bound + NOTHING * upper else since + 1
        if answer.lower_bound > bound:
            best, bound = prices, answer.lower_bound
        if since > PATIENCE:
            aim, since, direction = aim * LESS, 0, direction * 0
        excess = _excess(wave, answer.patterns, prices)
        proven = upper - bound <= gap * upper
        if stop() or proven or aim < SMALLEST_AIM * upper or not excess.any():
            break
        direction = (1 - MEMORY) * excess + MEMORY * direction
        distance = min(bound + aim, upper) - answer.lower_bound
        length = distance / max(float(direction @ (scale * direction)), SMALLEST_SQUARE)
        prices = np.maximum(prices + length * scale * direction, 0.0)
    return Ascent(best, bound, distinct(joined(met)))


def _scale(wave: Wave) -> Amounts:
    """One unit over a limit of hundreds says less than one over a limit of two."""
    return 1.0 / np.maximum(np.where(np.isfinite(wave.limits), wave.limits, 1.0), 1.0)


def _excess(wave: Wave, patterns: Patterns, prices: Amounts) -> Amounts:
    """Use above each limit; 0 for one that is free and not reached, which stays free."""
    excess = np.where(np.isfinite(wave.limits), taken(wave, patterns) - wave.limits, 0.0)
    return np.where((prices > 0) | (excess > 0), excess, 0.0)
