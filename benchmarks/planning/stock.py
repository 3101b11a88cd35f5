"""Stock while it is replayed: on the shelves and on its way, and when what arrives."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class Delivery:
    """Units of N stock levels that arrive on a day; they were expected on another."""

    sku: np.ndarray  # [N]
    site: np.ndarray  # [N]
    units: np.ndarray  # [N]
    expected: int
    arrives: int
    is_transfer: bool


@dataclass(eq=False)
class Stock:
    """What is on hand at the end of a day, and what is on its way. [K, F]"""

    on_hand: np.ndarray
    on_order: np.ndarray
    in_transit: np.ndarray
    due: dict[int, list[Delivery]] = field(default_factory=dict)

    @classmethod
    def of(cls, on_hand: np.ndarray) -> "Stock":
        """Stock that nothing is under way to."""
        return cls(on_hand.copy(), np.zeros_like(on_hand), np.zeros_like(on_hand))

    def send(self, one: Delivery) -> None:
        """Put units on their way."""
        way = self.in_transit if one.is_transfer else self.on_order
        np.add.at(way, (one.sku, one.site), one.units)
        self.due.setdefault(one.arrives, []).append(one)

    def receive(self, day: int) -> None:
        """Put on the shelves what arrives on a day."""
        for one in self.due.pop(day, ()):
            way = self.in_transit if one.is_transfer else self.on_order
            np.subtract.at(way, (one.sku, one.site), one.units)
            np.add.at(self.on_hand, (one.sku, one.site), one.units)

    def incoming(self, day: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield SKU, site, days until it is expected (overdue: 0), and units of all under way."""
        for deliveries in self.due.values():
            for one in deliveries:
                left = max(one.expected - day, 0)
                for sku, site, units in zip(
                    one.sku.tolist(), one.site.tolist(), one.units.tolist(), strict=True
                ):
                    yield sku, site, left, units
