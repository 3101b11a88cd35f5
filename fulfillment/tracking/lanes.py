"""Lanes: on which way each shipment travels, and how long the newest deliveries of it took."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, select

from fulfillment.network import transit
from fulfillment.network.transit import Way
from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.shipping.models import Shipment
from fulfillment.tracking.models import Journey

ENOUGH = 30
NEWEST = 500
# What is older says nothing of how a carrier works today.
MEMORY = timedelta(days=365)
COLUMNS = (Journey.facility, Journey.carrier, Journey.service, Journey.band)


def way_of(shipment: Shipment) -> Way:
    """Return the way that a shipment travels."""
    return transit.way_of(
        shipment.facility, shipment.carrier, shipment.service, shipment.distance_km
    )


def histories(ways: Collection[Way]) -> dict[Way, list[int]]:
    """Return the days that the newest deliveries of each way took, sorted; [] if too few.

    They are working days of the carrier: see `travel`.
    """
    found = {way: newest(way) for way in sorted(set(ways))}
    return {way: sorted(days) if len(days) >= ENOUGH else [] for way, days in found.items()}


def newest(way: Way) -> list[int]:
    there = [column == value for column, value in zip(COLUMNS, way, strict=True)]
    recent = Journey.days.is_not(None), Journey.ended_at > clock.now() - MEMORY
    taken = select(Journey.days).where(*there, *recent)
    rows = db.session.scalars(taken.order_by(Journey.ended_at.desc()).limit(NEWEST))
    return [days for days in rows if days is not None]


def with_history() -> list[Way]:
    """Return the ways of which enough deliveries are known."""
    recent = Journey.days.is_not(None), Journey.ended_at > clock.now() - MEMORY
    rows = select(*COLUMNS).where(*recent).group_by(*COLUMNS).having(func.count() >= ENOUGH)
    return [Way(*row) for row in db.session.execute(rows)]
