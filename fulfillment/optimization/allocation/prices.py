"""Price scarce stock and capacity by dual ascent, before any linear programme is built."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pulp

from fulfillment.optimization import solver
from fulfillment.optimization.allocation.demand import Amounts, Pattern, Wave
from fulfillment.optimization.allocation.oracle import Oracle, ask
from fulfillment.optimization.allocation.single import Prices, no_prices

ROUNDS = 60
PATIENCE = 5  # rounds without a better bound before the step halves
MEMORY = 0.4  # weight of the direction before: damps the zigzag of plain subgradients
# The optimum is seldom further above a good bound, and greedy plans are: a step that aims at
# theirs overshoots.
AIM = 1.03
SMALLEST_SQUARE = 1e-12  # two directions may cancel


@dataclass(frozen=True, eq=False)
class Ascent:
    """The best prices found, the bound they prove and all patterns met."""

    prices: Prices
    lower_bound: float
    patterns: tuple[Pattern, ...]


def ascend(oracle: Oracle, upper_bound: float, gap: float, stop: Callable[[], bool]) -> Ascent:
    """Raise the prices of what is over-asked, lower the others, while the bound improves.

    Subgradient steps with Polyak's length, deflected by the direction before (Camerini, Fratta
    and Maffioli 1975). Ends after ROUNDS, at `stop`, when the bound is within `gap` of
    `upper_bound` or when nothing is over-asked.
    """
    wave = oracle.wave
    best = vector = flat(no_prices(wave))
    direction, met = np.zeros(vector.size), dict[Pattern, None]()
    bound, step, since = -np.inf, 1.0, 0
    scale = _scale(wave)
    for _ in range(ROUNDS):
        answer = ask(oracle, shaped(wave, vector))
        met |= dict.fromkeys(answer.patterns)
        since += 1
        if answer.lower_bound > bound:
            best, bound, since = vector, answer.lower_bound, 0
        if since > PATIENCE:
            step, since, vector, direction = step / 2, 0, best, direction * 0
        excess = _excess(wave, answer.patterns, vector)
        direction = (1 - MEMORY) * excess + MEMORY * direction
        if stop() or not excess.any() or upper_bound - bound <= gap * abs(upper_bound):
            break
        distance = max(min(upper_bound, bound * AIM) - answer.lower_bound, 0.0)
        length = step * distance / max(float(direction @ (scale * direction)), SMALLEST_SQUARE)
        vector = np.maximum(vector + length * scale * direction, 0.0)
    return Ascent(shaped(wave, best), bound, tuple(met))


def _scale(wave: Wave) -> Amounts:
    """One unit over a limit of hundreds says less than one over a limit of two."""
    limit = limits(wave)
    return 1.0 / np.maximum(np.where(np.isfinite(limit), limit, 1.0), 1.0)


def _excess(wave: Wave, patterns: Iterable[Pattern], vector: Amounts) -> Amounts:
    """Use above each limit; 0 for one that is free and not reached, which stays free."""
    excess = flat(usage(wave, patterns)) - limits(wave)
    return np.where((vector > 0) | (excess > 0), excess, 0.0)


def limits(wave: Wave) -> Amounts:
    """All limits in one vector, like the prices."""
    return np.concatenate([wave.stock.ravel(), wave.capacity_units, wave.capacity_shipments])


def flat(prices: Prices) -> Amounts:
    """All prices in one vector: stock by SKU and facility, then units, then shipments."""
    return np.concatenate([prices.stock.ravel(), prices.units, prices.shipments])


def shaped(wave: Wave, vector: Amounts) -> Prices:
    """The vector's prices in their shapes."""
    stock, units, shipments = np.split(
        vector, [wave.stock.size, wave.stock.size + len(wave.facilities)]
    )
    return Prices(stock.reshape(wave.stock.shape), units, shipments)


def limit_name(index: int) -> str:
    """The name of a limit's row in a model, by its index in the flat vector."""
    return f"limit_{index}"


def from_duals(wave: Wave, model: pulp.LpProblem, rows: list[int]) -> Prices:
    """The prices of a solved linear programme: what one unit more of each limit would save."""
    vector = np.zeros(limits(wave).size)
    vector[rows] = np.maximum(-np.array(solver.duals(model, [limit_name(i) for i in rows])), 0.0)
    return shaped(wave, vector)


def usage(wave: Wave, patterns: Iterable[Pattern]) -> Prices:
    """What the patterns take together, shaped like the prices of it."""
    patterns = list(patterns)
    takes = np.array([t for p in patterns for t in p.takes], dtype=np.intp).reshape(-1, 3)
    boxes = np.array([f for p in patterns for f in p.facilities], dtype=np.intp)
    stock = np.zeros(wave.stock.shape)
    units, shipments = np.zeros(len(wave.facilities)), np.zeros(len(wave.facilities))
    np.add.at(stock, (takes[:, 0], takes[:, 1]), takes[:, 2])
    np.add.at(units, takes[:, 1], takes[:, 2])
    np.add.at(shipments, boxes, 1)
    return Prices(stock, units, shipments)
