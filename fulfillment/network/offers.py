"""Offers: by which service, and at what price, each of many distances is travelled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fulfillment.network.calendar import Workdays
from fulfillment.network.geography import Floats
from fulfillment.network.models import MONDAY_TO_FRIDAY
from fulfillment.network.rates import DistanceBand, ServiceRates
from fulfillment.platform.config import Settings

TYPICAL_G = 1_000
GROUND = "ground"
USUAL_WEEK = Workdays(frozenset(MONDAY_TO_FRIDAY))


class Offer(NamedTuple):
    """One service over one distance; without a carrier it is the tariff of the settings."""

    carrier: str | None
    service: str
    band: DistanceBand
    workdays: Workdays


@dataclass(frozen=True, eq=False)
class Offers:
    """The best offer of each of N distances: its price over weight, and itself on demand."""

    fixed: Floats  # [N] infinite where no loaded rate reaches that far
    per_g: Floats  # [N]
    at: Callable[[int], Offer]


def best_offers(loaded: Sequence[ServiceRates], distances_km: Floats, settings: Settings) -> Offers:
    """Return the offer of each distance."""
    return cheapest(loaded, distances_km) if loaded else tariff(distances_km, settings)


def cheapest(loaded: Sequence[ServiceRates], distances_km: Floats) -> Offers:
    """Return the service that is cheapest for one kilogram; of equal ones the first."""
    at = np.stack([service.bands_at(distances_km) for service in loaded])
    fixed = np.stack([service.fixed[i] for service, i in zip(loaded, at, strict=True)])
    per_g = np.stack([service.per_g[i] for service, i in zip(loaded, at, strict=True)])
    best = (fixed + per_g * TYPICAL_G).argmin(axis=0)
    columns = np.arange(len(distances_km))

    def offer(i: int) -> Offer:
        service = loaded[best[i]]
        band = service.bands[at[best[i], i]]
        return Offer(service.carrier, service.service, band, service.workdays)

    return Offers(fixed[best, columns], per_g[best, columns], offer)


def tariff(distances_km: Floats, settings: Settings) -> Offers:
    """Return the settings' tariff: linear in weight and road distance, a day for each stretch."""
    road_km = distances_km * settings.tariff_road_factor
    per_g = (settings.tariff_per_kg + settings.tariff_per_kg_km * road_km) / 1_000
    fixed = settings.tariff_fixed

    def offer(i: int) -> Offer:
        days = 1 + int(road_km[i] // settings.tariff_km_per_day)
        return Offer(None, GROUND, DistanceBand(None, days, fixed, float(per_g[i]), ()), USUAL_WEEK)

    return Offers(np.full(len(distances_km), fixed), per_g, offer)
