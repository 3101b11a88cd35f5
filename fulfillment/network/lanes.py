"""Lanes: what one shipment from each facility to a destination costs, and when it arrives.

Where carriers' rates are loaded, each facility's lane is the service that is cheapest for the
shipment's weight over the lane's distance or zone (ties: the fastest, then by name), or, if a day
is wanted, the cheapest that arrives by then. Fuel and what a residence costs on top count. Around
that weight its price is a straight line: see `offers`. The sizes of items do not count before
there are parcels: see `quotes`. Without any rates, the tariff of the settings applies.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
from flask import current_app
from msgspec import Struct
from msgspec.structs import replace

from fulfillment.network import rates
from fulfillment.network.calendar import Workdays, deliver_by, ship_by
from fulfillment.network.destinations import Destination
from fulfillment.network.ends import Ends
from fulfillment.network.geography import Floats, great_circle_km
from fulfillment.network.offers import Offers, Services, Tariff, ways_of
from fulfillment.network.price_tables import Offer, weight_meant
from fulfillment.network.rates import ServiceRates
from fulfillment.network.service_rates import price_by_weight
from fulfillment.network.sites import Site
from fulfillment.network.transit import BROCHURE, MEASURED, way_of
from fulfillment.platform.config import Settings

NEVER = datetime.min.replace(tzinfo=UTC)


class Lane(Struct, frozen=True):
    """The way from one facility: a shipment costs `shipment_cost` plus `cost_per_g` a gram."""

    facility: str
    distance_km: float
    carrier: str | None
    service: str
    zone: str | None
    shipment_cost: float
    cost_per_g: float
    handling_per_unit: float
    ship_by: datetime
    deliver_by: date
    # What a shipment costs beside its parcels, and the price of one up to so many grams, by rising
    # weight; empty under the default tariff, which is a line by itself.
    fixed_cost: float = 0.0
    bands: tuple[tuple[int, float], ...] = ()
    transit: str = BROCHURE  # what `deliver_by` is taken from
    grams: int | None = None  # the weight that the service is best for
    choose: "Callable[[int], Lane] | None" = None

    def for_weight(self, grams: int) -> "Lane":
        """Return the same way by the service that is best for this weight."""
        return self if grams == self.grams or self.choose is None else self.choose(grams)


class Reach(Struct, frozen=True, eq=False, dict=True):
    """The ways from N located facilities to a destination, in columns."""

    sites: Sequence[Site]  # [N]
    distance_km: Floats  # [N]
    fixed_cost: Floats  # [N] what a shipment costs beside its parcels
    ways: Services | Tariff  # [N]
    handling_per_unit: float

    @cached_property
    def km(self) -> list[float]:
        """The distances, to be told one by one."""
        km: list[float] = self.distance_km.tolist()
        return km

    def lanes(self, when: "When", grams: int | None) -> dict[str, Lane]:
        """Return the best way from each site that some rate reaches, by its code."""
        best = self.ways.best(grams)
        reached = np.flatnonzero(np.isfinite(best.price)).tolist()
        ways = [self.in_time(best, i, when) for i in reached]
        return {way.facility: way for way in ways}

    def lane(self, i: int, when: "When", grams: int | None) -> Lane:
        """Return the best way from one site: the cheapest that arrives by the day that is wanted;
        if none does, the earliest.
        """
        return self.in_time(self.ways.best(grams), i, when)

    def in_time(self, best: Offers, i: int, when: "When") -> Lane:
        """Return the way by the cheapest offer, or by a better one where that comes too late."""
        grams, by = best.grams, when.wanted_by
        found = self.lane_by(best.at(i), i, when, grams)
        if by and found.deliver_by > by:
            every = [self.lane_by(offer, i, when, grams) for offer in self.ways.each(i, grams)]
            found = min(every, key=lambda way: in_turn(way, by, weight_meant(grams)))
        return found

    def lane_by(self, offer: Offer, i: int, when: "When", grams: int | None) -> Lane:
        """Return the way from one site by one service."""
        site, band = self.sites[i], offer.band
        leave, distance_km = when.days.leave(site, when.moment), self.km[i]
        arrival, transit = when.days.arrive(site, leave.date(), offer, distance_km)
        return Lane(
            facility=site.code,
            distance_km=distance_km,
            carrier=offer.carrier,
            service=offer.service,
            zone=band.zone,
            shipment_cost=site.fixed_cost + offer.fixed,
            cost_per_g=offer.per_g,
            handling_per_unit=self.handling_per_unit,
            ship_by=leave,
            deliver_by=arrival,
            fixed_cost=site.fixed_cost,
            bands=band.bands,
            transit=transit,
            grams=grams,
            choose=partial(self.lane, i, when) if band.bands else None,
        )


class Days:
    """When shipments to a country leave and arrive; facilities often keep the same hours."""

    def __init__(self, country: str) -> None:
        self.country = country
        self.arrivals: dict[tuple[date, int, int], date] = {}
        self.leaves: dict[int, tuple[datetime, datetime, datetime]] = {}

    def leave(self, site: Site, moment: datetime) -> datetime:
        """Return when a shipment leaves a site."""
        # Equal calendars are one object: see `sites`. What holds at a moment holds up to the
        # cut-off that it is in time for.
        key = id(site.calendar)
        since, until, leave = self.leaves.get(key, (moment, NEVER, NEVER))
        if not since <= moment <= until:
            until = ship_by(replace(site.calendar, handling_days=0), moment)
            leave = ship_by(site.calendar, moment) if site.calendar.handling_days else until
            self.leaves[key] = moment, until, leave
        return leave

    def arrive(self, site: Site, day: date, offer: Offer, distance_km: float) -> tuple[date, str]:
        """Return when what leaves a site on a day arrives by an offer, and what that is made from.

        What was measured of its way goes before the brochure, be it more or less.
        """
        transit_days, by = offer.band.transit_days, BROCHURE
        if site.transit_days:
            way = way_of(site.code, offer.carrier, offer.service, distance_km)
            if way in site.transit_days:
                transit_days, by = site.transit_days[way], MEASURED
        key = day, transit_days, id(offer.workdays)
        if key not in self.arrivals:
            workdays = delivery_days(offer.workdays, self.country)
            self.arrivals[key] = deliver_by(day, transit_days, workdays)
        return self.arrivals[key], by


class When(NamedTuple):
    """When a shipment is asked for, and by which day it is wanted."""

    days: Days
    moment: datetime
    wanted_by: date | None = None


def reach(
    destination: Destination, facilities: Sequence[Site], loaded: Sequence[ServiceRates]
) -> Reach:
    """Return the ways to a destination from all facilities that have coordinates."""
    located = [site for site in facilities if site.lat is not None]
    lats, lngs, fixed = (
        np.array([(site.lat, site.lng, site.fixed_cost) for site in located], dtype=np.float64)
        .reshape(-1, 3)
        .T
    )
    distances = great_circle_km(destination.lat, destination.lng, lats, lngs)
    settings: Settings = current_app.config["SETTINGS"]
    ways = ways_of(loaded, Ends(located, destination, distances), settings)
    return Reach(located, distances, fixed, ways, settings.handling_per_unit)


def lanes_to(
    destination: Destination,
    facilities: Sequence[Site],
    moment: datetime,
    loaded: Sequence[ServiceRates] | None = None,
    grams: int | None = None,
    by: date | None = None,
) -> dict[str, Lane]:
    """Return the lane of each facility by code, in one query, or in none with rates in hand.

    It is the best one for a shipment of so many grams (by default a typical one) that is wanted by
    a day. A facility without coordinates, or beyond the reach of every loaded rate, has no lane.
    """
    ways = reach(destination, facilities, rates.loaded() if loaded is None else loaded)
    return ways.lanes(When(Days(destination.country), moment, by), grams)


def in_turn(way: Lane, by: date, grams: int) -> tuple[date, float, date]:
    """Return what ways are sorted by where a day is wanted: lateness, price, then days."""
    return max(way.deliver_by, by), actual_price(way, grams), way.deliver_by


def delivery_days(workdays: Workdays, country: str) -> Workdays:
    """Return the days of delivery: a carrier that names no holidays keeps the destination's."""
    return workdays if workdays.country else replace(workdays, country=country)


def actual_price(lane: Lane, weight_g: int) -> float:
    """Return what a shipment of this weight costs by its weight bands."""
    if not lane.bands:
        return lane.shipment_cost + lane.cost_per_g * weight_g
    return lane.fixed_cost + price_by_weight(lane.bands, weight_g)
