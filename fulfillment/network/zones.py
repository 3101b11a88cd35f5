"""Zone charts: the zone of a parcel by the postal codes that it goes from and to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from sys import intern
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field
from sqlalchemy import select

from fulfillment.network.ends import Ends
from fulfillment.network.models import Carrier
from fulfillment.network.zone_models import CarrierZone
from fulfillment.platform.db import db
from fulfillment.platform.pages import Page, paginate

Numbers = npt.NDArray[np.intp]
ByOrigin = dict[str, int]

UNKNOWN = -1
# How many pairs of a facility and a destination's area each chart keeps.
MOST_PAIRS = 400_000


class Chart(Struct, frozen=True, eq=False):
    """A carrier's zones, by their number among the sorted `names`.

    Of the rows that fit both postal codes the one with the longest destination prefix holds; of
    these the one with the longest origin prefix.
    """

    names: Sequence[str]
    rows: Mapping[tuple[str, str], ByOrigin]  # by country and destination prefix
    longest: int  # destination prefix
    kept: dict[tuple[Any, ...], Numbers] = field(default_factory=dict)

    def numbers(self, ends: Ends) -> Numbers:
        """Return the number of the zone of each of N origins, UNKNOWN where there is none. [N]"""
        area = ends.postal_code[: self.longest]
        key = ends.destination.country, area, ends.origins
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) * len(ends.origins) > MOST_PAIRS:
                self.kept.clear()
            found = self.kept[key] = self.looked_up(*key)
        return found

    def looked_up(self, country: str, area: str, origins: Sequence[str | None]) -> Numbers:
        there = [self.rows.get((country, prefix), {}) for prefix in prefixes(area)]
        return np.array([number_of(origin, there) for origin in origins], dtype=np.intp)


class ZoneBands(Struct, frozen=True, eq=False):
    """Which of a service's bands prices each zone of its carrier's chart."""

    chart: Chart
    band: Numbers  # [zones + 1]; the last is for UNKNOWN

    def at(self, ends: Ends) -> Numbers:
        """Return the index of the band of each way; the number of bands where there is none."""
        found: Numbers = self.band[self.chart.numbers(ends)]
        return found


def zone_bands(chart: Chart, zones: Sequence[str]) -> ZoneBands:
    """Return where the zones of a chart stand among the zones that a service has prices for."""
    index = {zone: i for i, zone in enumerate(zones)}
    band = [index.get(name, len(zones)) for name in chart.names]
    return ZoneBands(chart, np.array([*band, len(zones)], dtype=np.intp))


def prefixes(postal_code: str) -> Iterator[str]:
    """Yield the beginnings of a postal code, the longest first."""
    return (postal_code[:end] for end in range(len(postal_code), 0, -1))


def number_of(origin: str | None, there: Sequence[ByOrigin]) -> int:
    for by_origin in there:
        for prefix in prefixes(origin or ""):
            if prefix in by_origin:
                return by_origin[prefix]
    return UNKNOWN


def are_meant(bands: Iterable[tuple[str | None, float | None]]) -> bool:
    """Tell whether a service's bands, as (zone, max_distance_km), can be told by zones alone."""
    return all(zone is not None and km is None for zone, km in bands)


# The chart of each carrier, as of the carrier's version: a new chart is a new version.
kept: dict[tuple[str, str], tuple[tuple[int, datetime], Chart]] = {}


def chart_of(carrier: Carrier) -> Chart:
    """Return the zone chart of a carrier, kept in memory while the carrier stays the same."""
    key, stamp = (str(db.engine.url), carrier.code), (carrier.version, carrier.updated_at)
    found = kept.get(key)
    if found is None or found[0] != stamp:
        found = kept[key] = stamp, read(carrier.code)
    return found[1]


def read(carrier: str) -> Chart:
    columns = (CarrierZone.country, CarrierZone.origin_prefix, CarrierZone.destination_prefix)
    statement = select(*columns, CarrierZone.zone).where(CarrierZone.carrier == carrier)
    found = db.session.execute(statement).all()
    names = sorted({zone for *_, zone in found})
    number = {name: i for i, name in enumerate(names)}
    rows: dict[tuple[str, str], ByOrigin] = {}
    for country, origin, destination, zone in found:
        # One object for prefixes that are equal: there are a hundred rows for each of them.
        rows.setdefault((country, destination), {})[intern(origin)] = number[zone]
    longest = max((len(prefix) for _, prefix in rows), default=0)
    return Chart(names, rows, longest)


def names_of(carrier: str) -> list[str]:
    """Return the zones that stand in a carrier's chart, sorted; none without a chart."""
    zones = select(CarrierZone.zone).where(CarrierZone.carrier == carrier).distinct()
    return sorted(db.session.scalars(zones))


def list_page(carrier: str, limit: int, cursor: str | None) -> Page:
    """Return a carrier's zone chart, by country, origin and destination."""
    statement = select(CarrierZone).where(CarrierZone.carrier == carrier)
    order = [CarrierZone.country, CarrierZone.origin_prefix, CarrierZone.destination_prefix]
    return paginate(statement, order, limit, cursor)
