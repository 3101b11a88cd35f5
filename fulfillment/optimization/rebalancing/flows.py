"""What moves over the lanes that are open: SKU after SKU, by prices that keep room for the rest."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.rebalancing.clock import Clock
from fulfillment.optimization.rebalancing.curves import Amounts, Indices, Mask, summed
from fulfillment.optimization.rebalancing.network import Network
from fulfillment.optimization.rebalancing.prices import Ascent, Prices, slack
from fulfillment.optimization.rebalancing.programme import Limits, solve, used

SETTLING = 60  # steps of the prices once the lanes are open
RATE, SOFTNESS = (0.01, 0.001), (0.004, 0.001)
NEAR = 0.02  # of a unit's typical gain: arcs that cost so much more than the best are left out
AT_ONCE = 8_000  # arcs of the SKUs in one programme
LAST = 0.4  # of those: what the last ones get is all that is left, and so not as good
SPREAD = 0.03  # of the price of room, between buying and selling
WHOLE = 1e-6  # packs that the solver's tolerance may leave


@dataclass(frozen=True, eq=False)
class Near:
    """The arcs that prices leave, in the mean so many packs on each, and the prices of limits."""

    arcs: Indices
    flow: Amounts
    price: Amounts


def settle(ascent: Ascent, clock: Clock) -> Near:
    """Let the prices follow the lanes that were opened; keep the arcs that are best by them."""
    done, before = 0.0, ascent.count
    while done < 1:
        ascent.step(*(last + (first - last) * (1 - done) for first, last in (RATE, SOFTNESS)))
        done = max((ascent.count - before) / SETTLING, clock.share())
    return near(ascent)


def near(ascent: Ascent) -> Near:
    """The arcs that are best by the ascent's prices, or nearly so."""
    p, best = ascent.part, ascent.best
    arcs = _one_way(ascent, slack(p, best) <= NEAR * ascent.typical)
    return Near(p.arc[arcs], ascent.flow[arcs], _joint(best))


def _joint(prices: Prices) -> Amounts:
    return np.concatenate([prices.lane, prices.outbound, prices.inbound])


def _one_way(ascent: Ascent, near: Mask) -> Mask:
    """The near arcs whose sender does not rather receive, and whose receiver does not send."""
    p, n = ascent.part, ascent.part.network
    sender, receiver = n.sender[p.arc], n.wants.owner[n.step[p.arc]]
    into, out = (summed(who, ascent.flow, n.pack.size) for who in (receiver, sender))
    sends = (out > into) | ~np.isin(np.arange(n.pack.size), receiver[near])
    one_way: Mask = near & sends[sender] & ~sends[receiver]
    return one_way


def plan(n: Network, some: Near, seed: int, clock: Clock, say: Callable[[float], None]) -> Amounts:
    """Whole packs by pair, for as many of the SKUs as time suffices for."""
    sku, room = n.sku[n.sender[some.arcs]], np.concatenate([n.room, n.outbound, n.inbound])
    turns = groups(sku, seed, AT_ONCE)
    expected, taken = used(n, some.arcs, some.flow), np.zeros(room.size)
    due, packs = np.zeros(room.size), np.zeros(n.pairs.lane.size)
    for done, group in enumerate(turns):
        if clock.over():
            break
        say(done / len(turns))
        is_last, arcs = done + 1 == len(turns), some.arcs[group]
        due += used(n, arcs, some.flow[group])
        free = room - taken
        share = np.where(expected > 0, due / np.maximum(expected, WHOLE), 1.0)
        target = np.clip(np.where(np.isfinite(room), room * share, 0.0) - taken, 0.0, free)
        limits = Limits(free, free if is_last else target, some.price, 1.0 if is_last else SPREAD)
        moved = _whole(n, arcs, limits, clock)
        packs += summed(n.pair[arcs], moved, packs.size)
        taken += used(n, arcs, moved)
    return packs


def groups(sku: Indices, seed: int, at_once: int) -> list[Indices]:
    """The arcs of some SKUs each, drawn by lot; fewer in the last group. [arcs]"""
    names, number, count = np.unique(sku, return_inverse=True, return_counts=True)
    if not names.size:
        return []
    many = max(1, math.ceil(sku.size / at_once))
    sizes = np.array([1.0] * (many - 1) + [LAST])
    ends = np.cumsum(sizes) / sizes.sum()
    turn = np.random.default_rng(seed).permutation(names.size)
    before = np.zeros(names.size)
    before[turn] = (np.cumsum(count[turn]) - count[turn]) / sku.size
    group = np.searchsorted(ends, before, side="right")[number]
    return [np.flatnonzero(group == i) for i in range(many)]


def _whole(n: Network, arcs: Indices, limits: Limits, clock: Clock) -> Amounts:
    """Whole packs on each of these arcs. [A]

    Packs are divided only of SKUs that meet a target. These are moved again at prices without a
    spread, to which each SKU has a plan in whole packs that is as good.
    """
    moved = solve(n, arcs, limits, clock.left())
    if moved is None:
        return np.zeros(arcs.size)
    packs = moved.packs
    broken = np.abs(packs - np.rint(packs)) > WHOLE
    sku = n.sku[n.sender[arcs]]
    again = np.isin(sku, sku[broken])
    whole = np.where(again, np.floor(packs + WHOLE), np.rint(packs))
    if again.any():
        is_last = limits.spread == 1
        room = limits.left - used(n, arcs[~again], whole[~again])
        own = Limits(room, room, limits.price, float(is_last))
        moved = solve(n, arcs[again], own, clock.left(), whole=is_last)
        if moved is not None:
            whole[again] = np.floor(moved.packs + WHOLE)
    return whole
