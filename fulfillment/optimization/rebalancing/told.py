"""A plan as people read it: transfers with what each saves and costs."""

from collections.abc import Iterator

import numpy as np

from fulfillment.optimization.rebalancing.curves import Amounts
from fulfillment.optimization.rebalancing.network import Network
from fulfillment.optimization.rebalancing.plans import state
from fulfillment.optimization.rebalancing.problem import Problem, Transfer

DIGITS = 6


def transfers(problem: Problem, n: Network, packs: Amounts) -> tuple[Transfer, ...]:
    """The transfers of a plan; savings are told in the order of lanes and SKUs, and add up."""
    return tuple(sorted(_transfers(problem, n, packs), key=_order))


def _order(one: Transfer) -> tuple[str, str, str]:
    return one.origin, one.destination, one.sku


def _transfers(problem: Problem, n: Network, packs: Amounts) -> Iterator[Transfer]:
    pairs, flow = n.pairs, state(n, packs).flow
    received, sent = np.zeros(n.pack.size), np.zeros(n.pack.size)
    for i in np.flatnonzero(packs).tolist():
        sender, receiver, lane = (int(x[i]) for x in (pairs.sender, pairs.receiver, pairs.lane))
        units = int(packs[i] * pairs.pack[i])
        saves = _step(n, receiver, received, packs[i]) - _step(n, sender, sent, packs[i], out=True)
        share = n.fixed[lane] * units / flow[lane]
        yield Transfer(
            origin=problem.lanes[lane].origin,
            destination=problem.lanes[lane].destination,
            sku=problem.positions[sender].sku,
            quantity=units,
            saves=round(float(saves), DIGITS),
            costs=round(float(packs[i] * pairs.cost[i] + share), DIGITS),
        )


def _step(n: Network, at: int, moved: Amounts, packs: float, out: bool = False) -> float:
    """What so many packs more change at a position, after those that are told already."""
    curve, where = (n.lost if out else n.saved), np.array([at])
    before = curve.at(where, moved[where])
    moved[at] += packs
    return float((curve.at(where, moved[where]) - before)[0])
