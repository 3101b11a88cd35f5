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
from fulfillment.network.service_rates import Band, ServiceRates
from fulfillment.platform.config import Settings

Flags = npt.NDArray[np.bool_]

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
        self.prices = [service.prices_to(ends.destination.kind) for service in loaded]
        self.band = np.array([service.bands_at(ends) for service in loaded])  # [S, N]
        self.columns = np.arange(self.band.shape[1])
        self.lightest = self.of_bands([one.lightest for one in self.prices])
        self.rise = self.of_bands([one.rise for one in self.prices])
        self.days = self.of_bands([one.transit_days for one in self.prices])
        self.latest: tuple[int | None, Offers] | None = None

    def reached(self) -> Flags:
        """Tell which ways some service goes. [N]"""
        some: Flags = np.logical_or.reduce(self.goes())
        return some

    def goes(self) -> Flags:
        """Tell which services go which ways. [S, N]"""
        beyond = np.array([len(prices.bands) for prices in self.prices])
        there: Flags = self.band < beyond[:, None]
        return there

    def of_bands(self, figures: Sequence[Floats]) -> Floats:
        """Return the figure of each service on each way. [S, N]"""
        return np.array([of[i] for of, i in zip(figures, self.band, strict=True)])

    def best(self, grams: int | None) -> Offers:
        """Return the cheapest services; of equal ones the fastest, then the first by name."""
        latest = self.latest
        if latest is None or latest[0] != grams:
            latest = grams, self.cheapest(grams)
            self.latest = latest
        return latest[1]

    def cheapest(self, grams: int | None) -> Offers:
        prices = self.of_bands([one.at(weight_meant(grams)) for one in self.prices])
        rows = np.where(prices == prices.min(axis=0), self.days, np.inf).argmin(axis=0)
        of = rows, self.columns
        fixed, per_g = lines_of(prices[of], self.lightest[of], self.rise[of], grams)
        lines = list(zip(rows.tolist(), fixed.tolist(), per_g.tolist(), strict=True))
        return Offers(fixed, per_g, lambda i: self.offer(i, *lines[i]))

    def each(self, i: int, grams: int | None) -> list[Offer]:
        """Return the offers of all services that go this way."""
        rows = np.flatnonzero(self.goes()[:, i])
        prices = [self.prices[row].at(weight_meant(grams))[self.band[row, i]] for row in rows]
        lines = lines_of(np.array(prices), self.lightest[rows, i], self.rise[rows, i], grams)
        columns = (column.tolist() for column in (rows, *lines))
        return [self.offer(i, *line) for line in zip(*columns, strict=True)]

    def offer(self, i: int, row: int, fixed: float, per_g: float) -> Offer:
        service, band = self.loaded[row], self.prices[row].bands[self.band[row, i]]
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


def lines_of(
    price: Floats, lightest: Floats, rise: Floats, grams: int | None
) -> tuple[Floats, Floats]:
    """Return prices over weight as lines: fixed, and a gram. [N] each

    A line is exact at this weight, and for the lightest parcel: so parts of an order look about as
    dear as they are. Where the weight is not known it is exact for a typical one, and rises as the
    service's prices do on the whole. Infinite where no rate reaches.
    """
    weight = weight_meant(grams)
    if grams is None:
        per_g = np.minimum(rise, price / weight)
    else:
        above = np.zeros_like(price)
        np.subtract(price, lightest, out=above, where=np.isfinite(price))
        per_g = np.maximum(0.0, above) / weight
    # The difference of equal numbers may come out a hair below zero.
    return np.maximum(0.0, price - per_g * weight), per_g
