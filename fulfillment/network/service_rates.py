"""The rates of one service, ready to be looked up for many places of origin at once."""

from collections.abc import Sequence
from decimal import Decimal
from math import inf
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from fulfillment.network.calendar import Workdays
from fulfillment.network.ends import Ends
from fulfillment.network.parcels import RESIDENCE, Rate, price_at
from fulfillment.network.zones import Chart, ZoneBands, zone_bands

BUSINESS = "business"

Floats = npt.NDArray[np.float64]


class Band(NamedTuple):
    """What a parcel costs up to a distance, or within a zone.

    The whole price, surcharges included, goes by `bands` of its weight, and rises on the whole by
    so much a gram; without bands that is the price.
    """

    zone: str | None
    transit_days: int
    per_g: float
    bands: tuple[tuple[int, float], ...] = ()
    rates: tuple[Rate, ...] = ()


class Prices(Struct, frozen=True, eq=False):
    """The bands of a service for one kind of destination."""

    bands: Sequence[Band]


class ServiceRates(Struct, frozen=True, eq=False):
    """The rates of one service, by the outer edges of its bands in km, rising, or by zones."""

    carrier: str
    service: str
    workdays: Workdays
    edges_km: Floats  # [B]; empty where it goes by zones
    to_residence: Prices
    to_business: Prices
    zones: ZoneBands | None = None

    @property
    def bands(self) -> Sequence[Band]:
        """The bands before any residential surcharge."""
        return self.to_business.bands

    def prices_to(self, kind: str) -> Prices:
        """Return what the bands cost at a residence or a business."""
        return self.to_residence if kind == RESIDENCE else self.to_business

    def bands_at(self, ends: Ends) -> npt.NDArray[np.intp]:
        """Return the index of the band of each way; len(bands) where none reaches."""
        if self.zones:
            return self.zones.at(ends)
        return np.searchsorted(self.edges_km, ends.distance_km, side="left")


def price_by_weight(bands: Sequence[tuple[int, float]], grams: int) -> float:
    """Return what a shipment costs by its weight bands: (up to so many grams, price), rising.

    What is heavier than the last band travels as full parcels of that band and one for the rest;
    what weighs nothing is a parcel of the first.
    """
    heaviest, price = bands[-1]
    full, rest = divmod(max(grams, 1), heaviest)
    last = next((cost for up_to, cost in bands if rest <= up_to), price) if rest else 0.0
    return full * price + last


def rise_of(bands: Sequence[tuple[int, float]]) -> float:
    """Return what a gram more costs on the way from the first band to the last; never less than 0,
    so a heavier parcel never costs less.
    """
    (light, cheap), (heavy, dear) = bands[0], bands[-1]
    return max(0.0, (dear - cheap) / (heavy - light)) if heavy > light else 0.0


def service_rates(
    carrier: str,
    service: str,
    workdays: Workdays,
    rows: Sequence[Any],
    chart: Chart | None,
    unit: Decimal,
) -> ServiceRates:
    """Arrange the rows of one service, sorted by weight, into bands of distance or of zones."""
    by_edge: dict[Any, list[Any]] = {}
    for row in rows:
        by_edge.setdefault(row.zone if chart else edge_of(row), []).append(row)
    edges = sorted(by_edge)
    groups = [by_edge[edge] for edge in edges]
    return ServiceRates(
        carrier,
        service,
        workdays,
        np.array([] if chart else edges),
        prices(groups, RESIDENCE, unit),
        prices(groups, BUSINESS, unit),
        zone_bands(chart, edges) if chart else None,
    )


def edge_of(row: Any) -> float:
    return inf if row.max_distance_km is None else row.max_distance_km


def prices(groups: Sequence[Sequence[Any]], kind: str, unit: Decimal) -> Prices:
    return Prices([band(rows, kind, unit) for rows in groups])


def band(rows: Sequence[Any], kind: str, unit: Decimal) -> Band:
    rates = tuple(Rate(*(getattr(row, name) for name in Rate._fields)) for row in rows)
    totals = [price_at(rate, kind, unit, rate.max_weight_g).total for rate in rates]
    bands = tuple((r.max_weight_g, float(t)) for r, t in zip(rates, totals, strict=True))
    # Where heavier parcels take longer, the promise is the longer one.
    transit_days = max(row.transit_days for row in rows)
    return Band(rows[0].zone, transit_days, rise_of(bands), bands, rates)
