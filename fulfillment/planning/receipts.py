"""When each facility gets stock again, as far as transfers tell."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, partial

from fulfillment.network import lanes, rates, sites
from fulfillment.network.sites import Site
from fulfillment.sourcing.prices import zones
from fulfillment.supply import queries as supply


def next_receipts(now: datetime) -> dict[tuple[str, str], date]:
    """Return the day of the next receipt by SKU and facility.

    A transfer takes as long as a parcel does on that way. One that has not left yet leaves now;
    one that is overdue arrives today; one between places that nobody can locate is left out.
    """
    inbound = supply.inbound()
    named = {code for one in inbound for code in (one.from_facility, one.to_facility)}
    places = {site.code: site for site in sites.all_by_code() if site.code in named}
    arrives = cache(partial(arrival, places, now))
    found: dict[tuple[str, str], date] = {}
    for one in inbound:
        day = arrives(one.from_facility, one.to_facility, one.shipped_at)
        if day is not None:
            key = one.sku, one.to_facility
            found[key] = min(day, found.get(key, day))
    return found


def arrival(
    places: Mapping[str, Site], now: datetime, start: str, end: str, shipped_at: datetime | None
) -> date | None:
    if places[end].lat is None:
        return None
    goal, leaves = zones.place_of(places[end]), shipped_at or now
    way = lanes.lanes_to(goal, [places[start]], leaves, rates.loaded()).get(start)
    return max(way.deliver_by, now.date()) if way else None
