"""The usual rule of thumb: a minimum and a maximum for each stock level, from a mean of the past.

The minimum is so many times the mean demand of the lead time and the time until the next order
day; the maximum is above it by the economic lot, which is the product's own.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.planning import places
from benchmarks.planning.stock import Stock
from benchmarks.planning.world import WEEK, World
from fulfillment.planning.forecasts.queries import Expected
from fulfillment.planning.replenishment.positions import lot_of

Rate = Callable[[int], np.ndarray]
"""Units a day at each stock level that the levels of a day are set by. [K, F]"""


def fixed(world: World) -> Rate:
    """The mean of all that was known at the start, for good."""
    known = world.demand.units[:, :, : world.demand.start * WEEK].mean(axis=2)
    return lambda day: known


def quarterly(world: World) -> Rate:
    """The mean of the last quarter, set anew each quarter."""

    def rate(day: int) -> np.ndarray:
        start = world.demand.start * WEEK
        until = start + max(day + 1 - start, 0) // (13 * WEEK) * 13 * WEEK
        return world.demand.units[:, :, max(until - 13 * WEEK, 0) : until].mean(axis=2)

    return rate


class MinMax:
    """Order up to the maximum at or below the minimum, in whole packs."""

    def __init__(self, world: World, rate: Rate, times: float) -> None:
        self.world, self.rate, self.times = world, rate, times
        self.lots: dict[bytes, np.ndarray] = {}

    def levels(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Minimum and maximum. [K, F] twice"""
        rate = self.rate(day)
        days = self.world.lead_days + self.world.review_days
        least = np.ceil(self.times * rate * days[:, None])
        return least.astype(np.int64), least.astype(np.int64) + self.lot(rate)

    def first(self, day: int) -> np.ndarray:
        """The stock to begin with: the maximum. [K, F]"""
        return np.where(self.rate(day) > 0, self.levels(day)[1], 0)

    def order(self, day: int, stock: Stock) -> np.ndarray:
        """What to order at the end of a day. [K, F]"""
        today = self.world.buyable(day)
        if not today.any():
            return np.zeros_like(stock.on_hand)
        least, most = self.levels(day)
        position = stock.on_hand + stock.on_order + stock.in_transit
        wanted = (position <= least) & (self.rate(day) > 0) & today[:, None]
        packs = -(-(most - position) // self.world.pack[:, None])
        return np.where(wanted, packs * self.world.pack[:, None], 0)

    def lot(self, rate: np.ndarray) -> np.ndarray:
        """The economic lot of each stock level. [K, F]"""
        key = rate.tobytes()
        if key not in self.lots:
            with places.within(self.world.settings):
                rows = zip(self.world.items, self.world.terms, rate.tolist(), strict=True)
                self.lots[key] = np.array(
                    [[lot_of(i, t, Expected(a_day, 0.0)) for a_day in row] for i, t, row in rows]
                )
        return self.lots[key]
