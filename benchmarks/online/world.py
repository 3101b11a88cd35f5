"""A world to replay: facilities, what they hold when a cycle begins, and the cycle's orders."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MOST_COMPANIONS = 5


@dataclass(frozen=True, eq=False)
class Order:
    """A cart that arrives `at` days after the receipt; L lines."""

    at: float
    zone: int
    sku: np.ndarray  # [L]
    quantity: np.ndarray  # [L]


@dataclass(frozen=True, eq=False)
class Cycle:
    """From one receipt to the next: the stock, the orders, and what was known before them."""

    days: float
    stock: np.ndarray  # [S, F] at the start
    orders: list[Order]
    rate: np.ndarray  # [S, F] forecast: units a day in each facility's zone
    companions: np.ndarray  # [K] forecast: share of lines that come with 1..K others
    line_weight: float  # forecast: weight of a mean line
    line_units: np.ndarray  # [S] forecast: units of a mean line
    future: Callable[[np.random.Generator], list[Order]]  # a cycle as the forecast imagines it


@dataclass(frozen=True, eq=False)
class World:
    """F facilities before Z zones and S SKUs; costs in one currency."""

    distance_km: np.ndarray  # [F, Z]
    shipment_cost: np.ndarray  # [F, Z]
    unit_cost: np.ndarray  # [F, Z] per unit of weight
    weight: np.ndarray  # [S]
    unfilled_cost: float  # per unit
    zone_cost: np.ndarray  # [F, F] unit cost from the column's facility to the row's zone
    cycles: list[Cycle]


def zone_cost(unit_cost: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Mean unit cost from each facility (column) to the zone of each (row). [F, F]"""
    nearest = unit_cost.argmin(axis=0)
    costs = unit_cost.copy()[:, unit_cost.argmin(axis=1)].T  # a zone without people is one place
    for facility in np.unique(nearest):
        mine = nearest == facility
        costs[facility] = unit_cost[:, mine] @ people[mine] / people[mine].sum()
    return costs


def companions(orders: list[Order]) -> np.ndarray:
    """The share of all lines that come with 1, 2, .. MOST_COMPANIONS other lines (or more)."""
    counts = np.zeros(MOST_COMPANIONS + 1)
    for order in orders:
        counts[min(order.sku.size - 1, MOST_COMPANIONS)] += order.sku.size
    return counts[1:] / counts.sum()


def demand(orders: list[Order], nearest: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Units that orders ask for, by SKU and nearest facility of their zone."""
    units = np.zeros(shape)
    for order in orders:
        units[order.sku, nearest[order.zone]] += order.quantity
    return units


def line_weight(orders: list[Order], weight: np.ndarray) -> float:
    """The mean weight of an order line."""
    lines = [weight[order.sku] * order.quantity for order in orders]
    return float(np.concatenate(lines).mean())


def line_units(orders: list[Order], skus: int) -> np.ndarray:
    """The mean units of a SKU's lines, pulled to the mean of all by one line of that. [S]"""
    sku = np.concatenate([order.sku for order in orders])
    units = np.concatenate([order.quantity for order in orders])
    totals, lines = np.bincount(sku, units, skus), np.bincount(sku, minlength=skus)
    return (totals + units.mean()) / (lines + 1)
