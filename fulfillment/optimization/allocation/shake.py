"""Find the patterns that a plan is chosen from: those that are nearly best at the prices."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.allocation.demand import Amounts
from fulfillment.optimization.allocation.greedy import nothing
from fulfillment.optimization.allocation.oracle import Answer, Oracle, ask
from fulfillment.optimization.allocation.patterns import (
    Patterns,
    distinct,
    joined,
    priced,
    rows,
    select,
)

# What stock costs more in a round, at most, as shares of the mean cost of an order: small ones
# bring near ties to light, large ones what an order does when much of its best is gone.
STRENGTHS = (0.1, 0.3)
ROUNDS = 8  # for each strength
WITHIN = 0.5  # of the mean cost of an order: a worse pattern hardly ever enters a plan
# A wave of few orders has less to choose from and more time: any pattern may be the one missing.
FEW_ORDERS, STRONGER, MORE_ROUNDS = 300, (0.1, 0.3, 1.0, 3.0), 24


@dataclass(frozen=True, eq=False)
class Pool:
    """The patterns to choose from, and each order's best cost at the prices that made them."""

    patterns: Patterns
    prices: Amounts
    best: Amounts  # [orders]


def gather(
    oracle: Oracle, prices: Amounts, met: Patterns, seed: int, stop: Callable[[], bool]
) -> Pool:
    """Add to the patterns met those of shaken prices; drop what is far off.

    A restricted master over these comes close to one over all patterns, without a linear
    programme for each round of column generation.
    """
    answer = ask(oracle, prices)
    few = answer.cost.size <= FEW_ORDERS
    strengths, rounds = (STRONGER, MORE_ROUNDS) if few else (STRENGTHS, ROUNDS)
    waiting = rows(oracle.wave, [nothing(oracle.wave, demand) for demand in oracle.wave.demands])
    shaken = shake(
        oracle, prices, answer, [s for s in strengths for _ in range(rounds)], seed, stop
    )
    pool = distinct(joined([met, shaken, oracle.current, waiting]))
    above = priced(pool, prices) - answer.cost[pool.order]
    near = select(pool, above <= (math.inf if few else WITHIN * float(answer.cost.mean())))
    return Pool(near, prices, answer.cost)


def shake(
    oracle: Oracle,
    prices: Amounts,
    answer: Answer,
    strengths: Sequence[float],
    seed: int,
    stop: Callable[[], bool],
) -> Patterns:
    """Each order's best patterns at the prices, and at randomly raised prices of stock.

    `answer` is the oracle's to the prices themselves.
    """
    rng, stock = np.random.default_rng(seed), oracle.wave.stock.size
    typical = float(answer.cost.mean())
    found = [answer.patterns]
    for strength in strengths:
        if stop():
            break
        shaken = prices.copy()
        shaken[:stock] += rng.random(stock) * strength * typical
        found.append(ask(oracle, shaken).patterns)
        if len(found) > ROUNDS:
            found = [distinct(joined(found))]
    return distinct(joined(found))
