"""The problem as arrays: what each position could send or take, and over which lanes that pays."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fulfillment.optimization.rebalancing.curves import (
    Amounts,
    Curves,
    Indices,
    Mask,
    Steps,
    curves,
    steps,
    summed,
)
from fulfillment.optimization.rebalancing.problem import Problem

# An arc that gains less than this share of what its last pack saves gains nothing but rounding.
WORTHLESS = 1e-12


@dataclass(frozen=True, eq=False)
class Pairs:
    """Two positions of a SKU and the lane between them, on which at least one pack pays.

    `cost` is per pack.
    """

    sender: Indices
    receiver: Indices
    lane: Indices
    cost: Amounts
    pack: Amounts


@dataclass(frozen=True, eq=False)
class Network:
    """N positions, L lanes, F facilities, and A arcs: a pair and a step that it could fill.

    `wants` are what positions save by a pack more, `offers` what they lose by a pack less. An arc
    is there for each step by itself: a lane that is used in part then fills no step but in part,
    which bounds its fixed cost far better than one arc for each pair does. `cost` is per pack,
    `most` in packs, `fixed` and `room` (units) by lane.
    """

    facility: Indices
    sku: Indices
    pack: Amounts
    do_nothing: float
    wants: Steps
    offers: Steps
    origin: Indices
    destination: Indices
    fixed: Amounts
    room: Amounts
    outbound: Amounts
    inbound: Amounts
    max_lanes: float
    pairs: Pairs
    pair: Indices
    sender: Indices
    step: Indices
    lane: Indices
    cost: Amounts
    most: Amounts

    @cached_property
    def saved(self) -> Curves:
        """What a position saves by so many packs more."""
        return self.wants.summed(self.pack.size)

    @cached_property
    def lost(self) -> Curves:
        """What a position loses by so many packs less."""
        return self.offers.summed(self.pack.size)

    @cached_property
    def largest(self) -> Amounts:
        """Packs that each pair could move at most. [pairs]"""
        pairs = self.pairs
        docks = self.outbound[self.origin], self.inbound[self.destination]
        room = np.minimum(self.room, np.minimum(*docks))[pairs.lane]
        spare = self.offers.total(self.pack.size)[pairs.sender]
        wanted = self.wants.total(self.pack.size)[pairs.receiver]
        return np.minimum(np.minimum(spare, wanted), np.floor(room / pairs.pack))

    @cached_property
    def short(self) -> Mask:
        """The pairs that could not move all at once what their arcs could. [pairs]"""
        many = summed(self.pair, self.most, self.largest.size)
        return many > self.largest


def read(problem: Problem) -> Network:
    """Work out what could move; arcs that pay for no pack are left out."""
    facility = {f.code: i for i, f in enumerate(problem.facilities)}
    positions, lanes = problem.positions, problem.lanes
    skus: dict[str, int] = {}
    sku = _indices(skus.setdefault(p.sku, len(skus)) for p in positions)
    items = {item.sku: item for item in problem.items}
    pack = _amounts(items[s].pack_size if s in items else 1 for s in skus)[sku]
    weight = _amounts(items[s].weight if s in items else 1.0 for s in skus)[sku]
    stock = _amounts(p.available for p in positions)
    shortage = _amounts(p.shortage_cost for p in positions)
    lost = curves(positions)
    spare = np.floor(np.maximum(stock - _amounts(p.keep for p in positions), 0) / pack)
    last = lost.stock[lost.start + lost.count - 1]
    useful = np.ceil(np.maximum(last - stock, 0) / pack)
    gains = steps(lost, stock, pack, shortage, useful, 1)
    wants = Steps(gains.owner, gains.size, -gains.value)
    wants, offers = wants.kept(wants.value > 0), steps(lost, stock, pack, shortage, spare, -1)
    origin = _indices(facility[lane.origin] for lane in lanes)
    destination = _indices(facility[lane.destination] for lane in lanes)
    place = _indices(facility[p.facility] for p in positions)
    load = weight * pack
    unit_cost = _amounts(lane.unit_cost for lane in lanes)
    sender, step, lane = _arcs(place, sku, origin, destination, unit_cost, load, wants, offers)
    room = _limits(lane.capacity_units for lane in lanes)
    outbound = _limits(f.outbound_units for f in problem.facilities)
    inbound = _limits(f.inbound_units for f in problem.facilities)
    narrowest = np.minimum(room, np.minimum(outbound[origin], inbound[destination]))
    most = np.minimum(offers.total(stock.size)[sender], wants.size[step])
    most = np.minimum(most, np.floor(narrowest[lane] / pack[sender]))
    fits = most >= 1
    sender, step, lane, most = sender[fits], step[fits], lane[fits], most[fits]
    pairs, pair = _pairs(sender, wants.owner[step], lane, load, unit_cost, pack)
    could = np.bincount(lane, most * pack[sender], len(lanes))
    everywhere = np.arange(stock.size)
    return Network(
        facility=place,
        sku=sku,
        pack=pack,
        do_nothing=float((shortage * lost.at(everywhere, stock)).sum()),
        wants=wants,
        offers=offers,
        origin=origin,
        destination=destination,
        fixed=_amounts(lane.fixed_cost for lane in lanes),
        room=np.minimum(room, could),
        outbound=outbound,
        inbound=inbound,
        max_lanes=_or_infinite(problem.options.max_lanes),
        pairs=pairs,
        pair=pair,
        sender=sender,
        step=step,
        lane=lane,
        cost=load[sender] * unit_cost[lane],
        most=most,
    )


def _arcs(
    place: Indices,
    sku: Indices,
    origin: Indices,
    destination: Indices,
    unit_cost: Amounts,
    load: Amounts,
    wants: Steps,
    offers: Steps,
) -> tuple[Indices, Indices, Indices]:
    """Sender, step and lane of each arc whose step saves more than the first pack sent costs."""
    loss = offers.first(sku.size, math.inf)
    senders = np.flatnonzero(np.isfinite(loss))
    at = defaultdict[int, Indices](lambda: np.zeros(0, dtype=np.int64))
    turn = senders[np.argsort(place[senders], kind="stable")]
    ends = np.flatnonzero(np.diff(place[turn])) + 1
    at.update({int(place[group[0]]): group for group in np.split(turn, ends) if group.size})
    found = [np.zeros((3, 0), dtype=np.int64)]
    by_destination = np.argsort(destination, kind="stable")
    target = place[wants.owner]
    for to in np.unique(destination).tolist():
        own = np.flatnonzero(target == to)
        count = np.bincount(sku[wants.owner[own]], minlength=int(sku.max(initial=0)) + 1)
        turned = own[np.argsort(sku[wants.owner[own]], kind="stable")]
        start = np.cumsum(count) - count
        for lane in by_destination[destination[by_destination] == to].tolist():
            out = at[int(origin[lane])]
            sender = np.repeat(out, count[sku[out]])
            nth = np.arange(sender.size) - np.repeat(
                np.cumsum(count[sku[out]]) - count[sku[out]], count[sku[out]]
            )
            step = turned[start[sku[sender]] + nth]
            gain = wants.value[step] - loss[sender] - load[sender] * unit_cost[lane]
            pays = gain > WORTHLESS * wants.value[step]
            sender, step = sender[pays], step[pays]
            found.append(np.stack([sender, step, np.full(sender.size, lane)]))
    arcs = np.concatenate(found, axis=1)
    sender, step, lane_of = arcs[:, np.lexsort((arcs[2], arcs[1]))]
    return sender, step, lane_of


def _pairs(
    sender: Indices,
    receiver: Indices,
    lane: Indices,
    load: Amounts,
    unit_cost: Amounts,
    pack: Amounts,
) -> tuple[Pairs, Indices]:
    """The pairs of the arcs, and the pair of each arc."""
    key = receiver * unit_cost.size + lane  # a lane into a position comes from one sender
    _, first, pair = np.unique(key, return_index=True, return_inverse=True)
    sender, receiver, lane = sender[first], receiver[first], lane[first]
    return Pairs(sender, receiver, lane, load[sender] * unit_cost[lane], pack[sender]), pair


def _amounts(numbers: Iterable[float]) -> Amounts:
    return np.array(list(numbers), dtype=np.float64)


def _indices(numbers: Iterable[int]) -> Indices:
    return np.array(list(numbers), dtype=np.int64)


def _limits(numbers: Iterable[int | None]) -> Amounts:
    return _amounts(_or_infinite(number) for number in numbers)


def _or_infinite(limit: int | None) -> float:
    return math.inf if limit is None else float(limit)
