"""A world to plan for: what is asked for where and when, who sells it, and what ways cost."""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

import numpy as np

from benchmarks.planning import places
from fulfillment.catalog.models import Item
from fulfillment.network.sites import Site
from fulfillment.planning.rebalancing import reading
from fulfillment.platform import config
from fulfillment.supply.suppliers.terms import Terms

WEEK = 7
# What does not fill a truck takes a pallet on somebody else's, as in the demo.
TRANSFER_FIXED, TRANSFER_PER_KM = 25.0, 0.05
# Units of a pack, for goods that cost less than so much.
PACKS = ((1.0, 12), (2.0, 6), (5.0, 3))


@dataclass(frozen=True)
class Supplier:
    """Who sells some of the SKUs: takes orders on one day of the week; days until they arrive."""

    code: str
    weekday: int
    days: float
    days_sd: float


SUPPLIERS = (
    Supplier("NEAR", 0, 5.0, 1.0),
    Supplier("LAND", 1, 9.0, 2.0),
    Supplier("COAST", 2, 14.0, 3.0),
    Supplier("SEA", 3, 21.0, 5.0),
)


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
            for item, s in zip(self.items, (SUPPLIERS[i] for i in self.supplier), strict=True)
        ]

    @cached_property
    def lead_days(self) -> np.ndarray:
        """The mean lead time of each SKU, in whole days. [K]"""
        return np.ceil([SUPPLIERS[i].days for i in self.supplier]).astype(np.int64)

    @cached_property
    def unit_way(self) -> np.ndarray:
        """What a unit costs from each facility (last) to each zone, its share of a parcel too."""
        grams = self.demand.weight[:, None, None] * self.ship
        return grams + reading.BOX_SHARE * self.box

    @cached_property
    def margin(self) -> np.ndarray:
        """What a lost sale costs. [K]"""
        return self.demand.price - self.unit_cost


def world(demand: Demand, seed: int) -> World:
    """Serve the demand from the sites: suppliers, lead times and packs are drawn by the seed."""
    rng = np.random.default_rng([seed, 7])
    skus, facilities, days = demand.units.shape
    supplier = rng.permutation(np.arange(skus) % len(SUPPLIERS))
    settings = replace(
        config.load({}),
        transfer_fixed=TRANSFER_FIXED * demand.share,
        transfer_per_km=TRANSFER_PER_KM * demand.share,
    )
    cost = np.maximum(demand.price * rng.uniform(0.45, 0.75, skus), 0.01)
    ship, box = places.parcels(settings)
    return World(
        demand=demand,
        settings=settings,
        sites=places.sites(),
        supplier=supplier,
        lead=lead_times(rng, facilities, days),
        unit_cost=cost,
        pack=np.array([next((p for below, p in PACKS if c < below), 1) for c in cost.tolist()]),
        ship=ship,
        box=box,
        km=places.road_km(settings),
    )


def lead_times(rng: np.random.Generator, facilities: int, days: int) -> np.ndarray:
    """How long each order takes, the same whoever places it. [S, F, D]"""
    means, sds = (np.array([[[getattr(s, n)]] for s in SUPPLIERS]) for n in ("days", "days_sd"))
    shape = (means / sds) ** 2
    drawn = rng.gamma(shape, sds**2 / means, (len(SUPPLIERS), facilities, days))
    return np.maximum(np.rint(drawn), 1).astype(np.int64)
