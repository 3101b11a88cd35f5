"""The exact service of a policy under any demand in whole units, delivered late if need be.

The position (on hand and on order, less what is owed) is looked at once a period, and raised at
once when it is at or below the reorder point. `lead` is the demand while an order is under way,
`period` that between two looks, independent of it. Orders never overtake each other.

Two figures, of the long run. Cycle service: the share of orders before whose arrival nothing was
owed. Fill rate: the share of units that were there on the day they were wanted. Both count what
the position falls *below* the reorder point before somebody looks; formulas that do not promise
lumpy SKUs too much (Silver, Pyke and Peterson 1998, section 7.6, on undershoot).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fulfillment.optimization.policies.demand import TIE, Chances, Demand, convolution, trimmed

Whole = NDArray[np.int64]

LEAST = -1  # a reorder point; below, a facility waits for several customers before it orders


@dataclass(frozen=True, eq=False)
class Outlook:
    """What a SKU at a facility is up against: demand of a lead time, and of a review period."""

    lead: Demand
    period: Demand

    @cached_property
    def protected(self) -> Demand:
        """Demand over lead time and review, which an order must last for."""
        return self.lead.plus(self.period)

    @property
    def moves(self) -> bool:
        """Whether there is any demand."""
        return self.period.most > 0

    def unmet(self, position: int | Whole) -> Chances:
        """Units of a period's demand that must wait, if it began with this position."""
        return np.maximum(self.protected.short(position) - self.lead.short(position), 0.0)


@dataclass(frozen=True)
class Expected:
    """What a policy is expected to give, on average over the long run.

    `on_hand` and `owed` are units at the end of a period, `orders` orders per period.
    """

    cycle_service: float
    fill_rate: float
    on_hand: float
    owed: float
    orders: float


def uniform(quantity: int) -> Chances:
    """How often the position is 1, 2 and so on above r after a look, when lots are `quantity`.

    Multiples of the lot are ordered until the position is above r. Each place is as likely, unless
    all demand comes in multiples of some number that divides the lot.
    """
    return np.full(quantity, 1 / quantity)


def from_visits(visits: Chances) -> Chances:
    """The same for orders up to S, by how often a cycle visits i below S."""
    return np.asarray(visits[::-1] / visits.sum())


def expected(outlook: Outlook, reorder_point: int, places: Chances) -> Expected:
    """What to expect of this reorder point, if the position is at r + j with chance places[j-1]."""
    if not outlook.moves:
        return Expected(cycle_service=1.0, fill_rate=1.0, on_hand=0.0, owed=0.0, orders=0.0)
    positions = reorder_point + 1 + np.arange(places.size)
    owed = float(places @ outlook.protected.short(positions))
    on_hand = float(places @ positions) - outlook.protected.mean + owed
    unmet = float(places @ outlook.unmet(positions))
    return Expected(
        cycle_service=1 - float(below_when_it_arrives(outlook, places).above(reorder_point)),
        fill_rate=1 - unmet / outlook.period.mean,
        on_hand=on_hand,
        owed=owed,
        orders=float(_found_below(outlook.period, places).sum()),
    )


def for_cycle_service(outlook: Outlook, level: float, places: Chances) -> int:
    """The least reorder point with a cycle service of at least `level`."""
    return below_when_it_arrives(outlook, places).quantile(level)


def for_fill_rate(outlook: Outlook, level: float, places: Chances) -> int:
    """The least reorder point, -1 or above, with a fill rate of at least `level`."""
    allowed = (1 - level) * outlook.period.mean * (1 + TIE)
    steps = 1 + np.arange(places.size)
    low, high = LEAST - 1, max(outlook.protected.most, LEAST)
    while high - low > 1:
        middle = (low + high) // 2
        if places @ outlook.unmet(middle + steps) <= allowed:
            high = middle
        else:
            low = middle
    return high


def below_when_it_arrives(outlook: Outlook, places: Chances) -> Demand:
    """How far stock falls below the reorder point until the order is there."""
    return undershoot(outlook.period, places).plus(outlook.lead)


def undershoot(period: Demand, places: Chances) -> Demand:
    """How far the position is below the reorder point when it is found at or below it."""
    return trimmed(_found_below(period, places), max(period.start - places.size, 0))


def _found_below(period: Demand, places: Chances) -> Chances:
    """P(D - J = u), u from max(0, least D - most J) on, for demand D and J above at the last look.

    The sum is how often the position is found at or below the reorder point.
    """
    differences = convolution(period.chances, places[::-1])
    return np.maximum(differences[max(places.size - period.start, 0) :], 0.0)
