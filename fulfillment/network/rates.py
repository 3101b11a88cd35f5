"""Carriers' rate tables, ready to be looked up for many distances at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from fulfillment.network.calendar import Workdays
from fulfillment.network.models import Carrier, CarrierRate
from fulfillment.platform.db import db

Floats = npt.NDArray[np.float64]


class DistanceBand(NamedTuple):
    """What a parcel costs up to a distance: a line over its weight, and the real weight bands."""

    zone: str | None
    transit_days: int
    fixed: float
    per_g: float
    bands: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class ServiceRates:
    """The rates of one service: its distance bands by their outer edges in km, rising."""

    carrier: str
    service: str
    workdays: Workdays
    edges_km: Floats
    bands: Sequence[DistanceBand]
    fixed: Floats
    per_g: Floats

    def bands_at(self, distances_km: Floats) -> npt.NDArray[np.intp]:
        """Return the index of the band that covers each distance; len(bands) where none does."""
        return np.searchsorted(self.edges_km, distances_km, side="left")


# The rates of one moment of one database, by a stamp that changes with them.
kept: dict[tuple[Any, ...], list[ServiceRates]] = {}


def line_through(bands: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Return the price over weight as a line: (fixed, per gram), through first and last band.

    Neither is negative, so a heavier parcel never costs less.
    """
    (light, cheap), (heavy, dear) = bands[0], bands[-1]
    per_g = max(0.0, (dear - cheap) / (heavy - light)) if heavy > light else 0.0
    return max(0.0, cheap - per_g * light), per_g


def loaded() -> list[ServiceRates]:
    """Return the rates of every active carrier, by carrier and service.

    Kept in memory while no carrier changes: a new rate table is a new version of its carrier.
    """
    active = select(Carrier).where(Carrier.active).order_by(Carrier.code)
    carriers = db.session.scalars(active).all()
    stamp = (str(db.engine.url), *((c.code, c.version, c.updated_at) for c in carriers))
    if stamp not in kept:
        rates = read({carrier.code: carrier.workdays_less() for carrier in carriers})
        kept.clear()
        kept[stamp] = rates
        return rates
    return kept[stamp]


def read(workdays: Mapping[str, Workdays]) -> list[ServiceRates]:
    order = CarrierRate.carrier, CarrierRate.service
    rows = db.session.execute(
        select(
            *order,
            CarrierRate.max_distance_km,
            CarrierRate.max_weight_g,
            CarrierRate.price,
            CarrierRate.zone,
            CarrierRate.transit_days,
        )
        .where(CarrierRate.carrier.in_(workdays))
        .order_by(*order, CarrierRate.max_weight_g)
    ).all()
    return [
        service_rates(carrier, service, workdays[carrier], list(group))
        for (carrier, service), group in groupby(rows, lambda row: (row[0], row[1]))
    ]


def service_rates(
    carrier: str, service: str, workdays: Workdays, rows: Sequence[Any]
) -> ServiceRates:
    """Arrange the rows of one service, sorted by weight, into distance bands."""
    by_edge: dict[float, list[Any]] = {}
    for row in rows:
        edge = inf if row.max_distance_km is None else row.max_distance_km
        by_edge.setdefault(edge, []).append(row)
    edges = sorted(by_edge)
    bands = [distance_band(by_edge[edge]) for edge in edges]
    return ServiceRates(
        carrier,
        service,
        workdays,
        np.array(edges),
        bands,
        np.array([band.fixed for band in bands] + [inf]),
        np.array([band.per_g for band in bands] + [0.0]),
    )


def distance_band(rows: Sequence[Any]) -> DistanceBand:
    bands = tuple((row.max_weight_g, float(row.price)) for row in rows)
    # Where heavier parcels take longer, the promise is the longer one.
    transit_days = max(row.transit_days for row in rows)
    return DistanceBand(rows[0].zone, transit_days, *line_through(bands), bands)
