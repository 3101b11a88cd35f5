"""Lanes: what one shipment from each facility to a destination costs, and when it arrives.

Where carriers' rates are loaded, each facility's lane is the service that is cheapest for one
kilogram over the lane's distance or zone (ties: carrier, then service, by name); its price over
weight, with fuel and what a residence costs on top, is the straight line of
`service_rates.line_through`. The sizes of items do not count before there are parcels: see
`quotes`. Without any rates, the tariff of the settings applies.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import NamedTuple

import numpy as np
from flask import current_app

from fulfillment.network import rates
from fulfillment.network.calendar import Workdays, deliver_by, ship_by
from fulfillment.network.destinations import Destination
from fulfillment.network.ends import Ends
from fulfillment.network.geography import Floats, great_circle_km
from fulfillment.network.offers import Offer, Offers, best_offers
from fulfillment.network.rates import ServiceRates
from fulfillment.network.sites import Site
from fulfillment.network.transit import BROCHURE, MEASURED, way_of
from fulfillment.platform.config import Settings

NEVER = datetime.min.replace(tzinfo=UTC)


class Lane(NamedTuple):
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


@dataclass(frozen=True, eq=False)
class Reach:
    """The ways from N located facilities to a destination, in columns."""

    sites: Sequence[Site]  # [N]
    distance_km: Floats  # [N]
    offers: Offers  # [N]
    shipment_cost: Floats  # [N] infinite where no rate reaches
    handling_per_unit: float

    def lane(self, i: int, days: "Days", moment: datetime) -> Lane:
        """Return one of these ways by itself, for a shipment that is asked for at a moment."""
        site, offer = self.sites[i], self.offers.at(i)
        leave, distance_km = days.leave(site, moment), float(self.distance_km[i])
        arrival, transit = days.arrive(site, leave.date(), offer, distance_km)
        return Lane(
            facility=site.code,
            distance_km=distance_km,
            carrier=offer.carrier,
            service=offer.service,
            zone=offer.band.zone,
            shipment_cost=float(self.shipment_cost[i]),
            cost_per_g=offer.band.per_g,
            handling_per_unit=self.handling_per_unit,
            ship_by=leave,
            deliver_by=arrival,
            fixed_cost=float(site.fixed_cost),
            bands=offer.band.bands,
            transit=transit,
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
    offers = best_offers(loaded, Ends(located, destination, distances), settings)
    return Reach(located, distances, offers, fixed + offers.fixed, settings.handling_per_unit)


def lanes_to(
    destination: Destination,
    facilities: Sequence[Site],
    moment: datetime,
    loaded: Sequence[ServiceRates] | None = None,
) -> dict[str, Lane]:
    """Return the lane of each facility by code, in one query, or in none with rates in hand.

    A facility without coordinates, or beyond the reach of every loaded rate, has no lane.
    """
    ways = reach(destination, facilities, rates.loaded() if loaded is None else loaded)
    reached = np.flatnonzero(np.isfinite(ways.shipment_cost)).tolist()
    days = Days(destination.country)
    return {ways.sites[i].code: ways.lane(i, days, moment) for i in reached}


def delivery_days(workdays: Workdays, country: str) -> Workdays:
    """Return the days of delivery: a carrier that names no holidays keeps the destination's."""
    return workdays if workdays.country else replace(workdays, country=country)


def actual_price(lane: Lane, weight_g: int) -> float:
    """Return what a shipment of this weight costs by its weight bands.

    What is heavier than the last band travels as full parcels of that band and one for the rest.
    """
    if not lane.bands:
        return lane.shipment_cost + lane.cost_per_g * weight_g
    heaviest, price = lane.bands[-1]
    full, rest = divmod(weight_g, heaviest)
    last = next((cost for up_to, cost in lane.bands if rest <= up_to), price) if rest else 0.0
    return lane.fixed_cost + full * price + last
