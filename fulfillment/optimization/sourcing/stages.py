"""Rules before weights: the figures by which plans are compared in turn."""

import math

import numpy as np

from fulfillment.optimization.sourcing.candidates import Candidates, Indices
from fulfillment.optimization.sourcing.problem import Amounts, Quantities

# Costs are compared to the cent: a fraction of one never outweighs the stages after it.
CENT = 0.01


def ranks(order: Candidates, sets: Indices, units: Quantities, costs: Amounts) -> Amounts:
    """The units that each set misses, and its figure at each stage. [N, 1 + stages]

    All are whole numbers, exact as floats up to 2^53.
    """
    missing = order.quantity.sum() - units.sum(axis=(0, 2))
    figures = [
        np.rint(costs / CENT) if stage is None else stage[sets].sum(axis=1)
        for stage in order.stages
    ]
    return np.column_stack([missing, *figures]).astype(float)


def least_rank(order: Candidates, size: int, least_cost: float) -> tuple[float, ...]:
    """Figures that no set of `size` facilities comes below, at any stage; its cost is at least
    `least_cost` if it misses no unit that could ship.
    """
    short = np.maximum(order.quantity - order.supply.sum(axis=0), 0).sum()
    figures = [
        math.floor(least_cost / CENT) if stage is None else np.sort(stage)[:size].sum()
        for stage in order.stages
    ]
    return float(short), *map(float, figures)
