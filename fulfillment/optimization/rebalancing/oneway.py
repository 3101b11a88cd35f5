"""SKUs that a position would both send and receive: solved again, as models of integers.

Without joint limits each SKU is a problem of its own, and so are any few of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from fulfillment.optimization.rebalancing import exact
from fulfillment.optimization.rebalancing.clock import Clock
from fulfillment.optimization.rebalancing.curves import Amounts, Indices, Mask
from fulfillment.optimization.rebalancing.network import Network, read
from fulfillment.optimization.rebalancing.plans import both_ways, cost
from fulfillment.optimization.rebalancing.problem import Problem

AT_ONCE = 2_000  # pairs in one model


@dataclass(frozen=True, eq=False)
class Mended:
    """Packs by pair, none both ways, and by how much the bound rises with it."""

    packs: Amounts
    rise: float


def mend(problem: Problem, n: Network, packs: Amounts, clock: Clock) -> Mended:
    """Solve again what goes both ways; what there is no time for stays where it is."""
    both, sku, rise = both_ways(n, packs), n.sku[n.pairs.sender], 0.0
    mended = np.where(np.isin(sku, n.sku[both]), 0.0, packs)
    for skus in _few(sku, np.unique(n.sku[both])):
        if clock.over():
            break
        own, where = _part(problem, n, np.isin(n.sku, skus))
        found = exact.plan(own, clock.left(), 0.0, problem.options.seed)
        rise += max(found.bound - cost(own, packs[where]), 0.0)
        if found.packs is not None:
            mended[where] = found.packs
    return Mended(mended, rise)


def _few(sku: Indices, skus: Indices) -> Iterator[Indices]:
    """The SKUs, so few at a time that one model takes their pairs."""
    pairs = np.bincount(sku, minlength=int(skus.max(initial=0)) + 1)[skus]
    turn = (np.cumsum(pairs) - pairs) // AT_ONCE
    for i in np.unique(turn):
        yield skus[turn == i]


def _part(problem: Problem, n: Network, rows: Mask) -> tuple[Network, Indices]:
    """The network of some positions, and where each of its pairs is in the whole."""
    position, lanes = np.flatnonzero(rows), n.fixed.size
    few = tuple(problem.positions[i] for i in position.tolist())
    own = read(replace(problem, positions=few))
    key = position[own.pairs.receiver] * lanes + own.pairs.lane
    # The pairs of a network lie in the order of their receivers, and of these of their lanes.
    return own, np.searchsorted(n.pairs.receiver * lanes + n.pairs.lane, key)
