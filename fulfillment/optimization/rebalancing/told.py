"""A plan as people read it: transfers with what each saves and costs."""

import numpy as np

from fulfillment.optimization.rebalancing.curves import Amounts, Curves, Indices
from fulfillment.optimization.rebalancing.network import Network
from fulfillment.optimization.rebalancing.plans import state
from fulfillment.optimization.rebalancing.problem import Problem, Transfer

DIGITS = 6


def transfers(problem: Problem, n: Network, packs: Amounts) -> tuple[Transfer, ...]:
    """The transfers of a plan; savings are told in the order of lanes and SKUs, and add up."""
    pairs, moving = n.pairs, np.flatnonzero(packs)
    sender, receiver, lane = (x[moving] for x in (pairs.sender, pairs.receiver, pairs.lane))
    moved = packs[moving]
    units = moved * pairs.pack[moving]
    saves = _change(n.saved, receiver, moved) - _change(n.lost, sender, moved)
    share = n.fixed[lane] * units / state(n, packs).flow[lane]
    costs = moved * pairs.cost[moving] + share
    rows = (sender, lane, units.astype(np.int64), saves.round(DIGITS), costs.round(DIGITS))
    found = (
        Transfer(
            origin=problem.lanes[on].origin,
            destination=problem.lanes[on].destination,
            sku=problem.positions[at].sku,
            quantity=quantity,
            saves=save,
            costs=cost,
        )
        for at, on, quantity, save, cost in zip(*(row.tolist() for row in rows), strict=True)
    )
    return tuple(sorted(found, key=_order))


def _order(one: Transfer) -> tuple[str, str, str]:
    return one.origin, one.destination, one.sku


def _change(curve: Curves, owner: Indices, packs: Amounts) -> Amounts:
    """What each of these changes at its owner, after those before it."""
    turn = np.argsort(owner, kind="stable")
    total = np.cumsum(packs[turn])
    is_first = np.diff(owner[turn], prepend=-1) != 0
    begun = np.maximum.accumulate(np.where(is_first, total - packs[turn], 0.0))
    after = np.zeros(packs.size)
    after[turn] = total - begun
    return curve.at(owner, after) - curve.at(owner, after - packs)
