"""Networks without joint limits: every SKU by itself, to the optimum.

Where neither lanes nor docks can be full, and no lane costs anything to open, a linear programme of
each SKU is a transport: its vertices are whole packs. It is solved on the arcs that prices leave
(column generation, Ford and Fulkerson 1958): what its duals then find to be better comes in, until
nothing is, and the duals prove the bound.
"""

import numpy as np

from fulfillment.optimization.rebalancing.clock import Clock
from fulfillment.optimization.rebalancing.curves import Amounts, Mask, summed
from fulfillment.optimization.rebalancing.flows import AT_ONCE, WHOLE, groups
from fulfillment.optimization.rebalancing.network import Network
from fulfillment.optimization.rebalancing.parts import Part, everything
from fulfillment.optimization.rebalancing.prices import Prices, ask, start
from fulfillment.optimization.rebalancing.programme import Limits, solve

ROUNDS = 6
BETTER = 1e-9  # of what a pack saves: what is less comes from rounding


def separates(n: Network) -> bool:
    """Whether no limit can bind, and lanes cost nothing but by the pack."""
    could = summed(n.lane, n.most * n.pack[n.sender], n.fixed.size)
    places = n.outbound.size
    docks = np.concatenate([n.outbound, n.inbound])
    busy = np.concatenate([summed(x, could, places) for x in (n.origin, n.destination)])
    free = not n.fixed[could > 0].any() and n.max_lanes >= n.fixed.size
    return bool(free and (n.room >= could).all() and (docks >= busy).all())


def plan(n: Network, near: Mask, seed: int, clock: Clock) -> tuple[Amounts, float]:
    """Packs by pair, and the bound that proves how good they are; begins with the arcs `near`."""
    whole = everything(n)
    search = Search(n, whole, near)
    for _ in range(ROUNDS):
        if clock.over() or not search.due.any():
            break
        search.round(seed, clock)
    return search.packs, ask(whole, search.prices()).bound


class Search:
    """The arcs so far, what moves on them, and what packs are worth at senders and of steps."""

    def __init__(self, n: Network, whole: Part, near: Mask) -> None:
        self.network, self.whole, self.near = n, whole, near
        self.sku = n.sku[n.sender]
        self.due = np.isin(np.arange(n.sku.max(initial=0) + 1), self.sku)  # SKUs
        self.flow = np.zeros(n.sender.size)
        self.sender = np.zeros(n.pack.size)
        self.sender[whole.senders] = start(whole).sender
        self.step = np.zeros(n.wants.size.size)

    @property
    def packs(self) -> Amounts:
        """Packs by pair."""
        return summed(self.network.pair, self.flow, self.network.pairs.lane.size)

    def prices(self) -> Prices:
        """What senders ask for; nothing else has a price."""
        zero = start(self.whole)
        lanes, places = np.zeros_like(zero.lane), np.zeros_like(zero.outbound)
        sender = self.sender[self.whole.senders]
        return Prices(sender, lanes, places, places, zero.link, zero.pair)

    def round(self, seed: int, clock: Clock) -> None:
        """Solve what is due, then let in the arcs that are better than all that were there."""
        n = self.network
        arcs = np.flatnonzero(self.near & self.due[self.sku])
        size = n.fixed.size + 2 * n.outbound.size
        free = Limits(np.full(size, np.inf), np.zeros(size), np.zeros(size), 0.0)
        for group in groups(self.sku[arcs], seed, AT_ONCE):
            moved = None if clock.over() else solve(n, arcs[group], free, clock.left())
            if moved is not None:
                self.flow[arcs[group]] = np.floor(moved.packs + WHOLE)
                self.step[moved.steps] = moved.step_price
                self.sender[moved.senders] = moved.sender_price
        value = n.wants.value[n.step]
        gain = value - n.cost - self.sender[n.sender] - self.step[n.step]
        missing = ~self.near & (gain > BETTER * value)
        self.near = self.near | missing
        self.due[:] = False
        self.due[self.sku[missing]] = True
