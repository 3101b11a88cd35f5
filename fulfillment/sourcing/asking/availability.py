"""What can be promised of SKUs, where, and by when it would arrive."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from fulfillment.inventory import availability
from fulfillment.network import destinations, rates, sites
from fulfillment.network.destinations import Destination
from fulfillment.network.lanes import lanes_to
from fulfillment.network.rates import ServiceRates
from fulfillment.network.sites import Site
from fulfillment.platform import clock
from fulfillment.platform.fast_json import encoded
from fulfillment.sourcing import service
from fulfillment.sourcing.question import promisable_of


class Promised(NamedTuple):
    """What can be promised of one SKU: the units of each facility that has some, by code."""

    sku: str
    units: Sequence[tuple[str, int]]
    deliver_by: date | None


class Places(NamedTuple):
    """The facilities that may ship, by code, and when that would arrive, where anybody asks."""

    codes: Sequence[str]
    days: Mapping[str, date]


def promisable(skus: Sequence[str], destination: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return per SKU what can be promised, as the shape `AvailabilityOut` has it.

    Raises:
        Invalid: a SKU or the destination is unknown.
    """
    service.known_items(skus, "skus.{}")
    levels = availability.levels(skus)
    place = destinations.resolve(destination) if destination else None
    loaded = rates.loaded() if place else ()
    places = places_for(place, sites.all_by_code(), clock.now(), loaded)
    found = promised(skus, promisable_of(levels.values()), places)
    return [
        {
            "sku": one.sku,
            "promisable": sum(units for _, units in one.units),
            "deliver_by": one.deliver_by,
            "facilities": [{"facility": code, "promisable": units} for code, units in one.units],
        }
        for one in found
    ]


def places_for(
    destination: Destination | None,
    facilities: Sequence[Site],
    moment: datetime,
    loaded: Sequence[ServiceRates],
) -> Places:
    """Return the facilities that reach a destination; without one, all that ship."""
    active = [site for site in facilities if site.active]
    if destination is None:
        return Places([site.code for site in active], {})
    ways = lanes_to(destination, active, moment, loaded)
    days = {site.code: ways[site.code].deliver_by for site in active if site.code in ways}
    return Places(list(days), days)


def promised(
    skus: Iterable[str], units: Mapping[str, Mapping[str, int]], places: Places
) -> Iterator[Promised]:
    """Yield what can be promised of each SKU, from the units by facility, by SKU."""
    soonest = sorted(places.days.items(), key=lambda place: place[1])
    for sku in dict.fromkeys(skus):
        there = units.get(sku, {})
        stock = [(code, there[code]) for code in places.codes if there.get(code)]
        day = next((day for code, day in soonest if there.get(code)), None)
        yield Promised(sku, stock, day)


def rendered(found: Iterable[Promised]) -> str:
    """Return what can be promised as text, as the shape `AvailabilityOut` has it."""
    return f'{{"items":[{",".join(map(rendered_one, found))}]}}'


def rendered_one(one: Promised) -> str:
    # Facilities are letters, digits, dots, dashes and underscores: no JSON has to escape them.
    facilities = [f'{{"facility":"{code}","promisable":{n}}}' for code, n in one.units]
    day = f'"{one.deliver_by}"' if one.deliver_by else "null"
    return (
        f'{{"sku":{encoded(one.sku)},"promisable":{sum(n for _, n in one.units)},'
        f'"deliver_by":{day},"facilities":[{",".join(facilities)}]}}'
    )
