"""Travel: how long shipments are under way, counted as promises are.

A promise counts the working days of the carrier, from the facility's day of shipping to a day
where the shipment goes. Deliveries are measured in the same days: then a weekend or a holiday is
no slowness, one week's history holds for the next, and what most deliveries took is a whole number
that a promise can count with, without any rounding.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from fulfillment.network import destinations, facilities, transit
from fulfillment.network.calendar import Workdays, days_taken, deliver_by
from fulfillment.network.lanes import delivery_days
from fulfillment.network.offers import USUAL_WEEK
from fulfillment.shipping.models import Shipment

DAY = timedelta(days=1)


class Travel(Struct, frozen=True):
    """One shipment on the calendars that count for it."""

    origin: ZoneInfo
    destination: ZoneInfo
    workdays: Workdays
    promised: date
    planned: date  # to leave

    def day_left(self, left: datetime) -> date:
        """Return the day, at the facility, on which it left."""
        return left.astimezone(self.origin).date()

    def day_there(self, moment: datetime) -> date:
        """Return the day where it goes."""
        return moment.astimezone(self.destination).date()

    def end_of(self, day: date) -> datetime:
        """Return when a day ends where it goes."""
        return datetime.combine(day + DAY, time(), self.destination).astimezone(UTC)

    @property
    def due_at(self) -> datetime:
        """The end of the promised day."""
        return self.end_of(self.promised)

    def taken(self, left: datetime, moment: datetime) -> int:
        """Return the days it took, if it comes at this moment."""
        return days_taken(self.day_left(left), self.day_there(moment), self.workdays)

    def over(self, left: datetime, now: datetime) -> int:
        """Return after how many days it has not come; -1 while it might come in none."""
        return self.taken(left, now) - 1

    def allowed(self, left: datetime) -> int:
        """Return in how many days it keeps its promise; -1 if it left too late for any."""
        day = self.day_left(left)
        return self.workdays.between(day, self.promised) if day <= self.promised else -1

    def as_promised(self, left: datetime) -> date:
        """Return when it comes by as many days as its promise counted with."""
        return self.after(left, self.workdays.between(self.planned, self.promised))

    def after(self, left: datetime, days: int) -> date:
        """Return when it comes if it takes so many days."""
        return deliver_by(self.day_left(left), days, self.workdays)


def travels(shipments: Sequence[Shipment]) -> dict[UUID, Travel]:
    """Return the calendars of these shipments by id, in two queries and one for each new place."""
    if not shipments:
        return {}
    known = facilities.find({shipment.facility for shipment in shipments})
    origins = {code: ZoneInfo(facility.timezone) for code, facility in known.items()}
    weeks = transit.workweeks()
    return {s.id: travel_of(s, origins[s.facility], weeks) for s in shipments}


def travel_of(shipment: Shipment, origin: ZoneInfo, weeks: Mapping[str, Workdays]) -> Travel:
    week = weeks.get(shipment.carrier or "", USUAL_WEEK)
    country = shipment.destination.get("country") or destinations.HOME_COUNTRY
    return Travel(
        origin,
        zone_at(shipment.destination) or origin,
        delivery_days(week, country),
        shipment.deliver_by,
        shipment.ship_by.astimezone(origin).date(),
    )


def zone_at(destination: Mapping[str, str]) -> ZoneInfo | None:
    """Return the time zone of a destination's postal code, where that is known."""
    country, postal_code = destination.get("country"), destination.get("postal_code")
    if not postal_code:
        return None
    centroid = destinations.centroid_of(country or destinations.HOME_COUNTRY, postal_code)
    return ZoneInfo(centroid.timezone) if centroid and centroid.timezone else None
