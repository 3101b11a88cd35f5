"""Price tables: the bands of all services side by side, sorted by what a weight costs in each.

So the best service of many ways at once is one look-up and one minimum.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import inf
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from fulfillment.network.calendar import Workdays
from fulfillment.network.service_rates import Band, Floats, ServiceRates, price_by_weight

Numbers = npt.NDArray[np.intp]

# What a shipment weighs of which nobody knows yet what it will be.
TYPICAL_G = 1_000
# How many weights the prices of a table are kept for: a few kilobytes each at most.
MOST_WEIGHTS = 10_000


class Offer(NamedTuple):
    """One service on one way; without a carrier it is the tariff of the settings."""

    carrier: str | None
    service: str
    band: Band
    workdays: Workdays
    # Its price over weight.
    fixed: float = 0.0
    per_g: float = 0.0


class Priced(Struct, frozen=True, eq=False):
    """What one weight costs in each of B bands, and the bands sorted by that: of equal prices the
    fastest, then the first service. A price over weight is a line: `fixed`, and `per_g` a gram.
    """

    rank: Numbers  # [B] where a band stands among the sorted ones
    band: Sequence[int]  # [B] which one stands there; so are all that follow
    price: Floats  # [B] to the cent; infinite out of reach
    fixed: Floats  # [B] infinite out of reach
    per_g: Floats  # [B]
    table: "PriceTable"
    offers: dict[int, Offer] = field(default_factory=dict)

    def offer(self, at: int) -> Offer:
        """Return the offer of one of the sorted bands, which is within reach."""
        found = self.offers.get(at)
        if found is None:
            service, band = self.table.service[self.band[at]], self.table.bands[self.band[at]]
            assert band is not None
            of = service.carrier, service.service, band, service.workdays
            found = self.offers[at] = Offer(*of, self.fixed.item(at), self.per_g.item(at))
        return found


class PriceTable(Struct, frozen=True, eq=False):
    """The bands of S services, B in all; after those of each stands one for out of reach."""

    start: Numbers  # [S] the first band of each service
    beyond: Numbers  # [S] the one for out of reach
    service: Sequence[ServiceRates]  # [B] whose band it is
    bands: Sequence[Band | None]  # [B]
    lightest: Floats  # [B] the price of the first weight band
    rise: Floats  # [B] a gram, on the whole
    days: Floats  # [B]
    known: dict[int | None, Priced] = field(default_factory=dict)

    def at(self, grams: int | None) -> Priced:
        """Return what a shipment of this weight costs; None: nobody knows yet what it weighs."""
        found = self.known.get(grams)
        if found is None:
            if len(self.known) >= MOST_WEIGHTS:
                self.known.clear()
            found = self.known[grams] = self.priced(grams)
        return found

    def priced(self, grams: int | None) -> Priced:
        weight = weight_meant(grams)
        prices = [price_by_weight(one.bands, weight) if one else inf for one in self.bands]
        price = np.array(prices)
        per_g = self.rising(price, grams)
        # The difference of equal numbers may come out a hair below zero.
        fixed = np.maximum(0.0, price - per_g * weight)
        # Bands stand by service already, and stay so where all else is equal.
        order = np.lexsort((self.days, price))
        rank = np.empty_like(order)
        rank[order] = np.arange(order.size)
        return Priced(rank, order.tolist(), price[order], fixed[order], per_g[order], self)

    def rising(self, price: Floats, grams: int | None) -> Floats:
        """Return by how much a gram the lines of these prices rise. [B]

        A line is exact at its weight, and for the lightest parcel: so parts of an order look about
        as dear as they are. Where the weight is not known it is exact for a typical one, and rises
        as the service's prices do on the whole.
        """
        if grams is None:
            return np.minimum(self.rise, price / TYPICAL_G)
        above = np.zeros_like(price)
        np.subtract(price, self.lightest, out=above, where=np.isfinite(price))
        per_g: Floats = np.maximum(0.0, above) / weight_meant(grams)
        return per_g


@lru_cache(maxsize=16)  # the rates of a few moments, for residences and businesses
def table_of(services: tuple[ServiceRates, ...], kind: str) -> PriceTable:
    """Return the table of these services, in their order, for one kind of destination."""
    prices = [service.prices_to(kind) for service in services]
    sizes = np.array([len(one.bands) + 1 for one in prices], dtype=np.intp)
    bands = [band for one in prices for band in (*one.bands, None)]
    return PriceTable(
        start=np.cumsum(sizes) - sizes,
        beyond=np.cumsum(sizes) - 1,
        service=[one for one, size in zip(services, sizes, strict=True) for _ in range(size)],
        bands=bands,
        lightest=np.array([one.bands[0][1] if one else 0.0 for one in bands]),
        rise=np.array([one.per_g if one else 0.0 for one in bands]),
        days=np.array([one.transit_days if one else 0.0 for one in bands]),
    )


def weight_meant(grams: int | None) -> int:
    """Return the weight that prices are looked up for."""
    return TYPICAL_G if grams is None else max(grams, 1)
