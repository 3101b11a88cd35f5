"""A plan as whole packs on each pair of positions: what it costs, and what each part is worth."""

from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.rebalancing.curves import Amounts, Mask, summed
from fulfillment.optimization.rebalancing.network import Network


@dataclass(frozen=True, eq=False)
class State:
    """Packs received and sent by position, units by lane and dock."""

    received: Amounts
    sent: Amounts
    flow: Amounts
    outbound: Amounts
    inbound: Amounts


def state(n: Network, packs: Amounts) -> State:
    """Where the packs [pairs] go."""
    pairs, places = n.pairs, n.outbound.size
    flow = summed(pairs.lane, packs * pairs.pack, n.fixed.size)
    return State(
        received=summed(pairs.receiver, packs, n.pack.size),
        sent=summed(pairs.sender, packs, n.pack.size),
        flow=flow,
        outbound=summed(n.origin, flow, places),
        inbound=summed(n.destination, flow, places),
    )


def cost(n: Network, packs: Amounts) -> float:
    """What the plan costs: fixed costs, moving and lost sales."""
    at, everywhere = state(n, packs), np.arange(n.pack.size)
    saved = n.saved.at(everywhere, at.received).sum()
    lost = n.lost.at(everywhere, at.sent).sum()
    fixed, moving = n.fixed[at.flow > 0].sum(), (packs * n.pairs.cost).sum()
    return float(n.do_nothing + fixed + moving + lost - saved)


def worth(n: Network, packs: Amounts) -> Amounts:
    """What giving up each lane would lose, if what it carries then stayed where it is. [L]

    A lane carries a SKU once, so that its pairs do not meet: the sum is exact.
    """
    at, used = state(n, packs), np.flatnonzero(packs)
    pairs, moved = n.pairs, packs[used]
    receiver, sender = pairs.receiver[used], pairs.sender[used]
    at_receiver, at_sender = at.received[receiver], at.sent[sender]
    gain = n.saved.at(receiver, at_receiver) - n.saved.at(receiver, at_receiver - moved)
    gain -= n.lost.at(sender, at_sender) - n.lost.at(sender, at_sender - moved)
    gain -= moved * pairs.cost[used]
    total: Amounts = summed(pairs.lane[used], gain, n.fixed.size)
    return total


def closed(n: Network, packs: Amounts, lanes: Mask) -> Amounts:
    """The plan without what moves on these lanes."""
    return np.where(lanes[n.pairs.lane], 0.0, packs)


def both_ways(n: Network, packs: Amounts) -> Mask:
    """The positions that send and receive, which none may. [N]"""
    at = state(n, packs)
    both: Mask = (at.sent > 0) & (at.received > 0)
    return both
