"""The marginal value of a unit of stock: what its absence will cost before the next receipt.

After Acimovic and Graves (2015, M&SOM 17): stock is worth what its alternative costs more. They
take that from the duals of a transportation problem on expected demand; here it is

    P(lines that need it >= lines that the stock is enough for) x (extra unit cost + extra box)

with Poisson demand. Which lines need a unit of a SKU at a facility, and what each of them costs
more without it:

- the lines of the zones for which it is the cheapest holder: the next holder's unit cost. A line
  with k companions counts if the facility has them too and others do as well (then they move
  along, or leave a box behind), or if no holder has them all (then the order is split anyway);
- of any zone, the lines that would cost another box, because it has their companions and no other
  holder does: that box, less what the companions' longer way costs.
"""

import math

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from fulfillment.optimization.pricing.network import Network, Skus
from fulfillment.optimization.pricing.poisson import Amounts, Quantities, at_least

LARGEST_BLOCK = 500_000  # SKUs x facilities x facilities: a few megabytes per array
ENDLESS = 1e9  # units asked for on an endless horizon: infinities would cancel to no number


class Zones(Struct, frozen=True, eq=False):
    """The zones' demand at their cheapest holders, and how much dearer the next one is."""

    units: Amounts  # [S, F]
    extra: Amounts  # [S, F] per gram, the mean of those zones; infinite without another holder


def marginal_values(skus: Skus, network: Network) -> Amounts:
    """The price of the next unit of each SKU at each facility, on top of its lane's cost. [S, F]

    More stock never raises a facility's price; demand that grows alike everywhere never lowers
    one. At a stock of 0 it is what a unit would be worth. A cart's cost is linear in units, so a
    line of several pays this price for each: the dearer price of its last units would be nearer
    the truth, and did harm to real baskets (benchmarks/online), whose lines come in clumps.
    """
    prices = np.empty(skus.stock.shape)
    if not prices.size:
        return prices
    size = max(LARGEST_BLOCK // network.cover.size**2, 1)
    for start in range(0, len(prices), size):
        rows = slice(start, start + size)
        some = skus.part(rows)
        need, loss = _needs(some, network)
        prices[rows] = at_least(_lines(some.stock, some.line_units), need) * loss
    return prices


def _lines(stock: Quantities, line_units: Amounts) -> Quantities:
    """How many mean lines a stock is enough for, a begun one included."""
    return np.ceil(stock / line_units[:, None] - 1e-9).astype(np.int64)


def _needs(skus: Skus, network: Network) -> tuple[Amounts, Amounts]:
    """Lines that need a unit here, and what a unit less costs each of them. [S, F] twice"""
    holds = skus.stock > 0
    asked = np.minimum(skus.demand, ENDLESS)
    zones = _zones(asked, holds, network.unit_cost)
    nobody = _nobody_else(holds, network)
    share = network.companions[:, None, None]
    here, elsewhere = share * network.has_companions, share * (1 - network.has_companions)
    alone, move, split = here * nobody, here * (1 - nobody), elsewhere * nobody
    single = 1 - network.companions.sum()
    needing = zones.units * (single + (move + split).sum(axis=0))
    needing += (alone * (asked @ network.saves_box)).sum(axis=0)
    extra = np.where(np.isfinite(zones.extra), zones.extra, 0.0)
    along = np.minimum(network.companions_weight * extra, network.shipment_cost)
    boxes = zones.units * (move * along).sum(axis=0)
    boxes += (alone * (asked @ network.box_saved)).sum(axis=0)
    box = np.divide(boxes, needing, out=np.zeros_like(boxes), where=needing > 0)
    weight, units = skus.weight[:, None], skus.line_units[:, None]
    unserved = skus.unfilled_cost[:, None] - weight * network.unit_cost.diagonal()
    dearer = np.where(np.isfinite(zones.extra), weight * extra + box / units, math.inf)
    loss = np.clip(dearer, 0.0, np.maximum(unserved, 0.0))
    return needing / units, loss


def _zones(asked: Amounts, holds: NDArray[np.bool_], unit_cost: Amounts) -> Zones:
    """Send each zone to its cheapest holder; who holds nothing has its own zone, as if it did."""
    costs = np.where(holds[:, None, :], unit_cost, math.inf)
    first = costs.argmin(axis=2)
    lowest = costs.min(axis=2)
    np.put_along_axis(costs, first[:, :, None], math.inf, axis=2)
    # Without any holder the cheapest is infinite too.
    dearer = costs.min(axis=2) - np.where(np.isfinite(lowest), lowest, 0.0)
    cells = first + np.arange(len(asked))[:, None] * asked.shape[1]
    units = _sums(cells, asked)
    extra = _sums(cells, asked * np.where(np.isfinite(dearer), dearer, 0.0))
    extra = np.divide(extra, units, out=np.zeros_like(extra), where=units > 0)
    others = holds.sum(axis=1, keepdims=True) > holds
    lacking = np.maximum(lowest - unit_cost.diagonal(), 0.0)
    extra = np.where(holds, np.where(others, extra, math.inf), lacking)
    return Zones(np.where(holds, units, asked), extra)


def _sums(cells: NDArray[np.intp], values: Amounts) -> Amounts:
    """Add each value up in its cell of an array of the same shape."""
    sums = np.bincount(cells.ravel(), values.ravel(), values.size)
    return sums.astype(np.float64).reshape(values.shape)


def _nobody_else(holds: NDArray[np.bool_], network: Network) -> Amounts:
    """P(no other holder has all of k companions); 0 where there is no other. [K, S, F]"""
    lacks = np.log1p(-np.minimum(network.has_companions, 1 - 1e-12)) * holds
    others = holds.sum(axis=1, keepdims=True) > holds
    nobody: Amounts = np.exp(lacks.sum(axis=2, keepdims=True) - lacks) * others
    return nobody
