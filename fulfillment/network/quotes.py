"""Quotes: what each active service asks for real parcels, and whether it keeps the promise."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import inf

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from fulfillment.network import rates, sites
from fulfillment.network.calendar import ship_by
from fulfillment.network.destinations import Destination
from fulfillment.network.ends import Ends
from fulfillment.network.geography import great_circle_km
from fulfillment.network.lanes import Days
from fulfillment.network.parcels import Parcel, Price, price_of, smallest_unit
from fulfillment.network.price_tables import Offer
from fulfillment.network.service_rates import Band, ServiceRates
from fulfillment.platform.errors import NotFound
from fulfillment.platform.money import currency


class Quote(Struct, frozen=True):
    """What one service asks for all parcels of a shipment, and when it brings them."""

    carrier: str
    service: str
    zone: str | None
    prices: tuple[Price, ...]  # of each parcel, in their order
    total: Decimal
    ship_by: datetime
    deliver_by: date
    keeps: bool  # arrives by the promised day


def quotes(
    origin: str,
    destination: Destination,
    parcels: Sequence[Parcel],
    moment: datetime,
    promise: date,
) -> list[Quote]:
    """Return what each service of each active carrier asks to bring parcels from a facility.

    The parcels are packed, so they leave by the next cut-off, whatever days handling takes. Quotes
    that keep the promise come first, then the cheapest; of equal ones the earliest, then by carrier
    and service. A service that does not go there, or not with each of the parcels, is left out; so
    a carrier without a rate table never asks.

    Raises:
        NotFound: there is no such facility.
    """
    ends = ends_from(origin, destination)
    (site,), (km,), days = ends.sites, ends.distance_km.tolist(), Days(destination.country)
    leave = ship_by(replace(site.calendar, handling_days=0), moment)
    ways = (offer_of(service, ends) for service in rates.loaded())
    priced = ((way, prices_of(parcels, way.band, destination.kind)) for way in ways if way)
    return in_turn(
        quote_of(way, prices, leave, days.arrive(site, leave.date(), way, km)[0], promise)
        for way, prices in priced
        if prices
    )


def quote_of(
    way: Offer, prices: tuple[Price, ...], leave: datetime, arrival: date, promise: date
) -> Quote:
    return Quote(
        carrier=way.carrier or "",
        service=way.service,
        zone=way.band.zone,
        prices=prices,
        total=sum((price.total for price in prices), Decimal(0)),
        ship_by=leave,
        deliver_by=arrival,
        keeps=arrival <= promise,
    )


def in_turn(found: Iterable[Quote]) -> list[Quote]:
    """Return quotes in the order in which they are to be looked at."""
    return sorted(found, key=lambda one: (not one.keeps, one.total, one.deliver_by, *name(one)))


def ends_from(origin: str, destination: Destination) -> Ends:
    """Return the way from one site; one without coordinates goes by zones, or any distance."""
    site = next((one for one in sites.all_by_code() if one.code == origin), None)
    if site is None:
        raise NotFound("facility", origin)
    if site.lat is None or site.lng is None:
        return Ends([site], destination, np.array([inf]))
    there = np.array([site.lat]), np.array([site.lng])
    return Ends([site], destination, great_circle_km(destination.lat, destination.lng, *there))


def offer_of(service: ServiceRates, ends: Ends) -> Offer | None:
    """Return how a service goes the one way there is, None if it does not."""
    bands, at = service.prices_to(ends.destination.kind).bands, int(service.bands_at(ends)[0])
    if at == len(bands):
        return None
    return Offer(service.carrier, service.service, bands[at], service.workdays)


def prices_of(parcels: Sequence[Parcel], band: Band, kind: str) -> tuple[Price, ...] | None:
    """Return the price of each parcel, None if one of them is too heavy or large."""
    unit = smallest_unit(currency())
    prices = [price_of(parcel, band.rates, kind, unit) for parcel in parcels]
    known = tuple(price for price in prices if price)
    return known if len(known) == len(prices) else None


def name(quote: Quote) -> tuple[str, str]:
    return quote.carrier, quote.service


def best(offered: Sequence[Quote]) -> Quote | None:
    """Return the cheapest quote that keeps the promise; if none does, the one that is earliest."""
    if not offered or offered[0].keeps:
        return offered[0] if offered else None
    return min(offered, key=lambda one: (one.deliver_by, one.total, *name(one)))
