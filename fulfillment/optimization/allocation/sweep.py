"""Improve a plan by models over known patterns: all orders at once, or part by part."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.allocation import master
from fulfillment.optimization.allocation.demand import Amounts, Wave
from fulfillment.optimization.allocation.parts import parts
from fulfillment.optimization.allocation.patterns import (
    Patterns,
    distinct,
    in_order,
    joined,
    select,
    taken,
)
from fulfillment.optimization.allocation.shake import Pool


def sweep(
    wave: Wave,
    plan: Patterns,
    pool: Pool,
    most: int,
    gap: float,
    seed: int,
    left: Callable[[], float],
) -> Patterns:
    """Choose anew for one part of the orders after the other; never dearer than `plan`.

    `plan` has one pattern for each order, a part about `most` to choose from. Large neighbourhood
    search (Shaw 1998): the orders of a part give up what they have, all others keep it.
    """
    for part in parts(wave, plan, pool, most, np.random.default_rng(seed)):
        if left() <= 0:
            break
        plan = _chosen_anew(wave, plan, pool.patterns, part, gap, seed, left())
    return plan


def at_once(
    wave: Wave, plan: Patterns, patterns: Patterns, gap: float, seed: int, seconds: float
) -> Patterns:
    """Choose anew for all orders together; never dearer than `plan`."""
    choices = np.bincount(distinct(joined([plan, patterns])).order, minlength=plan.order.size)
    return _chosen_anew(wave, plan, patterns, choices > 1, gap, seed, seconds)


def _chosen_anew(
    wave: Wave,
    plan: Patterns,
    patterns: Patterns,
    part: NDArray[np.bool_],
    gap: float,
    seed: int,
    seconds: float,
) -> Patterns:
    mine = select(plan, part)
    limits = wave.limits - taken(wave, plan) + taken(wave, mine)
    known = select(patterns, part[patterns.order])
    everything = distinct(joined([mine, known]))
    candidates = select(everything, fitting(everything, limits))
    chosen = master.choose(candidates, limits, seconds, gap, seed)
    if chosen is None or candidates.cost[chosen].sum() >= mine.cost.sum():
        return plan
    keep = np.zeros(candidates.order.size, dtype=bool)
    keep[chosen] = True
    return in_order(joined([select(plan, ~part), select(candidates, keep)]))


def fitting(patterns: Patterns, limits: Amounts) -> NDArray[np.bool_]:
    """Which patterns fit the limits if each were alone. [P]"""
    fits = np.ones(patterns.order.size, dtype=bool)
    fits[patterns.pattern[patterns.units > limits[patterns.limit]]] = False
    return fits
