"""Whole packs where they gain most, one after the other; and lanes that do not pay given up."""

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fulfillment.optimization.rebalancing.curves import Amounts, Curves, Indices, Mask
from fulfillment.optimization.rebalancing.network import Network
from fulfillment.optimization.rebalancing.plans import State, closed, state, worth

CHUNK = 2_000  # arcs looked at together: those that can move nothing any more are passed over
AT_ONCE = 3  # of so many lanes to give up, one


def plan(n: Network, stop: Callable[[], bool]) -> Amounts:
    """Packs of each pair by a greedy rule: the dearest shortage first, fixed costs looked at last.

    Stopped, it still is a plan that can be carried out.
    """
    arcs = order(n, np.ones(n.sender.size, dtype=np.bool_))
    return paying(n, filled(n, np.zeros(n.pairs.lane.size), arcs, stop), arcs, stop)


def order(n: Network, among: Mask) -> Indices:
    """The arcs in the order in which greed takes them: by what a unit gains."""
    arcs = np.flatnonzero(among)
    sender = n.sender[arcs]
    gain = n.wants.value[n.step[arcs]] - n.cost[arcs] - n.offers.first(n.pack.size, 0.0)[sender]
    return arcs[np.argsort(-gain / n.pack[sender], kind="stable")]


def paying(n: Network, packs: Amounts, arcs: Indices, stop: Callable[[], bool]) -> Amounts:
    """The plan without lanes that cost more than they save, or that are too many.

    What moved there is moved over the lanes that are left, where that pays, by these arcs.
    """
    while (worst := _worst(n, packs)).any():
        packs = closed(n, packs, worst)
    used = state(n, packs).flow > 0
    return filled(n, packs, arcs[used[n.lane[arcs]]], stop)


def _worst(n: Network, packs: Amounts) -> Mask:
    """Some of the lanes to give up: not all at once, for the others gain by it."""
    used = state(n, packs).flow > 0
    surplus = np.where(used, worth(n, packs) - n.fixed, np.inf)
    many = max(int((surplus < 0).sum()), int(used.sum() - min(n.max_lanes, used.size)), 0)
    worst = np.zeros(used.size, dtype=np.bool_)
    worst[np.argsort(surplus, kind="stable")[: math.ceil(many / AT_ONCE)]] = True
    return worst


def filled(n: Network, packs: Amounts, arcs: Indices, stop: Callable[[], bool]) -> Amounts:
    """The plan with more packs by these arcs in turn, as long as one pays and there is room."""
    packs, pairs = packs.copy(), n.pairs
    at = state(n, packs)
    room = Room(n.room - at.flow, n.outbound - at.outbound, n.inbound - at.inbound)
    offered, wanted = n.offers.total(n.pack.size), n.wants.total(n.pack.size)
    for begin in range(0, arcs.size, CHUNK):
        pair = n.pair[arcs[begin : begin + CHUNK]]
        sender, receiver = pairs.sender[pair], pairs.receiver[pair]
        able = (at.sent[sender] < offered[sender]) & (at.received[receiver] < wanted[receiver])
        able &= (at.received[sender] == 0) & (at.sent[receiver] == 0)
        able &= room.packs(n, pair) >= 1
        pair = pair[able]
        for i in pair[_gain(n, at, pair) > 0].tolist():
            if stop():
                return packs
            moved = _pays(n, at, room, i)
            if moved > 0:
                _move(n, at, room, i, moved)
                packs[i] += moved
    return packs


@dataclass(frozen=True, eq=False)
class Room:
    """Units that lanes and docks still have room for."""

    lane: Amounts
    outbound: Amounts
    inbound: Amounts

    def packs(self, n: Network, pair: Any) -> Any:
        """Whole packs that there is room for on a pair, or on each of several."""
        lane = n.pairs.lane[pair]
        docks = np.minimum(self.outbound[n.origin[lane]], self.inbound[n.destination[lane]])
        return np.minimum(self.lane[lane], docks) // n.pairs.pack[pair]


def _gain(n: Network, at: State, pair: Indices) -> Amounts:
    """What the next pack of each of these pairs gains."""
    sender, receiver = n.pairs.sender[pair], n.pairs.receiver[pair]
    got, gone = at.received[receiver], at.sent[sender]
    saved = n.saved.at(receiver, got + 1) - n.saved.at(receiver, got)
    lost = n.lost.at(sender, gone + 1) - n.lost.at(sender, gone)
    gain: Amounts = saved - lost - n.pairs.cost[pair]
    return gain


def _pays(n: Network, at: State, room: Room, pair: int) -> float:
    """Packs that pay alike, from the next one on; 0 if that does not pay or may not move."""
    sender, receiver = n.pairs.sender[pair], n.pairs.receiver[pair]
    if at.received[sender] or at.sent[receiver]:
        return 0.0
    wanted, saving = _next(n.saved, receiver, at.received[receiver])
    spare, loss = _next(n.lost, sender, at.sent[sender])
    if saving - loss - n.pairs.cost[pair] <= 0:
        return 0.0
    return float(min(wanted, spare, room.packs(n, pair)))


def _next(curve: Curves, owner: int, packs: float) -> tuple[float, float]:
    """Packs up to the curve's next point, and what each of them is worth."""
    begin = int(curve.start[owner])
    end = begin + int(curve.count[owner])
    i = bisect_right(curve.stock, packs, begin, end)
    if i == end:
        return 0.0, 0.0
    run = curve.stock[i] - curve.stock[i - 1]
    return float(curve.stock[i] - packs), float((curve.lost[i] - curve.lost[i - 1]) / run)


def _move(n: Network, at: State, room: Room, pair: int, packs: float) -> None:
    pairs, units = n.pairs, packs * n.pairs.pack[pair]
    at.sent[pairs.sender[pair]] += packs
    at.received[pairs.receiver[pair]] += packs
    lane = pairs.lane[pair]
    room.lane[lane] -= units
    room.outbound[n.origin[lane]] -= units
    room.inbound[n.destination[lane]] -= units
