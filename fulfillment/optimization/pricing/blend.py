"""One price from two sources: the wave's duals where there are any, else the marginal value."""

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.pricing.poisson import Amounts


def blend(
    marginal: Amounts,
    stock_duals: Amounts,
    priced: NDArray[np.bool_],
    capacity_duals: Amounts,
    trust: float = 1.0,
) -> Amounts:
    """What a unit costs besides its lane. [S, F]

    Where a wave has priced a SKU at a facility (`priced` [S, F]), its dual counts by `trust`
    (1: alone, 0: not at all) and the marginal value by the rest. A unit of a facility's capacity
    (`capacity_duals` [F], 0 where it does not bind) is paid in any case. Per unit, one currency.
    """
    mixed = trust * stock_duals + (1 - trust) * marginal
    prices: Amounts = np.where(priced, mixed, marginal) + capacity_duals
    return prices
