"""What a rebalancing run reads: stock, forecasts, ways, and what units are worth."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import numpy.typing as npt
from flask import current_app

from fulfillment.catalog import items as catalog
from fulfillment.catalog.models import Item
from fulfillment.inventory import availability
from fulfillment.inventory.availability import Level
from fulfillment.inventory.gate import Key
from fulfillment.network import rates, sites
from fulfillment.network.geography import great_circle_km
from fulfillment.network.sites import Site
from fulfillment.planning.forecasts import queries as forecasts
from fulfillment.planning.forecasts.queries import Expected
from fulfillment.planning.receipts import next_receipts
from fulfillment.platform.config import Settings
from fulfillment.sourcing.costs import unfilled_cost
from fulfillment.sourcing.prices import outlooks, published, zones
from fulfillment.supply.suppliers import terms

# The parcels that a unit takes which leaves the others of its order, where no orders tell.
USUAL_PARCELS = 0.15
# How often levels are looked at, where planners said nothing else.
REVIEW_DAYS = 1

Amounts = npt.NDArray[np.float64]
NOTHING = Expected(0.0, 0.0)


@dataclass(frozen=True)
class Outlook:
    """The stock of K SKUs at F facilities and what will be asked of it. [K, F], or as is said"""

    skus: Sequence[Item]
    places: Sequence[Site]
    days: Amounts  # that count: until the horizon, or until more could be bought. [K]
    km: Amounts  # by road from each place to each. [F, F]
    available: Amounts
    incoming: Amounts
    safety: Amounts
    mean: Amounts  # units in these days
    variance: Amounts
    need: Amounts  # the share of these days until the next receipt
    shortage_cost: Amounts  # what a unit costs that this place has not

    @property
    def stock(self) -> Amounts:
        """What there will be to serve the demand with."""
        return self.available + self.incoming


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def read(now: datetime, horizon_days: int) -> Outlook | None:
    """Return the outlook of every SKU with a forecast and stock; None without any."""
    places = [site for site in sites.active() if site.lat is not None]
    expected = forecasts.expected()
    skus = list(catalog.find({sku for sku, _ in expected}).values())
    levels = availability.levels([item.sku for item in skus])
    skus = [item for item in skus if any((item.sku, at.code) in levels for at in places)]
    if not skus or len(places) < 2:
        return None
    return outlook(skus, places, expected, levels, now, horizon_days)


def outlook(
    skus: Sequence[Item],
    places: Sequence[Site],
    expected: Mapping[Key, Expected],
    levels: Mapping[Key, Level],
    now: datetime,
    horizon_days: int,
) -> Outlook:
    keys = [[(item.sku, place.code) for place in places] for item in skus]
    rows = [[expected.get(key, NOTHING) for key in row] for row in keys]
    told = [[levels.get(key) for key in row] for row in keys]
    days = days_of(skus, horizon_days)
    mean = np.array([[one.per_day for one in row] for row in rows]) * days[:, None]
    variance = np.array([[one.variance_per_day for one in row] for row in rows]) * days[:, None]
    available = amounts([[max(0, lv.available) if lv else 0 for lv in row] for row in told])
    incoming = amounts([[lv.incoming if lv else 0 for lv in row] for row in told])
    return Outlook(
        skus=skus,
        places=places,
        days=days,
        km=road_km(places),
        available=available,
        incoming=incoming,
        safety=amounts([[lv.safety_stock if lv else 0 for lv in row] for row in told]),
        mean=mean,
        variance=np.maximum(variance, mean),  # no demand for whole units is surer than Poisson's
        need=need_of(keys, next_receipts(now), now, days),
        shortage_cost=shortage_costs(skus, places, available + incoming - mean > 0, now),
    )


def amounts(rows: Sequence[Sequence[float]]) -> Amounts:
    return np.array(rows, dtype=np.float64)


def days_of(skus: Sequence[Item], horizon_days: int) -> Amounts:
    """Return the days in which stock must be where it is asked for. [K]

    After that it could have been bought: what is ordered at the next review is there by then.
    """
    known = terms.of([item.sku for item in skus])
    until = [
        known[item.sku].lead_time_days + REVIEW_DAYS if item.sku in known else horizon_days
        for item in skus
    ]
    return np.minimum(np.ceil(until), horizon_days)


def need_of(
    keys: Sequence[Sequence[Key]], receipts: Mapping[Key, date], now: datetime, days: Amounts
) -> Amounts:
    """Return the share of the days that count for which a sender must last on its own. [K, F]"""
    today, whole = now.date(), days[:, None]
    left = [
        [(receipts[key] - today).days if key in receipts else math.inf for key in row]
        for row in keys
    ]
    return np.clip(amounts(left) / whole, 1 / whole, 1.0)


def shortage_costs(
    skus: Sequence[Item], places: Sequence[Site], spare: npt.NDArray[np.bool_], now: datetime
) -> Amounts:
    """Return what a unit costs that a facility has not when it is asked for. [K, F]

    Who has some to spare ships it from afar, at what that costs more; without any such the sale is
    lost.
    """
    costs = zones.between(places, now, rates.loaded())
    own = np.diagonal(costs.unit_cost)[:, None]
    longer = np.maximum(costs.unit_cost - own, 0.0)  # [zone, facility], per gram
    weights = np.array([item.weight_g for item in skus], dtype=np.float64)
    boxes = parcels(skus)[:, None] * costs.shipment_cost
    lost = np.array([margin(item) for item in skus])
    found = np.empty(spare.shape)
    for row in range(len(skus)):
        from_afar = longer * weights[row] + boxes[row]
        others = np.where(spare[row][None, :] & ~np.eye(len(places), dtype=bool), from_afar, np.inf)
        found[row] = np.minimum(others.min(axis=1), lost[row])
    return found


def parcels(skus: Sequence[Item]) -> Amounts:
    """Return the parcels that a unit takes which does not leave with the rest of its order. [K]

    A line in company that ships from elsewhere is one parcel more, shared by its units.
    """
    source = published.sources().get(published.MARGINAL)
    known = outlooks.line_units() if source else {}
    company = sum(outlooks.baskets_of(source.figures).companions) if source else 0.0
    each = [company / known[i.sku] if i.sku in known else USUAL_PARCELS for i in skus]
    return np.array(each, dtype=np.float64)


def margin(item: Item) -> float:
    """Return what a lost sale of a unit costs: its margin, or what the settings say of one."""
    if item.unit_price is None or item.unit_cost is None:
        return unfilled_cost(0)
    return float(max(item.unit_price - item.unit_cost, Decimal(0)))


def road_km(places: Sequence[Site]) -> Amounts:
    """Return the way between all facilities on the road. [F, F]"""
    lats, lngs = (np.array(values, dtype=np.float64) for values in coordinates(places))
    rows = [great_circle_km(lat, lng, lats, lngs) for lat, lng in zip(lats, lngs, strict=True)]
    return np.array(rows) * settings().tariff_road_factor


def transit_days(km: float) -> int:
    """Return the days that a truck takes for a way."""
    return 1 + int(km // settings().tariff_km_per_day)


def transit(km: Amounts) -> Amounts:
    """Return the days until a truck from the nearest other facility is there. [F, F] to [F]"""
    others = np.where(np.eye(len(km), dtype=bool), np.inf, km).min(axis=0)
    return np.array([transit_days(way) for way in others.tolist()], dtype=np.float64)


def coordinates(places: Sequence[Site]) -> tuple[list[float], list[float]]:
    return [p.lat or 0.0 for p in places], [p.lng or 0.0 for p in places]
