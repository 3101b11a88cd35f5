"""The lower bound of the whole network, climbed to on the arcs that come to matter."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.rebalancing.clock import Clock
from fulfillment.optimization.rebalancing.network import Network
from fulfillment.optimization.rebalancing.parts import Part, everything
from fulfillment.optimization.rebalancing.prices import Ascent, Prices, ask, over, slack, start

RATE, SOFTNESS = (0.08, 0.001), (0.03, 0.001)  # at first, and at last
FEW, STEPS, MORE_STEPS = 300_000, 200, 500  # steps, and those where there are few arcs
# After so many steps, only arcs go on that would be as good as the best of their step with so
# much less per unit, as a share of what a unit typically gains. Sooner, prices say too little.
NEARER, LAST = {40: 0.6, 120: 0.4}, 0.3
# Steps once more on all arcs, whose prices had stood still since they were left out.
AGAIN, AGAIN_RATE, AGAIN_SOFTNESS = 100, (0.012, 0.0005), (0.01, 0.001)


@dataclass(frozen=True, eq=False)
class Climbed:
    """The ascent on the arcs that are left, and the bound that its prices prove for all of them."""

    ascent: Ascent
    bound: float
    whole: Part
    prices: Prices


def climb(n: Network, clock: Clock, say: Callable[[float], None]) -> Climbed:
    """Climb until all stages are done, sooner if the time is short; `say` hears the share done.

    At least one step is taken.
    """
    whole = everything(n)
    prices, done = start(whole), 0.0
    ascent, bound = Ascent(whole, prices), -np.inf
    many = MORE_STEPS if n.sender.size <= FEW else STEPS
    while done < 1:
        ascent.step(*pace(done))
        done = max(ascent.count / many, clock.share())
        say(done)
        if ascent.count in NEARER or done >= 1:
            prices = over(whole, ascent.part, ascent.best)
            bound = max(bound, ask(whole, prices).bound)
            most = NEARER.get(ascent.count, LAST) * ascent.typical
            ascent.restrict(slack(ascent.part, ascent.prices) <= most, ascent.part.is_open)
    return Climbed(ascent, bound, whole, prices)


def proven(climbed: Climbed, is_over: Callable[[float], bool]) -> float:
    """The bound after more steps on all arcs, until it `is_over` by the bound so far."""
    ascent, bound = Ascent(climbed.whole, climbed.prices.copied()), climbed.bound
    while ascent.count < AGAIN and not is_over(bound):
        ascent.step(*pace(ascent.count / AGAIN, AGAIN_RATE, AGAIN_SOFTNESS))
        bound = max(bound, ascent.bound)
    return bound


Slope = tuple[float, float]


def pace(done: float, rate: Slope = RATE, softness: Slope = SOFTNESS) -> tuple[float, float]:
    """Rate and softness when that share is done, from the first to the last."""
    left = max(1 - done, 0.0) ** 1.5
    now, soft = (last + (first - last) * left for first, last in (rate, softness))
    return now, soft
