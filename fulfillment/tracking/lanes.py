"""Lanes: deliveries that take about as long, and how long the newest of them took."""

from bisect import bisect_right
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select

from fulfillment.platform.db import db
from fulfillment.shipping.models import Shipment
from fulfillment.tracking.models import Journey

ENOUGH = 30
NEWEST = 500
# The outer edges of distance bands in km: about those of the zones of US carriers.
BANDS_KM = (80, 240, 480, 970, 1610, 2250, 2900)


class Lane(NamedTuple):
    """What deliveries have in common that take about as long; "" is the tariff's own."""

    carrier: str
    service: str
    facility: str
    band: int


def lane_of(shipment: Shipment) -> Lane:
    """Return the lane that a shipment travels on."""
    band = bisect_right(BANDS_KM, shipment.distance_km)
    return Lane(shipment.carrier or "", shipment.service or "", shipment.facility, band)


def histories(lanes: Collection[Lane]) -> dict[Lane, list[float]]:
    """Return the days that the newest deliveries of each lane took, sorted; [] if too few."""
    found = {lane: newest(lane) for lane in sorted(set(lanes))}
    return {lane: sorted(days) if len(days) >= ENOUGH else [] for lane, days in found.items()}


def newest(lane: Lane) -> list[float]:
    columns = (Journey.carrier, Journey.service, Journey.facility, Journey.band)
    there = [column == value for column, value in zip(columns, lane, strict=True)]
    taken = select(Journey.days).where(*there, Journey.days.is_not(None))
    rows = db.session.scalars(taken.order_by(Journey.ended_at.desc()).limit(NEWEST))
    return [days for days in rows if days is not None]
