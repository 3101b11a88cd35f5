"""Which lanes to open: decided a few at a time, those first that the prices are surest of."""

import math
from collections.abc import Callable

import numpy as np

from fulfillment.optimization.rebalancing.curves import Mask
from fulfillment.optimization.rebalancing.prices import Ascent

SHARE, LEAST = 0.2, 3  # of the lanes not decided, so many are decided at once
FIRST, BETWEEN = 40, 15  # steps of the prices, before the first and between decisions
RATE, SOFTNESS = 0.02, 0.007


def choose(ascent: Ascent, stop: Callable[[], bool]) -> Mask:
    """The lanes to open; the ascent goes on with them and without the others.

    After each decision the prices follow it, and with them how often each other lane would open. At
    the end every lane is decided; stopped, those that are open more often than not.
    """
    n = ascent.part.network
    is_open = np.zeros(n.fixed.size, dtype=np.bool_)
    free = np.bincount(ascent.part.lane, minlength=n.fixed.size) > 0
    steps = FIRST
    while free.any():
        for _ in range(0 if stop() else steps):
            ascent.step(RATE, SOFTNESS)
        steps, lanes = BETWEEN, np.flatnonzero(free)
        sure = np.abs(ascent.chosen[lanes] - 0.5)
        many = lanes.size if stop() else max(LEAST, math.ceil(SHARE * lanes.size))
        decided = lanes[np.argsort(-sure, kind="stable")[:many]]
        opening = decided[ascent.chosen[decided] > 0.5]
        left = min(n.max_lanes - is_open.sum(), n.fixed.size)
        is_open[opening[: int(left)]] = True
        free[decided] = False
        if is_open.sum() >= n.max_lanes:
            free[:] = False
        ascent.restrict((is_open | free)[ascent.part.lane], is_open)
    return is_open
