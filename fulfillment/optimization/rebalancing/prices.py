"""Lower bounds and prices by dual ascent: what stock, lanes and docks are worth.

The model, in packs x of an arc, packs s of an offer and shares y of a lane:

min  sum fixed y + sum cost x + sum loss s - sum value x
     sum x <= size                 of every step that is wanted
     sum x  = sum s                of every sender; s <= size of its offer
     x <= most y                   of every arc
     sum x <= largest y            of every pair whose arcs could move more than the pair
     sum pack x <= room y          of every lane; y <= 1, sum y <= max_lanes
     sum pack x <= outbound, inbound

All rows but the steps' and the bounds are priced (Geoffrion 1974, Lagrangean relaxation). What is
left is cheap: each step takes its dearest saving or nothing, each offer is taken if its sender's
price pays for it, each lane opens if its rents pay for it. The prices climb by Adam's rule
(Kingma and Ba 2015), whose steps are alike for a pack of a sender and a truck of a lane; a step's
arcs share it by a soft minimum, that gets harder, for prices that do not jump.
"""

from dataclasses import dataclass, replace

import numpy as np

from fulfillment.optimization.rebalancing.curves import Amounts, Indices, Mask, summed
from fulfillment.optimization.rebalancing.parts import Part, part

MOMENTUM, MEMORY = 0.8, 0.98  # of Adam
TINY = 1e-300
NO_SLOPE = 1e-9  # packs or units: what is less comes from rounding
LEAST_GAIN = 1e-3  # of what a pack saves, to have steps of some size where it gains nearly nothing


@dataclass(frozen=True, eq=False)
class Prices:
    """Of a pack at senders, a unit on lanes and docks, a pack's share in y by arc and by pair."""

    sender: Amounts
    lane: Amounts
    outbound: Amounts
    inbound: Amounts
    link: Amounts
    pair: Amounts

    def blocks(self) -> tuple[Amounts, ...]:
        """All of them, to be changed in place."""
        return self.sender, self.lane, self.outbound, self.inbound, self.link, self.pair

    def copied(self) -> "Prices":
        """The same prices, to be changed apart."""
        return Prices(*(block.copy() for block in self.blocks()))


@dataclass(frozen=True, eq=False)
class Answer:
    """The bound that prices prove, what moves by them, and how the bound grows with each price."""

    bound: float
    packs: Amounts
    opened: Mask
    slope: tuple[Amounts, ...]


def reduced(p: Part, prices: Prices) -> Amounts:
    """What a pack costs on each arc, with all prices. [A]"""
    n = p.network
    unit = prices.lane + prices.outbound[n.origin] + prices.inbound[n.destination]
    total: Amounts = p.cost + p.pack * unit[p.lane] + prices.sender[p.sender] + prices.link
    total += np.append(prices.pair, 0.0)[p.pair]
    return total


def rents(p: Part, prices: Prices) -> Amounts:
    """What its goods pay for each lane. [L]"""
    n = p.network
    by_arc = summed(p.lane, p.most * prices.link, n.fixed.size)
    by_pair = summed(n.pairs.lane[p.pairs], n.largest[p.pairs] * prices.pair, n.fixed.size)
    total: Amounts = n.room * prices.lane + by_arc + by_pair
    return total


def slack(p: Part, prices: Prices) -> Amounts:
    """What each arc costs more per unit than the best of its step, and than the step saves. [A]"""
    cost = reduced(p, prices)
    least = np.minimum(np.minimum.reduceat(cost, p.first), p.value) if p.first.size else p.value
    short: Amounts = (cost - least[p.step]) / p.pack
    return short


def ask(p: Part, prices: Prices, softness: Amounts | None = None) -> Answer:
    """What is best at these prices; `softness` [steps] shares a step among its arcs."""
    n, cost = p.network, reduced(p, prices)
    least = np.minimum.reduceat(cost, p.first) if p.first.size else np.zeros(0)
    gain, pays = p.value - least, least < p.value
    share = (
        (cost <= least[p.step]).astype(np.float64)
        if softness is None
        else np.exp((least[p.step] - cost) / softness[p.step])
    )
    whole = np.add.reduceat(share, p.first) if p.first.size else np.zeros(0)
    packs = share * (np.where(pays, p.size, 0.0) / whole)[p.step]
    rent = prices.sender[p.offer] - p.offer_loss
    flow = summed(p.lane, packs * p.pack, n.fixed.size)
    worth = rents(p, prices) - p.fixed
    opened = _opened(worth, p.is_open, n.max_lanes)
    out, inside = np.isfinite(n.outbound), np.isfinite(n.inbound)
    bound = n.do_nothing + p.paid
    bound -= (p.size * np.maximum(gain, 0)).sum() + (p.offer_size * np.maximum(rent, 0)).sum()
    bound -= worth[opened].sum() + (prices.outbound[out] * n.outbound[out]).sum()
    bound -= (prices.inbound[inside] * n.inbound[inside]).sum()
    sold = summed(p.offer, p.offer_size * (rent > 0), p.senders.size)
    places = n.outbound.size
    slope = (
        summed(p.sender, packs, p.senders.size) - sold,
        flow - np.where(opened, n.room, 0.0),
        np.where(out, summed(n.origin, flow, places) - n.outbound, 0.0),
        np.where(inside, summed(n.destination, flow, places) - n.inbound, 0.0),
        packs - p.most * opened[p.lane],
        summed(p.pair, packs, p.pairs.size + 1)[:-1]
        - n.largest[p.pairs] * opened[n.pairs.lane[p.pairs]],
    )
    return Answer(float(bound), packs, opened, slope)


def _opened(worth: Amounts, is_open: Mask, most: float) -> Mask:
    """The lanes whose rents pay for them, if need be the best `most` of them."""
    opened: Mask = worth > 0
    left = int(min(most - is_open.sum(), worth.size)) if most < worth.size else worth.size
    free = opened & ~is_open
    if free.sum() > left:
        opened[free] = False
        opened[np.flatnonzero(free)[np.argsort(-worth[free], kind="stable")[: max(left, 0)]]] = True
    return opened


class Ascent:
    """Prices on their way up, the best bound so far, and means over the last steps.

    `chosen` is the share of the last steps at which each lane was open, `flow` the mean packs.
    """

    def __init__(self, p: Part, prices: Prices) -> None:
        self.part, self.prices, self.best, self.bound = p, prices, prices, -np.inf
        self.mean = [np.zeros_like(block) for block in prices.blocks()]
        self.square = [np.zeros_like(block) for block in prices.blocks()]
        self.count = 0
        self.chosen, self.flow = np.zeros(p.network.fixed.size), np.zeros(p.arc.size)
        self._measure()

    def step(self, rate: float, softness: float, memory: float = 0.05) -> None:
        """One step uphill: `rate` and `softness` are shares of what a pack typically gains."""
        answer = ask(self.part, self.prices, softness * self.by_step)
        if answer.bound > self.bound:
            self.bound, self.best = answer.bound, self.prices.copied()
        self.count += 1
        memory = max(memory, 1 / self.count)
        self.chosen += memory * (answer.opened - self.chosen)
        self.flow += memory * (answer.packs - self.flow)
        early, late = 1 - MOMENTUM**self.count, 1 - MEMORY**self.count
        for i, (block, slope) in enumerate(zip(self.prices.blocks(), answer.slope, strict=True)):
            mean, square = self.mean[i], self.square[i]
            mean += (1 - MOMENTUM) * (slope - mean)
            square += (1 - MEMORY) * (slope * slope - square)
            block += rate * self.unit[i] * (mean / early) / (np.sqrt(square / late) + NO_SLOPE)
            np.maximum(block, self.least[i], out=block)

    def restrict(self, keep: Mask, is_open: Mask) -> None:
        """Go on with these arcs only, and with these lanes open."""
        p, self.bound, self.best = self.part, -np.inf, self.prices
        if keep.all():
            self.part = replace(p, is_open=is_open)
            return
        kept = part(p.network, p.arc[keep], is_open)
        number = np.searchsorted(p.senders, kept.senders)
        old = self.prices
        pair = np.searchsorted(p.pairs, kept.pairs)
        self.prices = replace(
            old, sender=old.sender[number], link=old.link[keep], pair=old.pair[pair]
        )
        for moments in (self.mean, self.square):
            for i, those in ((0, number), (4, keep), (5, pair)):
                moments[i] = moments[i][those]
        self.flow, self.part, self.best = self.flow[keep], kept, self.prices
        self._measure()

    def _measure(self) -> None:
        """What a pack gains at each step, sender and arc, and a unit on each lane and dock."""
        p, n = self.part, self.part.network
        least = np.zeros(p.senders.size)
        least[p.offer[::-1]] = p.offer_loss[::-1]
        value = p.value[p.step]
        gain = np.maximum(value - p.cost - least[p.sender], LEAST_GAIN * value)

        # Half what a pack gains here, half what one gains anywhere: lanes and docks make them one.
        self.typical = typical = float((gain / p.pack).mean()) if gain.size else 0.0

        def unit(of: Indices, pack: Amounts | float, size: int) -> Amounts:
            own = np.bincount(of, gain / pack, size) / np.maximum(
                np.bincount(of, minlength=size), 1
            )
            return np.sqrt(own * typical)

        # A share in a lane that costs nothing is worth nothing: its price stays 0.
        dear = ((n.fixed > 0) | (n.max_lanes < n.fixed.size))[p.lane]
        per_pack = np.sqrt(gain * typical * p.pack) * dear
        places, pack = n.outbound.size, np.zeros(p.size.size)
        pack[p.step] = p.pack
        self.by_step = np.sqrt(pack) * unit(p.step, 1.0, p.size.size)
        self.unit = (
            np.sqrt(n.pack[p.senders]) * unit(p.sender, 1.0, p.senders.size),
            unit(p.lane, p.pack, n.fixed.size),
            unit(n.origin[p.lane], p.pack, places),
            unit(n.destination[p.lane], p.pack, places),
            per_pack,
            summed(p.pair, per_pack, p.pairs.size + 1)[:-1]
            / np.maximum(np.bincount(p.pair, minlength=p.pairs.size + 1)[:-1], 1),
        )
        self.least = (least, 0.0, 0.0, 0.0, 0.0, 0.0)


def over(whole: Part, p: Part, prices: Prices) -> Prices:
    """The prices of a part for the whole.

    Senders that are not in the part ask for what they lose. An arc that is not pays so much for
    its share in its lane that it is no better than the best of the part: a lane that would not
    open for that leaves the bound as it was.
    """
    sender, link = start(whole).sender, np.zeros(whole.arc.size)
    pair = np.zeros(whole.pairs.size)
    sender[np.searchsorted(whole.senders, p.senders)] = prices.sender
    pair[np.searchsorted(whole.pairs, p.pairs)] = prices.pair
    at = np.searchsorted(whole.arc, p.arc)
    link[at] = prices.link
    all_of_it = replace(prices, sender=sender, link=link, pair=pair)
    cost = reduced(whole, all_of_it)
    known = np.full(whole.arc.size, np.inf)
    known[at] = cost[at]
    least = np.minimum(np.minimum.reduceat(known, whole.first), whole.value)
    link += np.where(np.isinf(known), np.maximum(least[whole.step] - cost, 0.0), 0.0)
    return all_of_it


def start(p: Part) -> Prices:
    """Senders at what their first pack costs, lanes at their fixed cost shared by their room."""
    n = p.network
    sender = np.zeros(p.senders.size)
    sender[p.offer[::-1]] = p.offer_loss[::-1]
    lane = np.where(n.room > 0, p.fixed / np.maximum(n.room, TINY), 0.0)
    docks = np.zeros(n.outbound.size), np.zeros(n.outbound.size)
    return Prices(sender, lane, *docks, np.zeros(p.arc.size), np.zeros(p.pairs.size))
