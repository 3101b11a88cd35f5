"""Lost sales of many positions at once: flat arrays instead of a curve for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fulfillment.optimization.rebalancing.problem import Position

Amounts: TypeAlias = npt.NDArray[np.float64]
Indices: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]


def summed(owner: Indices, weights: Amounts, size: int) -> Amounts:
    """The sum of the weights of each owner. [size]"""
    sums: Amounts = np.bincount(owner, weights, size).astype(np.float64)
    return sums


@dataclass(frozen=True, eq=False)
class Curves:
    """N curves through P points in all: curve n has `count[n]` points from `start[n]` on."""

    start: Indices
    count: Indices
    stock: Amounts
    lost: Amounts

    def at(self, which: Indices, stock: Amounts) -> Amounts:
        """Units lost by the curves `which` at `stock`: constant after the last point."""
        first = self._before(which, stock)
        last = first == self.start[which] + self.count[which] - 1
        after = np.where(last, first, first + 1)
        run = np.where(last, 1.0, self.stock[after] - self.stock[first])
        share = np.where(last, 0.0, (stock - self.stock[first]) / run)
        between: Amounts = self.lost[first] + (self.lost[after] - self.lost[first]) * share
        return between

    def _before(self, which: Indices, stock: Amounts) -> Indices:
        """The last point at or below each stock, by bisection of all curves at once."""
        low, high = self.start[which], self.start[which] + self.count[which] - 1
        while (low < high).any():
            middle = (low + high + 1) // 2
            is_above = self.stock[middle] > stock
            high = np.where(is_above, middle - 1, high)
            low = np.where(is_above, low, middle)
        before: Indices = np.minimum(low, high)
        return before


@dataclass(frozen=True, eq=False)
class Steps:
    """Packs that change a position's cost alike: `size` packs of `owner`, each by `value`.

    In the order of the owners; those of one owner from the first pack on.
    """

    owner: Indices
    size: Amounts
    value: Amounts

    def kept(self, keep: Mask) -> "Steps":
        """Only those."""
        return Steps(self.owner[keep], self.size[keep], self.value[keep])

    def total(self, owners: int) -> Amounts:
        """Packs of each owner."""
        return summed(self.owner, self.size, owners)

    def summed(self, owners: int) -> Curves:
        """The value of so many packs of each owner, as curves in packs."""
        count = np.bincount(self.owner, minlength=owners) + 1
        start = np.cumsum(count) - count
        packs, value = np.zeros(count.sum()), np.zeros(count.sum())
        place = np.arange(self.owner.size) + self.owner + 1
        packs[place], value[place] = self.size, self.size * self.value
        owner = np.repeat(np.arange(owners), count)
        for sums in (packs, value):
            total = np.cumsum(sums)
            sums[:] = total - total[start][owner]
        return Curves(start, count, packs, value)

    def first(self, owners: int, otherwise: float) -> Amounts:
        """The value of each owner's first pack."""
        values = np.full(owners, otherwise)
        values[self.owner[::-1]] = self.value[::-1]
        return values


def curves(positions: Sequence[Position]) -> Curves:
    """The lost sales of all positions, convex to the last digit."""
    count = np.array([len(p.lost_sales) for p in positions], dtype=np.int64)
    points: list[Any] = [point for p in positions for point in p.lost_sales]
    flat = np.array(points, dtype=np.float64).reshape(-1, 2)
    start = np.cumsum(count) - count
    slope = np.diff(flat[:, 1]) / np.maximum(np.diff(flat[:, 0]), 1e-300)
    owner = np.repeat(np.arange(count.size), count)
    inner = np.flatnonzero((owner[2:] == owner[:-2]) & (slope[1:] < slope[:-1]))
    for n in np.unique(owner[inner]).tolist():
        # What rounding has bent is replaced by the hull below it: no plan costs less than by that.
        own = slice(start[n], start[n] + count[n])
        flat[own, 1] = _hull(flat[own])
    return Curves(start, count, flat[:, 0].copy(), flat[:, 1].copy())


def _hull(points: Amounts) -> Amounts:
    hull: list[tuple[float, float]] = []
    for x, y in points.tolist():
        while len(hull) > 1 and _is_above(hull[-1], hull[-2], (x, y)):
            hull.pop()
        hull.append((x, y))
    stock, lost = zip(*hull, strict=True)
    found: Amounts = np.interp(points[:, 0], stock, lost)
    return found


def _is_above(
    point: tuple[float, float], before: tuple[float, float], after: tuple[float, float]
) -> bool:
    run, rise = after[0] - before[0], after[1] - before[1]
    return (point[1] - before[1]) * run >= rise * (point[0] - before[0])


def steps(
    lost: Curves, stock: Amounts, pack: Amounts, cost: Amounts, most: Amounts, sign: int
) -> Steps:
    """How the cost of lost sales changes pack by pack, as stock rises (sign 1) or falls (-1).

    All arrays are by position; `most` packs move. Between the points of a curve all packs are
    alike; a pack that a point divides is a step of its own, so that the steps are exact for whole
    packs.
    """
    positions = np.arange(stock.size)
    owner = np.repeat(positions, lost.count)
    reach = sign * (lost.stock - stock[owner]) / pack[owner]
    owners = np.concatenate([owner, owner, positions])
    packs = np.concatenate([np.floor(reach), np.ceil(reach), most])
    inside = (packs > 0) & (packs <= most[owners])
    owners, packs = owners[inside], packs[inside]
    turn = np.lexsort((packs, owners))
    owners, packs = owners[turn], packs[turn]
    new = np.ones(owners.size, dtype=np.bool_)
    new[1:] = (owners[1:] != owners[:-1]) | (packs[1:] != packs[:-1])
    owners, packs = owners[new], packs[new]
    value = cost[owners] * lost.at(owners, stock[owners] + sign * packs * pack[owners])
    is_first = np.ones(owners.size, dtype=np.bool_)
    is_first[1:] = owners[1:] != owners[:-1]
    now = cost * lost.at(positions, stock)
    size = packs - np.where(is_first, 0.0, np.roll(packs, 1))
    change = value - np.where(is_first, now[owners], np.roll(value, 1))
    return Steps(owners, size, change / size)
