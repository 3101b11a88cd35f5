"""Offers: by which service, and at what price, each of many ways is travelled by some weight."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fulfillment.network.calendar import Workdays
from fulfillment.network.ends import Ends
from fulfillment.network.geography import Floats
from fulfillment.network.models import MONDAY_TO_FRIDAY
from fulfillment.network.price_tables import PriceTable, table_of
from fulfillment.network.service_rates import Band, ServiceRates
from fulfillment.platform.config import Settings

Flags = npt.NDArray[np.bool_]
Bands = npt.NDArray[np.intp]

# What a shipment weighs of which nobody knows yet what it will be.
TYPICAL_G = 1_000
GROUND = "ground"
USUAL_WEEK = Workdays(frozenset(MONDAY_TO_FRIDAY))


class Offer(NamedTuple):
    """One service on one way; without a carrier it is the tariff of the settings."""

    carrier: str | None
    service: str
    band: Band
    workdays: Workdays
    # Its price over weight, where that was asked for.
    fixed: float = 0.0
    per_g: float = 0.0


@dataclass(frozen=True, eq=False)
class Offers:
    """The best offer of each of N ways for one weight: its price over weight, and itself on demand.

    `lines_of` says what these prices are.
    """

    fixed: Floats  # [N] infinite where no loaded rate reaches
    per_g: Floats  # [N]
    at: Callable[[int], Offer]


class Services:
    """The services of carriers on N ways."""

    def __init__(self, loaded: Sequence[ServiceRates], ends: Ends) -> None:
        self.loaded = loaded
        self.table = table_of(tuple([s.prices_to(ends.destination.kind) for s in loaded]))
        bands = np.array([service.bands_at(ends) for service in loaded])
        self.band = self.table.start[:, None] + bands  # [S, N] in the table
        self.latest: tuple[int | None, Offers] | None = None

    def reached(self) -> Flags:
        """Tell which ways some service goes. [N]"""
        some: Flags = np.logical_or.reduce(self.goes())
        return some

    def goes(self) -> Flags:
        """Tell which services go which ways. [S, N]"""
        there: Flags = self.band < self.table.beyond[:, None]
        return there

    def best(self, grams: int | None) -> Offers:
        """Return the cheapest services; of equal ones the fastest, then the first by name."""
        latest = self.latest
        if latest is None or latest[0] != grams:
            (found,) = best_of([self], None if grams is None else [grams])
            self.latest = latest = grams, found
        return latest[1]

    def each(self, i: int, grams: int | None) -> list[Offer]:
        """Return the offers of all services that go this way."""
        bands, table = self.band[self.goes()[:, i], i], self.table
        price = table.at(weight_meant(grams))[bands]
        lines = lines_of(table, bands, price, grams)
        columns = (column.tolist() for column in (bands, *lines))
        return [self.offer(*line) for line in zip(*columns, strict=True)]

    def offer(self, at: int, fixed: float, per_g: float) -> Offer:
        """Return the offer of a band of the table, which is within reach."""
        service, band = self.loaded[self.table.service[at]], self.table.bands[at]
        assert band is not None
        return Offer(service.carrier, service.service, band, service.workdays, fixed, per_g)


class Tariff:
    """The settings' tariff: linear in weight and road distance, a day for each stretch."""

    def __init__(self, distances_km: Floats, settings: Settings) -> None:
        self.km_per_day = settings.tariff_km_per_day
        self.road_km = distances_km * settings.tariff_road_factor
        self.per_g = (settings.tariff_per_kg + settings.tariff_per_kg_km * self.road_km) / 1_000
        self.fixed = settings.tariff_fixed

    def reached(self) -> Flags:
        """Tell that every way is gone. [N]"""
        return np.ones(len(self.road_km), dtype=np.bool_)

    def best(self, _grams: int | None) -> Offers:
        """Return the one line there is, whatever the weight."""
        return Offers(np.full(len(self.road_km), self.fixed), self.per_g, self.offer)

    def each(self, i: int, _grams: int | None) -> list[Offer]:
        """Return the only offer."""
        return [self.offer(i)]

    def offer(self, i: int) -> Offer:
        days = 1 + int(self.road_km[i] // self.km_per_day)
        per_g = float(self.per_g[i])
        return Offer(None, GROUND, Band(None, days, per_g), USUAL_WEEK, self.fixed, per_g)


def ways_of(loaded: Sequence[ServiceRates], ends: Ends, settings: Settings) -> Services | Tariff:
    """Return how these ways can be travelled."""
    return Services(loaded, ends) if loaded else Tariff(ends.distance_km, settings)


def weight_meant(grams: int | None) -> int:
    """Return the weight that prices are looked up for."""
    return TYPICAL_G if grams is None else max(grams, 1)


def best_of(ways: Sequence[Services], grams: Sequence[int] | None) -> list[Offers]:
    """Return the cheapest services of C orders by what they weigh, each on N ways of its own; of
    equal ones the fastest, then the first by name.

    All go to the same kind of destination. Without `grams` nobody knows yet what they weigh.
    """
    table, bands = ways[0].table, np.array([one.band for one in ways])  # [C, S, N]
    meant = [TYPICAL_G] * len(ways) if grams is None else map(weight_meant, grams)
    costs = np.array([table.at(weight) for weight in meant])  # [C, B]
    prices = costs[np.arange(len(ways))[:, None, None], bands]  # [C, S, N]
    least = prices.min(axis=1, keepdims=True)  # [C, 1, N]
    fastest = np.where(prices == least, table.days[bands], np.inf).argmin(axis=1, keepdims=True)
    chosen = np.take_along_axis(bands, fastest, axis=1)[:, 0]  # [C, N]
    weights = None if grams is None else np.array(grams)[:, None]
    fixed, per_g = lines_of(table, chosen, least[:, 0], weights)
    return list(map(offers_of, ways, chosen, fixed, per_g))


def best_of_any(ways: Sequence[Services | Tariff], grams: Sequence[int]) -> list[Offers]:
    """Return the best offers of many orders, to whatever kind of destination they go."""
    alike: dict[PriceTable, list[int]] = {}
    found = {at: one.best(None) for at, one in enumerate(ways) if isinstance(one, Tariff)}
    theirs = {at: one for at, one in enumerate(ways) if isinstance(one, Services)}
    for at, one in theirs.items():
        alike.setdefault(one.table, []).append(at)
    for some in alike.values():
        offers = best_of([theirs[at] for at in some], [grams[at] for at in some])
        found.update(zip(some, offers, strict=True))
    return [found[at] for at in range(len(ways))]


def offers_of(ways: Services, chosen: Bands, fixed: Floats, per_g: Floats) -> Offers:
    return Offers(fixed, per_g, lambda i: ways.offer(int(chosen[i]), fixed.item(i), per_g.item(i)))


def lines_of(
    table: PriceTable, bands: Bands, price: Floats, grams: int | Bands | None
) -> tuple[Floats, Floats]:
    """Return prices over weight as lines: fixed, and a gram; each as many as the bands.

    A line is exact at this weight, and for the lightest parcel: so parts of an order look about as
    dear as they are. Where the weight is not known it is exact for a typical one, and rises as the
    service's prices do on the whole. Infinite where no rate reaches.
    """
    weight = TYPICAL_G if grams is None else np.maximum(grams, 1)
    if grams is None:
        per_g = np.minimum(table.rise[bands], price / weight)
    else:
        above = np.zeros_like(price)
        np.subtract(price, table.lightest[bands], out=above, where=np.isfinite(price))
        per_g = np.maximum(0.0, above) / weight
    # The difference of equal numbers may come out a hair below zero.
    return np.maximum(0.0, price - per_g * weight), per_g
