"""The rates of one service, ready to be looked up for many places of origin at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import inf
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fulfillment.network.calendar import Workdays
from fulfillment.network.ends import Ends
from fulfillment.network.parcels import RESIDENCE, Rate, price_at
from fulfillment.network.zones import Chart, ZoneBands, zone_bands

BUSINESS = "business"

Floats = npt.NDArray[np.float64]


class Band(NamedTuple):
    """What a parcel costs up to a distance, or within a zone.

    The whole price, surcharges included, is a line over its weight and, exactly, `bands` of it.
    """

    zone: str | None
    transit_days: int
    fixed: float
    per_g: float
    bands: tuple[tuple[int, float], ...]
    rates: tuple[Rate, ...] = ()


@dataclass(frozen=True, eq=False)
class Prices:
    """The bands of a service for one kind of destination; where none reaches stands one more."""

    bands: Sequence[Band]  # [B]
    fixed: Floats  # [B + 1]
    per_g: Floats  # [B + 1]


@dataclass(frozen=True)
class ServiceRates:
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


def line_through(bands: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Return the price over weight as a line: (fixed, per gram), through first and last band.

    Neither is negative, so a heavier parcel never costs less.
    """
    (light, cheap), (heavy, dear) = bands[0], bands[-1]
    per_g = max(0.0, (dear - cheap) / (heavy - light)) if heavy > light else 0.0
    return max(0.0, cheap - per_g * light), per_g


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
    bands = [band(rows, kind, unit) for rows in groups]
    return Prices(
        bands,
        np.array([one.fixed for one in bands] + [inf]),
        np.array([one.per_g for one in bands] + [0.0]),
    )


def band(rows: Sequence[Any], kind: str, unit: Decimal) -> Band:
    rates = tuple(Rate(*(getattr(row, name) for name in Rate._fields)) for row in rows)
    totals = [price_at(rate, kind, unit, rate.max_weight_g).total for rate in rates]
    bands = tuple((r.max_weight_g, float(t)) for r, t in zip(rates, totals, strict=True))
    # Where heavier parcels take longer, the promise is the longer one.
    transit_days = max(row.transit_days for row in rows)
    return Band(rows[0].zone, transit_days, *line_through(bands), bands, rates)
