"""Sites: the facilities as sourcing reads them, kept in memory until one of them changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text

from fulfillment.network import transit
from fulfillment.network.calendar import DockCalendar
from fulfillment.network.models import Facility, compact
from fulfillment.network.transit import Way
from fulfillment.platform.db import db

# What changes with every change of a facility, or of a carrier: rows are never deleted, and
# versions only grow.
CHANGES = "count(*), sum(version), max(updated_at)"


@dataclass(frozen=True, slots=True)
class Site:
    """A facility as it was when it was read: where it is, when and at what cost it ships."""

    code: str
    lat: float | None
    lng: float | None
    country: str
    active: bool
    calendar: DockCalendar
    daily_order_capacity: int | None
    fixed_cost: float
    tags: frozenset[str]
    version: int
    postal_code: str | None = None
    transit_days: Mapping[Way, int] = field(default_factory=dict, hash=False)


# The sites of one moment of one database, by a stamp that changes with them.
kept: dict[tuple[Any, ...], tuple[Site, ...]] = {}


def all_by_code() -> Sequence[Site]:
    """Return every site in the order of their codes: one small query while none changes."""
    return at(tuple(db.session.execute(text(f"SELECT {CHANGES} FROM facilities")).one()))


def at(changes: tuple[Any, ...]) -> Sequence[Site]:
    """Return every site, read anew unless they are known as of these changes."""
    stamp = (str(db.engine.url), *changes)
    known = kept.get(stamp)
    if known is None:
        known = read()
        kept.clear()
        kept[stamp] = known
    return known


def read() -> tuple[Site, ...]:
    rows = db.session.scalars(select(Facility).order_by(Facility.code))
    calendars: dict[DockCalendar, DockCalendar] = {}
    measured = transit.known_by_facility()
    return tuple(site_of(row, calendars, measured.get(row.code, {})) for row in rows.all())


def site_of(
    facility: Facility,
    calendars: dict[DockCalendar, DockCalendar],
    transit_days: Mapping[Way, int],
) -> Site:
    calendar = facility.calendar
    return Site(
        code=facility.code,
        lat=facility.lat,
        lng=facility.lng,
        country=facility.country,
        active=facility.active,
        # One object for those that are equal: comparing them takes as long as using them.
        calendar=calendars.setdefault(calendar, calendar),
        daily_order_capacity=facility.daily_order_capacity,
        fixed_cost=float(facility.fixed_cost),
        tags=frozenset(facility.tags),
        version=facility.version,
        postal_code=compact(facility.postal_code) if facility.postal_code else None,
        transit_days=transit_days,
    )


def active() -> list[Site]:
    """Return the sites that ship, in the order of their codes."""
    return [site for site in all_by_code() if site.active]
