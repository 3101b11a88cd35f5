"""A world to plan for: what is asked for where and when, who sells it, and what ways cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
from msgspec import structs

from benchmarks.planning import places
from fulfillment.catalog.models import Item
from fulfillment.network.sites import Site
from fulfillment.platform import config
from fulfillment.supply.suppliers.terms import Terms

WEEK = 7
# What a unit takes of the parcel that it shares with others: most units travel in company.
PARCEL_SHARE = 0.15
# What does not fill a truck takes a pallet on somebody else's, as in the demo.
TRANSFER_FIXED, TRANSFER_PER_KM = 25.0, 0.05
# Units of a pack, for goods that cost less than so much.
PACKS = ((1.0, 12), (2.0, 6), (5.0, 3))


@dataclass(frozen=True)
class Supplier:
    """Who sells some of the SKUs: takes orders on one day of some weeks; days until they arrive."""

    code: str
    weekday: int
    days: float
    days_sd: float
    weeks: int = 1  # from one order to the next
    first: int = 0  # the week of the first

    def takes(self, day: int) -> bool:
        """Tell whether it takes orders on a day."""
        return day % WEEK == self.weekday and day // WEEK % self.weeks == self.first


# As a wholesaler buys, some near by each week and some by the container from overseas; and the
# two ends of that: all each week, or all of it a quarter at a time.
SUPPLY = {
    "mixed": (
        Supplier("NEAR", 0, 5.0, 1.0),
        Supplier("LAND", 1, 9.0, 2.0),
        Supplier("COAST", 2, 21.0, 5.0, 4),
        Supplier("SEA", 3, 60.0, 12.0, 13),
    ),
    "weekly": (
        Supplier("NEAR", 0, 5.0, 1.0),
        Supplier("LAND", 1, 9.0, 2.0),
        Supplier("COAST", 2, 14.0, 3.0),
        Supplier("SEA", 3, 21.0, 5.0),
    ),
    "imports": (
        Supplier("SPRING", 0, 60.0, 12.0, 13, 0),
        Supplier("SUMMER", 1, 60.0, 12.0, 13, 3),
        Supplier("AUTUMN", 2, 60.0, 12.0, 13, 6),
        Supplier("WINTER", 3, 60.0, 12.0, 13, 9),
    ),
}


@dataclass(frozen=True, eq=False)
class Demand:
    """Units that customers near each facility ask for: K SKUs, F facilities, D days from a Monday.

    `share` is of all units: SKUs that are left out share trucks and pallets with those that are in.
    """

    name: str
    skus: list[str]
    units: np.ndarray  # [K, F, D]
    price: np.ndarray  # [K] money
    weight: np.ndarray  # [K] grams
    share: float
    start: int  # the week in which the policies take over, with the past as all they know
    measured: int  # the week from which on they are measured


@dataclass(frozen=True, eq=False)
class World:
    """Demand, with all that it is served by."""

    demand: Demand
    supply: tuple[Supplier, ...]
    settings: config.Settings
    sites: list[Site]
    supplier: np.ndarray  # [K] number
    lead: np.ndarray  # [S, F, D] days that an order of a day takes
    unit_cost: np.ndarray  # [K]
    pack: np.ndarray  # [K]
    ship: np.ndarray  # [F, F] money per gram, from the column's facility to the row's zone
    box: np.ndarray  # [F] money for a parcel
    km: np.ndarray  # [F, F] by road

    @cached_property
    def items(self) -> list[Item]:
        """The SKUs as the catalogue has them."""
        return [
            Item(
                sku=sku,
                weight_g=int(weight),
                pack_size=int(pack),
                unit_cost=Decimal(str(round(cost, 4))),
                unit_price=Decimal(str(round(price, 4))),
            )
            for sku, weight, pack, cost, price in zip(
                self.demand.skus,
                self.demand.weight.tolist(),
                self.pack.tolist(),
                self.unit_cost.tolist(),
                self.demand.price.tolist(),
                strict=True,
            )
        ]

    @cached_property
    def terms(self) -> list[Terms]:
        """What the supplier of each SKU asks, its lead time as measured in the long run."""
        return [
            Terms(
                s.code,
                item.sku,
                item.unit_cost or Decimal(0),
                item.pack_size,
                1,
                s.days,
                s.days_sd,
                9,
            )
            for item, s in zip(self.items, self.sellers, strict=True)
        ]

    @cached_property
    def sellers(self) -> list[Supplier]:
        """Who sells each SKU. [K]"""
        return [self.supply[number] for number in self.supplier]

    @cached_property
    def lead_days(self) -> np.ndarray:
        """The mean lead time of each SKU, in whole days. [K]"""
        return np.ceil([seller.days for seller in self.sellers]).astype(np.int64)

    @cached_property
    def review_days(self) -> np.ndarray:
        """The days between two orders of each SKU. [K]"""
        return np.array([seller.weeks * WEEK for seller in self.sellers])

    @cached_property
    def unit_way(self) -> np.ndarray:
        """What a unit costs from each facility (last) to each zone, its share of a parcel too."""
        grams = self.demand.weight[:, None, None] * self.ship
        return grams + PARCEL_SHARE * self.box

    @cached_property
    def line_units(self) -> np.ndarray:
        """The units of a mean order line, as known at the start. [K]"""
        known = self.demand.units[:, :, : self.demand.start * WEEK]
        lines = (known > 0).sum(axis=(1, 2))
        return np.maximum(known.sum(axis=(1, 2)) / np.maximum(lines, 1), 1.0)

    def buyable(self, day: int) -> np.ndarray:
        """Which SKUs' suppliers take orders on a day. [K]"""
        return np.array([seller.takes(day) for seller in self.sellers])

    @cached_property
    def margin(self) -> np.ndarray:
        """What a lost sale costs. [K]"""
        return self.demand.price - self.unit_cost


def world(demand: Demand, supply: str, seed: int) -> World:
    """Serve the demand from the sites: suppliers, lead times and packs are drawn by the seed."""
    suppliers = SUPPLY[supply]
    rng = np.random.default_rng([seed, 7])
    skus, facilities, days = demand.units.shape
    supplier = rng.permutation(np.arange(skus) % len(suppliers))
    settings = structs.replace(
        config.load({}),
        transfer_fixed=TRANSFER_FIXED * demand.share,
        transfer_per_km=TRANSFER_PER_KM * demand.share,
    )
    cost = np.maximum(demand.price * rng.uniform(0.45, 0.75, skus), 0.01)
    ship, box = places.parcels(settings)
    return World(
        demand=demand,
        supply=suppliers,
        settings=settings,
        sites=places.sites(),
        supplier=supplier,
        lead=lead_times(rng, suppliers, facilities, days),
        unit_cost=cost,
        pack=np.array([next((p for below, p in PACKS if c < below), 1) for c in cost.tolist()]),
        ship=ship,
        box=box,
        km=places.road_km(settings),
    )


def lead_times(
    rng: np.random.Generator, suppliers: Sequence[Supplier], facilities: int, days: int
) -> np.ndarray:
    """How long each order takes, the same whoever places it. [S, F, D]"""
    means, sds = (np.array([[[getattr(s, n)]] for s in suppliers]) for n in ("days", "days_sd"))
    shape = (means / sds) ** 2
    drawn = rng.gamma(shape, sds**2 / means, (len(suppliers), facilities, days))
    return np.maximum(np.rint(drawn), 1).astype(np.int64)
