"""What prices are made from: the SKUs, and the facilities that can stand in for each other."""

from functools import cached_property

import numpy as np
from msgspec import Struct

from fulfillment.optimization.pricing.poisson import Amounts, Quantities


class Skus(Struct, frozen=True, eq=False):
    """S SKUs before F facilities, at one moment.

    `demand` is what each facility's zone is expected to ask for until that facility's next
    receipt; infinite where none is due. A facility's zone is all destinations that it is the
    cheapest to serve, whether it has the SKU or not.
    """

    stock: Quantities  # [S, F] promisable units
    demand: Amounts  # [S, F] units
    weight: Amounts  # [S] grams
    line_units: Amounts  # [S] units of a mean order line, at least 1
    unfilled_cost: Amounts  # [S] of a unit that nobody serves

    def part(self, rows: slice) -> "Skus":
        """Some of the SKUs."""
        return Skus(
            self.stock[rows],
            self.demand[rows],
            self.weight[rows],
            self.line_units[rows],
            self.unfilled_cost[rows],
        )


class Network(Struct, frozen=True, eq=False, dict=True):
    """What F facilities cost in each other's zones, and how the lines of orders hang together.

    `cover` is the probability that a facility has the SKU of an order line (see `cover`);
    `companions[k-1]` the share of all order lines that come with k others. One currency.
    """

    unit_cost: Amounts  # [F, F] per gram, from the facility of the column to the row's zone
    shipment_cost: Amounts  # [F] of a second box from that facility
    cover: Amounts  # [F] 0..1
    companions: Amounts  # [K]
    line_weight: float  # grams of a mean order line

    @cached_property
    def companions_weight(self) -> Amounts:
        """Grams of 1, 2, .. K companions. [K, 1, 1]"""
        k = np.arange(1.0, self.companions.size + 1)[:, None, None]
        weight: Amounts = k * self.line_weight
        return weight

    @cached_property
    def box_saved(self) -> Amounts:
        """What is saved where companions come along from farther off: a box. [K, F zone, F]"""
        farther = self.unit_cost - self.unit_cost.diagonal()[:, None]
        saved: Amounts = np.maximum(self.shipment_cost - self.companions_weight * farther, 0.0)
        return saved

    @cached_property
    def saves_box(self) -> Amounts:
        """1 where anything is saved so, else 0. [K, F zone, F]"""
        return (self.box_saved > 0).astype(np.float64)

    @cached_property
    def has_companions(self) -> Amounts:
        """P(a facility has all of k companions), SKUs independent. [K, 1, F]"""
        k = np.arange(1, self.companions.size + 1)[:, None, None]
        chance: Amounts = self.cover**k
        return chance


def cover(stock: Quantities, demand: Amounts) -> Amounts:
    """The share of all demanded units whose SKU a facility has in stock. [S, F], [S, F] to [F]"""
    popularity = demand.sum(axis=1)
    total = popularity.sum()
    if not total:
        return np.zeros(stock.shape[1])
    share: Amounts = popularity @ (stock > 0) / total
    return share
