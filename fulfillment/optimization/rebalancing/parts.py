"""Some of a network's arcs, as arrays of their own: what the prices' ascent works on."""

from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.rebalancing.curves import Amounts, Indices, Mask
from fulfillment.optimization.rebalancing.network import Network


@dataclass(frozen=True, eq=False)
class Part:
    """Some arcs of a network, the senders and steps they join, and which lanes are decided.

    `sender` and `step` are by arc, numbered within the part; `first` is the first arc of each
    step. `pairs` are those that are short, `pair` is by arc, numbered within them, the others
    being `pairs.size`. `is_open` lanes are paid for already, by `paid`.
    """

    network: Network
    arc: Indices
    senders: Indices
    sender: Indices
    first: Indices
    step: Indices
    lane: Indices
    pack: Amounts
    cost: Amounts
    most: Amounts
    size: Amounts
    value: Amounts
    pairs: Indices
    pair: Indices
    offer: Indices
    offer_size: Amounts
    offer_loss: Amounts
    is_open: Mask

    @property
    def fixed(self) -> Amounts:
        """What lanes still cost."""
        return np.where(self.is_open, 0.0, self.network.fixed)

    @property
    def paid(self) -> float:
        """What the open lanes cost."""
        return float(self.network.fixed[self.is_open].sum())


def part(network: Network, arc: Indices, is_open: Mask) -> Part:
    """The part of the network with these arcs, given in rising order."""
    senders, sender = np.unique(network.sender[arc], return_inverse=True)
    steps, first, step = np.unique(network.step[arc], return_index=True, return_inverse=True)
    number = np.full(network.pack.size, -1)
    number[senders] = np.arange(senders.size)
    offered = number[network.offers.owner] >= 0
    pairs, pair = _short(network, network.pair[arc])
    return Part(
        network=network,
        arc=arc,
        senders=senders,
        sender=sender,
        first=first,
        step=step,
        lane=network.lane[arc],
        pack=network.pack[network.sender[arc]],
        cost=network.cost[arc],
        most=network.most[arc],
        size=network.wants.size[steps],
        value=network.wants.value[steps],
        pairs=pairs,
        pair=pair,
        offer=number[network.offers.owner[offered]],
        offer_size=network.offers.size[offered],
        offer_loss=network.offers.value[offered],
        is_open=is_open,
    )


def _short(network: Network, pair: Indices) -> tuple[Indices, Indices]:
    """The short ones of these pairs, and the number of each among them."""
    pairs = np.unique(pair[network.short[pair]])
    number = np.full(network.short.size, pairs.size)
    number[pairs] = np.arange(pairs.size)
    return pairs, number[pair]


def everything(n: Network) -> Part:
    """All arcs, no lane decided."""
    return part(n, np.arange(n.sender.size), np.zeros(n.fixed.size, dtype=np.bool_))
