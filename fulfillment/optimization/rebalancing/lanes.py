"""Which lanes to open: those that keep their goods when these bear all of a lane's cost.

Slope scaling (Kim and Pardalos 1999; Crainic, Gendron and Hernu 2004): every lane is open, and
its fixed cost is a cost per unit, of what it last carried. A lane that carries little gets dearer
and carries less; one that carries much, cheaper. Each round is some steps of the prices' ascent.
"""

import math
from dataclasses import replace

import numpy as np

from fulfillment.optimization.rebalancing.clock import Clock
from fulfillment.optimization.rebalancing.curves import Amounts, Mask, summed
from fulfillment.optimization.rebalancing.prices import Ascent

ROUNDS, STEPS = 3, 30
RATE, SOFTNESS = 0.02, 0.005
LEAST, USED = 0.01, 0.015  # of a lane's room: what it carries at least for its cost, and to open
AT_ONCE = 3  # of so many lanes too many, one is given up, before the prices follow
FOLLOWING = 20


def choose(ascent: Ascent, clock: Clock) -> Mask:
    """The lanes to open; the ascent goes on with them alone, and they are paid for."""
    n, opened = ascent.part.network, _scaled(ascent, clock)
    ascent.restrict(opened[ascent.part.lane], opened)
    while (many := int(opened.sum() - min(n.max_lanes, opened.size))) > 0:
        for _ in range(0 if clock.over() else FOLLOWING):
            ascent.step(RATE, SOFTNESS)
        worth = np.where(opened, _worth(ascent) - n.fixed, np.inf)
        few = many if clock.over() else math.ceil(many / AT_ONCE)
        opened = opened.copy()
        opened[np.argsort(worth, kind="stable")[:few]] = False
        ascent.restrict(opened[ascent.part.lane], opened)
    return opened


def _scaled(ascent: Ascent, clock: Clock) -> Mask:
    """The lanes that slope scaling leaves open; those that cost nothing open for anything."""
    p = ascent.part
    n, units = p.network, _units(ascent)
    there, everywhere = np.bincount(p.lane, minlength=n.fixed.size) > 0, np.ones_like(p.is_open)
    for _ in range(ROUNDS if n.fixed.any() else 0):
        if clock.over():
            break
        share = n.fixed / np.maximum(np.maximum(units, LEAST * n.room), 1.0)
        ascent.part = replace(p, cost=p.cost + p.pack * share[p.lane], is_open=everywhere)
        for _ in range(STEPS):
            ascent.step(RATE, SOFTNESS)
        units = _units(ascent)
    ascent.part = p
    opened: Mask = there & ((n.fixed == 0) | ((units > USED * n.room) & (units > 0)))
    return opened


def _units(ascent: Ascent) -> Amounts:
    """What each lane has lately carried. [L]"""
    p = ascent.part
    return summed(p.lane, ascent.flow * p.pack, p.network.fixed.size)


def _worth(ascent: Ascent) -> Amounts:
    """What each lane's goods have lately gained, by what their senders ask for. [L]"""
    p = ascent.part
    gain = p.value[p.step] - p.cost - ascent.prices.sender[p.sender]
    return summed(p.lane, ascent.flow * gain, p.network.fixed.size)
