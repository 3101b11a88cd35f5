"""Transit times: which deliveries take about as long, and what was measured of them.

Who watches deliveries publishes the measures (`fulfillment/tracking/measuring.py`); promises are
made by them, and by the rate table where there is none.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, update

from fulfillment.network.calendar import Workdays
from fulfillment.network.models import Carrier, Facility
from fulfillment.network.transit_models import LaneTransit
from fulfillment.platform import clock
from fulfillment.platform.db import db

# What the transit days of a promise are taken from: the rate table or tariff is the brochure.
MEASURED, BROCHURE = "measured", "brochure"
# The outer edges of distance bands in km: about those of the zones of US carriers.
BANDS_KM = (80, 240, 480, 970, 1610, 2250, 2900)


class Way(NamedTuple):
    """What deliveries have in common that take about as long."""

    facility: str
    carrier: str  # "" under the default tariff
    service: str
    band: int


class Measure(NamedTuple):
    """In how many working days of the carrier so many deliveries came, but for the slowest."""

    days: int
    samples: int


def way_of(facility: str, carrier: str | None, service: str | None, distance_km: float) -> Way:
    """Return the way of a shipment over so many km."""
    return Way(facility, carrier or "", service or "", bisect_right(BANDS_KM, distance_km))


def known() -> dict[Way, int]:
    """Return the transit days that were measured."""
    rows = db.session.scalars(select(LaneTransit))
    return {Way(row.facility, row.carrier, row.service, row.band): row.days for row in rows}


def known_by_facility() -> Mapping[str, Mapping[Way, int]]:
    """Return the transit days that were measured, by the facility where the ways begin."""
    found: dict[str, dict[Way, int]] = defaultdict(dict)
    for way, days in known().items():
        found[way.facility][way] = days
    return found


def publish(measures: Mapping[Way, Measure]) -> int:
    """Put these measures in the place of all others; return of how many ways the days are new.

    Their facilities become new versions: that is how whoever keeps them in memory learns of it.
    """
    days = {way: measure.days for way, measure in measures.items()}
    changed = {way for way, _ in known().items() ^ days.items()}
    db.session.execute(delete(LaneTransit))
    if measures:
        db.session.execute(insert(LaneTransit), rows_of(measures))
    if changed:
        renew({way.facility for way in changed})
    return len(changed)


def rows_of(measures: Mapping[Way, Measure]) -> list[dict[str, Any]]:
    moment = clock.now()
    return [
        {**way._asdict(), **measure._asdict(), "measured_at": moment}
        for way, measure in measures.items()
    ]


def renew(codes: Collection[str]) -> None:
    theirs = Facility.code.in_(codes)
    # In the order of their codes, as whoever writes several of them locks them.
    db.session.execute(
        select(Facility.code).where(theirs).order_by(Facility.code).with_for_update()
    )
    values = {"version": Facility.version + 1, "updated_at": clock.now()}
    db.session.execute(update(Facility).where(theirs).values(values))
    db.session.expire_all()  # what the session read before is stale now


def workweeks() -> dict[str, Workdays]:
    """Return the working days of every carrier, by its code."""
    return {
        carrier.code: carrier.workdays_less() for carrier in db.session.scalars(select(Carrier))
    }
