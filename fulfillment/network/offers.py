"""Offers: by which service, and at what price, each of many ways is travelled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fulfillment.network.calendar import Workdays
from fulfillment.network.ends import Ends
from fulfillment.network.geography import Floats
from fulfillment.network.models import MONDAY_TO_FRIDAY
from fulfillment.network.service_rates import Band, ServiceRates
from fulfillment.platform.config import Settings

TYPICAL_G = 1_000
GROUND = "ground"
USUAL_WEEK = Workdays(frozenset(MONDAY_TO_FRIDAY))


class Offer(NamedTuple):
    """One service on one way; without a carrier it is the tariff of the settings."""

    carrier: str | None
    service: str
    band: Band
    workdays: Workdays


@dataclass(frozen=True, eq=False)
class Offers:
    """The best offer of each of N ways: its price over weight, and itself on demand."""

    fixed: Floats  # [N] infinite where no loaded rate reaches
    per_g: Floats  # [N]
    at: Callable[[int], Offer]


def best_offers(loaded: Sequence[ServiceRates], ends: Ends, settings: Settings) -> Offers:
    """Return the offer of each way."""
    return cheapest(loaded, ends) if loaded else tariff(ends.distance_km, settings)


def cheapest(loaded: Sequence[ServiceRates], ends: Ends) -> Offers:
    """Return the service that is cheapest for one kilogram; of equal ones the first."""
    prices = [service.prices_to(ends.destination.kind) for service in loaded]
    at = np.array([service.bands_at(ends) for service in loaded])
    fixed = np.array([one.fixed[i] for one, i in zip(prices, at, strict=True)])
    per_g = np.array([one.per_g[i] for one, i in zip(prices, at, strict=True)])
    best = (fixed + per_g * TYPICAL_G).argmin(axis=0)
    columns = np.arange(len(ends.distance_km))

    def offer(i: int) -> Offer:
        row = best[i]
        service, band = loaded[row], prices[row].bands[at[row, i]]
        return Offer(service.carrier, service.service, band, service.workdays)

    return Offers(fixed[best, columns], per_g[best, columns], offer)


def tariff(distances_km: Floats, settings: Settings) -> Offers:
    """Return the settings' tariff: linear in weight and road distance, a day for each stretch."""
    road_km = distances_km * settings.tariff_road_factor
    per_g = (settings.tariff_per_kg + settings.tariff_per_kg_km * road_km) / 1_000
    fixed = settings.tariff_fixed

    def offer(i: int) -> Offer:
        days = 1 + int(road_km[i] // settings.tariff_km_per_day)
        return Offer(None, GROUND, Band(None, days, fixed, float(per_g[i]), ()), USUAL_WEEK)

    return Offers(np.full(len(distances_km), fixed), per_g, offer)
