"""What is on its way to each facility, by transfer or from a supplier, and when it arrives."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial

from fulfillment.network import lanes, rates, sites
from fulfillment.network.destinations import Destination
from fulfillment.network.sites import Site
from fulfillment.supply.purchasing import expected
from fulfillment.supply.purchasing import queries as purchasing
from fulfillment.supply.transfers import queries as transfers

Key = tuple[str, str]
"""SKU, then facility."""


@dataclass(frozen=True)
class Arrival:
    """Units of a SKU that come to a facility on a day; None: nobody can tell when."""

    sku: str
    facility: str
    units: int
    day: date | None

    @property
    def key(self) -> Key:
        return self.sku, self.facility


def units(until: date, now: datetime) -> dict[Key, list[tuple[date, int]]]:
    """Return by SKU and facility the units that arrive by a day, each with its own, in order.

    Those of which nobody can tell when they arrive count for the last day.
    """
    found: dict[Key, list[tuple[date, int]]] = defaultdict(list)
    for one in arrivals(now):
        day = one.day or until
        if day <= until:
            found[one.key].append((day, one.units))
    return {key: sorted(days) for key, days in found.items()}


def arrivals(now: datetime) -> Iterator[Arrival]:
    """Yield what is on its way; what is overdue arrives today."""
    yield from by_transfer(now)
    yield from from_suppliers(now)


def from_suppliers(now: datetime) -> Iterator[Arrival]:
    """Yield what is outstanding of purchase orders; one that is approved is sent now."""
    today = now.date()
    for one in purchasing.awaited():
        yield Arrival(one.sku, one.facility, one.units, max(one.expected_on or today, today))
    for order in purchasing.to_be_sent():
        day = max(expected.day(order, now), today)
        for line in order.lines:
            yield Arrival(line.sku, order.facility, line.quantity, day)


def by_transfer(now: datetime) -> Iterator[Arrival]:
    """Yield what transfers bring; one that has not left yet leaves now.

    A transfer takes as long as a parcel does on that way.
    """
    inbound = transfers.inbound()
    named = {code for one in inbound for code in (one.from_facility, one.to_facility)}
    places = {site.code: site for site in sites.all_by_code() if site.code in named}
    arrives = cache(partial(arrival, places, now))
    for one in inbound:
        day = arrives(one.from_facility, one.to_facility, one.shipped_at)
        yield Arrival(one.sku, one.to_facility, one.units, day)


def arrival(
    places: Mapping[str, Site], now: datetime, start: str, end: str, shipped_at: datetime | None
) -> date | None:
    goal = places[end]
    if goal.lat is None or goal.lng is None:
        return None
    place = Destination(goal.lat, goal.lng, goal.postal_code, goal.country, None, "business")
    way = lanes.lanes_to(place, [places[start]], shipped_at or now, rates.loaded()).get(start)
    return max(way.deliver_by, now.date()) if way else None
