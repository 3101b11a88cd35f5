"""Cut a wave into parts that share no scarce stock and no tight capacity.

A limit that all orders together cannot exceed keeps no order from any plan. So orders that meet
only at such limits do not know of each other: the parts' optima, bounds and greedy plans add up
to those of the whole.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from fulfillment.optimization.allocation.links import Indices, links
from fulfillment.optimization.allocation.problem import Facility, Item, Lane, Problem, Stock

Entry = TypeVar("Entry")

# Clusters of less work than this are packed into batches of about as much: an order counts 1, and
# 1 more for each scarce thing that it could take.
BATCH = 10_000


@dataclass(frozen=True)
class Part:
    """A wave of its own, the places of its orders in the whole, and how much work it is."""

    problem: Problem
    orders: tuple[int, ...]
    work: int

    @property
    def weight(self) -> float:
        """What it counts in the sharing of time: small parts must not be cut off for large ones."""
        return math.sqrt(max(self.work, BATCH))


@dataclass(frozen=True, eq=False)
class Entries:
    """The whole's facilities, limits only where they are tight, and the rest by its key."""

    facilities: tuple[Facility, ...]
    lanes: dict[str, list[Lane]]
    stock: dict[str, list[Stock]]
    items: dict[str, list[Item]]


def split(problem: Problem) -> tuple[Part, ...]:
    """The independent parts of a valid wave, in the order of their first orders; at least one."""
    found = links(problem)
    size = len(problem.orders)
    work = 1 + np.bincount(found.order, minlength=size)
    part_of = _packed(components(size, found.order, found.limit), work)
    if not part_of.any():
        return (Part(problem, tuple(range(size)), int(work.sum())),)
    entries = _entries(problem, found.tight.tolist())
    parts = []
    for part in range(part_of.max() + 1):
        own = np.flatnonzero(part_of == part)
        reached = np.any(found.reach[own], axis=0)
        places = tuple(own.tolist())
        parts.append(Part(_cut(problem, places, entries, reached), places, int(work[own].sum())))
    return tuple(sorted(parts, key=lambda part: part.orders))


def components(size: int, member: Indices, group: Indices) -> Indices:
    """Label `size` members alike where a chain of groups connects them: by the first. [size]

    Labels sink to the lowest of each group, who had that label follows, and chains are cut short
    until nothing moves (after FastSV: Zhang, Azad and Hu 2020).
    """
    label = np.arange(size)
    while True:
        lowest = np.full(group.max(initial=-1) + 1, size)
        np.minimum.at(lowest, group, label[member])
        lower = label.copy()
        np.minimum.at(lower, member, lowest[group])
        np.minimum.at(lower, label, lower.copy())
        lower = lower[lower]
        if (lower == label).all():
            return label
        label = lower


def _packed(label: Indices, work: Indices) -> Indices:
    """The part of each order, from 0: large clusters alone, small ones in even batches."""
    clusters, cluster = np.unique(label, return_inverse=True)
    total = np.bincount(cluster, weights=work, minlength=clusters.size)
    small = np.where(total < BATCH, total, 0)
    batches = max(math.ceil(small.sum() / BATCH), 1)
    within = (small.cumsum() - small) * batches // max(small.sum(), 1)
    alone = batches + np.arange(clusters.size)
    part = np.where(total < BATCH, within, alone)
    return np.unique(part, return_inverse=True)[1][cluster]


def _entries(problem: Problem, tight: list[bool]) -> Entries:
    return Entries(
        facilities=tuple(
            facility if full else replace(facility, capacity_units=None, capacity_shipments=None)
            for facility, full in zip(problem.facilities, tight, strict=True)
        ),
        lanes=_by((lane.zone, lane) for lane in problem.lanes),
        stock=_by((stock.sku, stock) for stock in problem.stock),
        items=_by((item.sku, item) for item in problem.items),
    )


def _by(pairs: Iterable[tuple[str, Entry]]) -> dict[str, list[Entry]]:
    grouped = defaultdict(list)
    for key, entry in pairs:
        grouped[key].append(entry)
    return dict(grouped)


def _cut(
    problem: Problem, places: tuple[int, ...], entries: Entries, reached: list[bool]
) -> Problem:
    """The wave of some orders before all that they could take."""
    orders = tuple(problem.orders[i] for i in places)
    # A facility that an order names must be there, whether it can ship or not; and one at least,
    # for orders that nobody may ship.
    codes = {code for order in orders for code in order.eligible or ()}
    codes |= {f.code for f, used in zip(entries.facilities, reached, strict=True) if used}
    zones = dict.fromkeys(order.zone for order in orders)
    skus = dict.fromkeys(line.sku for order in orders for line in order.lines)
    return replace(
        problem,
        facilities=tuple(f for f in entries.facilities if f.code in codes)
        or entries.facilities[:1],
        lanes=tuple(e for z in zones for e in entries.lanes.get(z, ()) if e.facility in codes),
        stock=tuple(e for s in skus for e in entries.stock.get(s, ()) if e.facility in codes),
        orders=orders,
        items=tuple(item for sku in skus for item in entries.items.get(sku, ())),
    )
