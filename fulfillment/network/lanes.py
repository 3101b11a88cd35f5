"""Lanes: what one shipment from each facility to a destination costs, and when it arrives.

Where carriers' rates are loaded, each facility's lane is the service that is cheapest for one
kilogram over the lane's distance (ties: carrier, then service, by name); its price over weight is
the straight line of `rates.line_through`. Without any rates, the tariff of the settings applies.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial

import numpy as np
from flask import current_app

from fulfillment.network import rates
from fulfillment.network.calendar import Workdays, deliver_by, ship_by
from fulfillment.network.destinations import Destination
from fulfillment.network.geography import great_circle_km
from fulfillment.network.models import Facility
from fulfillment.network.offers import Offer, best_offers
from fulfillment.network.rates import ServiceRates
from fulfillment.platform.config import Settings


@dataclass(frozen=True)
class Lane:
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


def lanes_to(
    destination: Destination,
    facilities: Sequence[Facility],
    moment: datetime,
    loaded: Sequence[ServiceRates] | None = None,
) -> dict[str, Lane]:
    """Return the lane of each facility by code, in two queries, or in none with rates in hand.

    A facility without coordinates, or beyond the reach of every loaded rate, has no lane.
    """
    located = [f for f in facilities if f.lat is not None and f.lng is not None]
    lats = np.array([facility.lat for facility in located], dtype=np.float64)
    lngs = np.array([facility.lng for facility in located], dtype=np.float64)
    distances = great_circle_km(destination.lat, destination.lng, lats, lngs)
    settings: Settings = current_app.config["SETTINGS"]
    offers = best_offers(rates.loaded() if loaded is None else loaded, distances, settings)
    # Facilities often keep the same hours, and arrivals fall on few days.
    leaves, arrives = cache(partial(ship_by, moment=moment)), cache(deliver_by)
    delivers = cache(partial(delivery_days, country=destination.country))
    lanes = {}
    for facility, distance, offer in zip(located, distances.tolist(), offers, strict=True):
        if offer:
            leave = leaves(facility.calendar)
            workdays = delivers(offer.workdays)
            arrival = arrives(leave.date(), offer.band.transit_days, workdays)
            lanes[facility.code] = lane(facility, distance, offer, leave, arrival, settings)
    return lanes


def lane(
    facility: Facility,
    distance_km: float,
    offer: Offer,
    leave: datetime,
    arrival: date,
    settings: Settings,
) -> Lane:
    fixed_cost = float(facility.fixed_cost)
    return Lane(
        facility=facility.code,
        distance_km=distance_km,
        carrier=offer.carrier,
        service=offer.service,
        zone=offer.band.zone,
        shipment_cost=fixed_cost + offer.band.fixed,
        cost_per_g=offer.band.per_g,
        handling_per_unit=settings.handling_per_unit,
        ship_by=leave,
        deliver_by=arrival,
        fixed_cost=fixed_cost,
        bands=offer.band.bands,
    )


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
