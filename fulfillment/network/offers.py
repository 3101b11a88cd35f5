"""Offers: by which service, and at what price, each of many ways is travelled by some weight."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from fulfillment.network.calendar import Workdays
from fulfillment.network.ends import Ends
from fulfillment.network.geography import Floats
from fulfillment.network.models import MONDAY_TO_FRIDAY
from fulfillment.network.price_tables import Offer, table_of, weight_meant
from fulfillment.network.service_rates import Band, ServiceRates
from fulfillment.platform.config import Settings

Flags = npt.NDArray[np.bool_]

GROUND = "ground"
USUAL_WEEK = Workdays(frozenset(MONDAY_TO_FRIDAY))


class Offers(Struct, frozen=True, eq=False):
    """The best offer of each of N ways for one weight: its price, that as a line over weight, and
    itself on demand. `price_tables` says what these are.
    """

    grams: int | None
    price: Floats  # [N] infinite where no loaded rate reaches
    fixed: Floats  # [N] infinite where no loaded rate reaches
    per_g: Floats  # [N]
    at: Callable[[int], Offer]


class Services:
    """The services of carriers on N ways."""

    def __init__(self, loaded: Sequence[ServiceRates], ends: Ends) -> None:
        self.table = table_of(tuple(loaded), ends.destination.kind)
        bands = np.array([service.bands_at(ends) for service in loaded])
        self.band = self.table.start[:, None] + bands  # [S, N] in the table

    def goes(self) -> Flags:
        """Tell which services go which ways. [S, N]"""
        there: Flags = self.band < self.table.beyond[:, None]
        return there

    def best(self, grams: int | None) -> Offers:
        """Return the cheapest services; of equal ones the fastest, then the first by name."""
        of = self.table.at(grams)
        at = of.rank[self.band].min(axis=0)  # [N]
        costs = of.price[at], of.fixed[at], of.per_g[at]
        return Offers(grams, *costs, lambda i: of.offer(at.item(i)))

    def each(self, i: int, grams: int | None) -> list[Offer]:
        """Return the offers of all services that go this way."""
        of = self.table.at(grams)
        bands = self.band[self.goes()[:, i], i]
        return list(map(of.offer, of.rank[bands].tolist()))


class Tariff:
    """The settings' tariff: linear in weight and road distance, a day for each stretch."""

    def __init__(self, distances_km: Floats, settings: Settings) -> None:
        self.km_per_day = settings.tariff_km_per_day
        self.road_km = distances_km * settings.tariff_road_factor
        self.per_g = (settings.tariff_per_kg + settings.tariff_per_kg_km * self.road_km) / 1_000
        self.fixed = settings.tariff_fixed

    def best(self, grams: int | None) -> Offers:
        """Return the one line there is, whatever the weight."""
        fixed = np.full(len(self.road_km), self.fixed)
        price = fixed + self.per_g * weight_meant(grams)
        return Offers(grams, price, fixed, self.per_g, self.offer)

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
