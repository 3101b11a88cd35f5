"""Policies for planning runs: from demand, a service target and costs to what to order when."""

from dataclasses import dataclass
from typing import Literal

from fulfillment.optimization.policies.demand import Chances
from fulfillment.optimization.policies.economic import eoq
from fulfillment.optimization.policies.order_up_to import renewals, ss_exact
from fulfillment.optimization.policies.service import (
    Expected,
    Outlook,
    expected,
    for_cycle_service,
    for_fill_rate,
    from_visits,
    uniform,
)

NEVER = -1  # the reorder point of what nobody wants: an empty shelf is no reason to order


@dataclass(frozen=True)
class Target:
    """The service to promise; `level` lies between 0 and 1, both excluded."""

    measure: Literal["cycle_service", "fill_rate"]
    level: float

    def __post_init__(self) -> None:
        """Refuse what no stock can promise."""
        if not 0 < self.level < 1:
            raise ValueError("a service level lies between 0 and 1")


@dataclass(frozen=True)
class Costs:
    """Money: for an order, for a unit held through a period, for one owed through a period."""

    fixed_cost: float
    holding_cost: float
    stockout_cost: float


@dataclass(frozen=True)
class Policy:
    """When the position is at or below `reorder_point`, order: up to `order_up_to`, or in lots.

    One of `order_up_to` and `quantity` is None.
    """

    reorder_point: int
    order_up_to: int | None
    quantity: int | None
    expected: Expected

    def order(self, position: int) -> int:
        """What to order now; `position` is on hand and on order, less what is owed."""
        if position > self.reorder_point:
            return 0
        if self.order_up_to is not None:
            return self.order_up_to - position
        assert self.quantity is not None
        return ((self.reorder_point - position) // self.quantity + 1) * self.quantity


def reorder_quantity(outlook: Outlook, target: Target, quantity: int) -> Policy:
    """(R, Q): lots of `quantity`, as many as lift the position above R; R the least that serves."""
    places = uniform(_at_least_1(quantity))
    point = _reorder_point(outlook, target, places)
    return Policy(point, None, quantity, expected(outlook, point, places))


def reorder_up_to(outlook: Outlook, target: Target, gap: int) -> Policy:
    """(s, S) with S = s + `gap`: s the least that serves."""
    places = _places(outlook, gap)
    point = _reorder_point(outlook, target, places)
    return Policy(point, point + gap, None, expected(outlook, point, places))


def base_stock(outlook: Outlook, target: Target) -> Policy:
    """Every period's demand is ordered again; the least level that serves."""
    return reorder_up_to(outlook, target, 1)


def min_max(outlook: Outlook, least: int, most: int) -> Policy:
    """Order up to `most` at or below `least`, both given by hand: what service that gives."""
    if least >= most:
        raise ValueError("the maximum is above the minimum")
    return Policy(least, most, None, expected(outlook, least, _places(outlook, most - least)))


def cheapest(outlook: Outlook, costs: Costs) -> Policy:
    """The (s, S) with the least expected cost per period, where what is owed has its price."""
    if not outlook.moves:
        return min_max(outlook, NEVER, 0)
    prices = (costs.holding_cost, costs.stockout_cost, costs.fixed_cost)
    best = ss_exact(*prices, outlook.period, outlook.protected)
    return min_max(outlook, best.reorder_point, best.order_up_to)


def economic_lot(fixed_cost: float, holding_cost: float, rate: float, pack: int = 1) -> int:
    """The whole packs nearest in cost to the economic order quantity; one at least."""
    packs = eoq(fixed_cost, holding_cost * pack, rate / pack).quantity if rate else 0.0
    few = max(int(packs), 1)
    # Costs are equal where the root of few * (few + 1) is the quantity.
    return pack * (few + 1 if packs * packs > few * (few + 1) else few)


def _places(outlook: Outlook, gap: int) -> Chances:
    if not outlook.moves:
        return uniform(_at_least_1(gap))
    return from_visits(renewals(outlook.period, _at_least_1(gap)))


def _at_least_1(units: int) -> int:
    if units < 1:
        raise ValueError("an order is for at least 1 unit")
    return units


def _reorder_point(outlook: Outlook, target: Target, places: Chances) -> int:
    if not outlook.moves:
        return NEVER
    find = for_cycle_service if target.measure == "cycle_service" else for_fill_rate
    return find(outlook, target.level, places)
