"""Many patterns at once: rows of a sparse matrix, one column for each limit of the wave."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.allocation.demand import (
    Amounts,
    Indices,
    Pattern,
    Quantities,
    Wave,
)


@dataclass(frozen=True, eq=False)
class Patterns:
    """P patterns with N takes together: (pattern, index of the limit, units of it).

    Limits that are infinite are left out. Takes come in the order of their patterns.
    """

    order: Indices  # [P]
    cost: Amounts  # [P]
    pattern: Indices  # [N] which of the P takes
    limit: Indices  # [N]
    units: Quantities  # [N]

    @cached_property
    def key(self) -> NDArray[np.uint64]:
        """A number that tells two patterns of an order apart. [P]

        Sums of random 64-bit numbers, one for each limit: two patterns share one once in 10^19
        pairs, and all that is lost then is one of them.
        """
        words = _words(int(self.limit.max(initial=0)).bit_length())
        keys = self.order.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        np.add.at(keys, self.pattern, words[self.limit] * self.units.astype(np.uint64))
        return keys


@lru_cache(maxsize=8)
def _words(bits: int) -> NDArray[np.uint64]:
    words: NDArray[np.uint64] = np.random.default_rng(0).integers(0, 2**64, 2**bits, np.uint64)
    return words


def priced(patterns: Patterns, prices: Amounts) -> Amounts:
    """Cost of each pattern with what it takes at the limits' prices. [P]"""
    worth = prices[patterns.limit] * patterns.units
    total: Amounts = patterns.cost + np.bincount(patterns.pattern, worth, patterns.order.size)
    return total


def taken(wave: Wave, patterns: Patterns) -> Amounts:
    """What the patterns take of each limit together."""
    return np.bincount(patterns.limit, patterns.units, wave.limits.size).astype(float)


def select(patterns: Patterns, chosen: NDArray[np.bool_]) -> Patterns:
    """The chosen patterns, in their order. chosen: [P]"""
    number = np.cumsum(chosen) - 1
    takes = chosen[patterns.pattern]
    return Patterns(
        patterns.order[chosen],
        patterns.cost[chosen],
        number[patterns.pattern[takes]],
        patterns.limit[takes],
        patterns.units[takes],
    )


def nearest(patterns: Patterns, prices: Amounts, most: int) -> Patterns:
    """Those whose cost with prices is least above the best of their orders; `most`, or a tie more.

    Every order that has a pattern keeps its best.
    """
    if patterns.order.size <= most:
        return patterns
    cost = priced(patterns, prices)
    best = np.full(int(patterns.order.max()) + 1, np.inf)
    np.minimum.at(best, patterns.order, cost)
    above = cost - best[patterns.order]
    return select(patterns, above <= np.partition(above, most)[most])


def joined(parts: Sequence[Patterns]) -> Patterns:
    """All patterns of the parts, in their order."""
    first = np.cumsum([0, *(part.order.size for part in parts)])
    return Patterns(
        np.concatenate([part.order for part in parts]),
        np.concatenate([part.cost for part in parts]),
        np.concatenate([part.pattern + n for part, n in zip(parts, first, strict=False)]),
        np.concatenate([part.limit for part in parts]),
        np.concatenate([part.units for part in parts]),
    )


def distinct(patterns: Patterns) -> Patterns:
    """Each pattern once, where it stands first."""
    first = np.zeros(patterns.order.size, dtype=bool)
    first[np.unique(patterns.key, return_index=True)[1]] = True
    return select(patterns, first)


def in_order(patterns: Patterns) -> Patterns:
    """The same patterns, sorted by their orders."""
    number = np.empty(patterns.order.size, dtype=np.intp)
    number[np.argsort(patterns.order)] = np.arange(patterns.order.size)
    turn = np.argsort(number[patterns.pattern], kind="stable")
    cost = np.empty(number.size)
    cost[number] = patterns.cost
    return Patterns(
        np.sort(patterns.order),
        cost,
        number[patterns.pattern][turn],
        patterns.limit[turn],
        patterns.units[turn],
    )


def rows(wave: Wave, patterns: Sequence[Pattern]) -> Patterns:
    """Patterns of plans as rows."""
    takes = [(i, *take) for i, p in enumerate(patterns) for take in p.takes]
    boxes = [(i, f) for i, p in enumerate(patterns) for f in p.facilities]
    number, sku, facility, units = np.array(takes, dtype=np.int64).reshape(-1, 4).T
    box, at = np.array(boxes, dtype=np.int64).reshape(-1, 2).T
    places = len(wave.facilities)
    return sparse(
        wave,
        np.array([p.order for p in patterns], dtype=np.intp),
        np.array([p.cost for p in patterns]),
        np.concatenate([number, number, box]),
        np.concatenate(
            [
                sku * places + facility,
                wave.stock.size + facility,
                wave.stock.size + places + at,
            ]
        ),
        np.concatenate([units, units, np.ones(box.size, dtype=np.int64)]),
    )


def sparse(
    wave: Wave, order: Indices, cost: Amounts, pattern: Indices, limit: Indices, units: Quantities
) -> Patterns:
    """Patterns from takes in any order; those of infinite limits are dropped."""
    turn = np.flatnonzero(np.isfinite(wave.limits[limit]))
    turn = turn[np.argsort(pattern[turn], kind="stable")]
    return Patterns(order, cost, pattern[turn], limit[turn], units[turn])


def plain(wave: Wave, patterns: Patterns) -> list[Pattern]:
    """The patterns of plans that the rows stand for."""
    stock = patterns.limit < wave.stock.size
    sku, facility = np.divmod(patterns.limit[stock], len(wave.facilities))
    takes: list[dict[tuple[int, int], int]] = [{} for _ in range(patterns.order.size)]
    for p, s, f, n in zip(
        patterns.pattern[stock].tolist(),
        sku.tolist(),
        facility.tolist(),
        patterns.units[stock].tolist(),
        strict=True,
    ):
        takes[p][s, f] = takes[p].get((s, f), 0) + n
    return [
        Pattern(order, tuple((s, f, n) for (s, f), n in sorted(mine.items())), cost)
        for order, cost, mine in zip(
            patterns.order.tolist(), patterns.cost.tolist(), takes, strict=True
        )
    ]
