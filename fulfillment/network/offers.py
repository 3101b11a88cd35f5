"""Offers: by which service, and at what price, each of many distances is travelled."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fulfillment.network.calendar import Workdays
from fulfillment.network.geography import Floats
from fulfillment.network.models import MONDAY_TO_FRIDAY
from fulfillment.network.rates import DistanceBand, ServiceRates
from fulfillment.platform.config import Settings

TYPICAL_G = 1_000
GROUND = "ground"
USUAL_WEEK = Workdays(frozenset(MONDAY_TO_FRIDAY))


@dataclass(frozen=True)
class Offer:
    """One service over one distance; without a carrier it is the tariff of the settings."""

    carrier: str | None
    service: str
    band: DistanceBand
    workdays: Workdays


def best_offers(
    loaded: Sequence[ServiceRates], distances_km: Floats, settings: Settings
) -> list[Offer | None]:
    """Return the offer of each distance, None where no loaded rate reaches that far."""
    if not loaded:
        return list(tariff(distances_km, settings))
    return cheapest(loaded, distances_km)


def cheapest(loaded: Sequence[ServiceRates], distances_km: Floats) -> list[Offer | None]:
    """Return the service that is cheapest for one kilogram; of equal ones the first."""
    at = np.stack([service.bands_at(distances_km) for service in loaded])
    costs = np.stack([s.fixed[i] + s.per_g[i] * TYPICAL_G for s, i in zip(loaded, at, strict=True)])
    best = costs.argmin(axis=0)
    columns = np.arange(len(distances_km))
    reached = np.isfinite(costs[best, columns])
    chosen = zip(best.tolist(), at[best, columns].tolist(), reached.tolist(), strict=True)
    return [offer(loaded[s], band) if is_reached else None for s, band, is_reached in chosen]


def offer(service: ServiceRates, band: int) -> Offer:
    return Offer(service.carrier, service.service, service.bands[band], service.workdays)


def tariff(distances_km: Floats, settings: Settings) -> list[Offer]:
    """Return the settings' tariff: linear in weight and road distance, a day for each stretch."""
    road_km = distances_km * settings.tariff_road_factor
    per_g = (settings.tariff_per_kg + settings.tariff_per_kg_km * road_km) / 1_000
    days = 1 + np.floor(road_km / settings.tariff_km_per_day).astype(int)
    return [
        Offer(None, GROUND, DistanceBand(None, d, settings.tariff_fixed, cost, ()), USUAL_WEEK)
        for cost, d in zip(per_g.tolist(), days.tolist(), strict=True)
    ]
