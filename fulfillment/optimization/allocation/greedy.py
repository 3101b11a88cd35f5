"""Orders one after the other, each at its own cheapest plan with what is left."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fulfillment.optimization.allocation.demand import (
    Amounts,
    Demand,
    Pattern,
    Quantities,
    Wave,
    kept,
    pattern,
)
from fulfillment.optimization.allocation.single import Prices, best, shaped, worth


@dataclass(frozen=True, eq=False)
class Left:
    """Stock [S, F] and capacities [F] not yet taken; its arrays change as orders take."""

    stock: Quantities
    units: Amounts
    shipments: Amounts

    def take(self, chosen: Pattern, sign: int = 1) -> None:
        """Subtract what a pattern uses, or with sign -1 give it back."""
        for sku, facility, quantity in chosen.takes:
            self.stock[sku, facility] -= sign * quantity
            self.units[facility] -= sign * quantity
        for facility in chosen.facilities:
            self.shipments[facility] -= sign

    def fits(self, wish: Pattern) -> bool:
        """Whether all that a pattern uses is left."""
        units = Counter[int]()
        for sku, facility, quantity in wish.takes:
            units[facility] += quantity
            if self.stock[sku, facility] < quantity:
                return False
        return all(self.units[f] >= n and self.shipments[f] >= 1 for f, n in units.items())


def everything(wave: Wave) -> Left:
    """All of the wave's stock and capacities."""
    return Left(wave.stock.copy(), wave.capacity_units.copy(), wave.capacity_shipments.copy())


def in_turn(
    wave: Wave,
    turn: Sequence[int],
    wishes: Sequence[Pattern],
    prices: Amounts,
    stop: Callable[[], bool],
) -> list[Pattern]:
    """Serve the orders in the given turn; those after `stop` get nothing. By order index.

    Orders that hold a plan keep it. `wishes` are each order's best pattern at the prices from
    all there is: what is best of all is best of what is left too, as long as it fits. With
    prices an order leaves what others need more, which makes greedy far-sighted.
    """
    left, shape = everything(wave), shaped(wave, prices)
    chosen = keep_current(wave, left)
    for order in turn:
        demand = wave.demands[order]
        if order in chosen:
            continue
        if stop():
            chosen[order] = nothing(wave, demand)
        elif left.fits(wishes[order]):
            chosen[order] = wishes[order]
        else:
            chosen[order] = serve(wave, demand, left, shape)
        left.take(chosen[order])
    return [chosen[order] for order in range(len(wave.demands))]


def keep_current(wave: Wave, left: Left) -> dict[int, Pattern]:
    """What orders hold already, as long as the stock is still there; taken from `left`."""
    chosen = {}
    for demand in wave.demands:
        held = kept(wave, demand)
        if held and left.fits(held):
            left.take(held)
            chosen[demand.order] = held
    return chosen


def improve(
    wave: Wave, patterns: list[Pattern], turn: Sequence[int], stop: Callable[[], bool]
) -> list[Pattern]:
    """Let orders choose again, in turn, among their own units and what is left, while any gains."""
    left, chosen = everything(wave), list(patterns)
    free = shaped(wave, np.zeros(wave.limits.size))
    for taken in chosen:
        left.take(taken)
    gained = True
    while gained:
        gained = False
        for order in turn:
            if stop():
                return chosen
            old = chosen[order]
            left.take(old, sign=-1)
            new = serve(wave, wave.demands[order], left, free)
            if new.cost < old.cost - 1e-9:
                chosen[order], gained = new, True
            left.take(chosen[order])
    return chosen


def nothing(wave: Wave, demand: Demand) -> Pattern:
    """The pattern that leaves the whole order unfilled."""
    units = np.zeros((len(wave.facilities), demand.quantity.size), dtype=np.int64)
    return pattern(wave, demand, units)


def serve(wave: Wave, demand: Demand, left: Left, prices: Prices) -> Pattern:
    """The order's cheapest plan, prices included, that fits what is left."""
    new, held = _anew(wave, demand, left, prices), kept(wave, demand)
    if held and left.fits(held) and worth(held, prices) <= worth(new, prices):
        return held
    return new


def _anew(wave: Wave, demand: Demand, left: Left, prices: Prices) -> Pattern:
    room = np.where(left.shipments >= 1, left.units, 0)
    stock = np.minimum(left.stock[demand.sku], room).astype(np.int64)
    while True:
        units = best(wave, demand, stock, prices).units
        over = units.sum(axis=1) > room
        if not over.any():
            return pattern(wave, demand, units)
        # The kernel knows no limit across lines. Keep what fits of the dearest breach and ask
        # again: every round takes stock away, so this ends.
        facility = int(np.argmax(over))
        stock[:, facility] = _fitting(stock[:, facility], units[facility], int(room[facility]))


def _fitting(stock: Quantities, wanted: Quantities, room: int) -> Quantities:
    """The wanted units, line by line, as long as they fit the room."""
    taken = wanted.cumsum() - wanted
    return np.minimum(stock, np.where(taken + wanted <= room, wanted, 0))


def scarcest_first(wave: Wave) -> list[int]:
    """Order indices, first those with the fewest facilities for one of their lines."""
    holders = (wave.stock > 0).astype(np.int64)

    def choice(demand: Demand) -> tuple[int, int]:
        able = np.isfinite(demand.shipment_cost)
        return int(holders[demand.sku][:, able].sum(axis=1).min()), demand.order

    return [order for _, order in sorted(choice(demand) for demand in wave.demands)]
