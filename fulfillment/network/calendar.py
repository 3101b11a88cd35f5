"""Working days, cut-offs and transit: when a shipment leaves a dock, and when it arrives."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Workdays:
    """Which days are worked: ISO weekdays, less public holidays, less single days."""

    weekdays: frozenset[int]
    country: str | None = None
    subdivision: str | None = None
    closed_on: frozenset[date] = frozenset()

    def includes(self, day: date) -> bool:
        """Tell whether this day is worked."""
        if day.isoweekday() not in self.weekdays or day in self.closed_on:
            return False
        return day not in public_holidays(self.country, self.subdivision, day.year)

    def first_from(self, day: date) -> date:
        """Return the first working day that is not before `day`."""
        while not self.includes(day):
            day += DAY
        return day

    def after(self, day: date, count: int) -> date:
        """Return the working day that is `count` working days after `day`."""
        for _ in range(count):
            day = self.first_from(day + DAY)
        return day


@dataclass(frozen=True)
class DockCalendar:
    """When a facility ships: its cut-off by its own clock, and the working days it handles for."""

    timezone: str
    cutoff: time
    handling_days: int
    workdays: Workdays


@lru_cache(maxsize=1_000)
def public_holidays(country: str | None, subdivision: str | None, year: int) -> frozenset[date]:
    """Return a year's public holidays; none where the `holidays` library has no such country."""
    if country is None or country not in countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country, subdivision, years=year))


@lru_cache(maxsize=1)
def countries() -> dict[str, list[str]]:
    """Return the codes of the countries that have a calendar, with those of their subdivisions."""
    return dict(holidays.list_supported_countries(include_aliases=True))


def ship_by(calendar: DockCalendar, moment: datetime) -> datetime:
    """Return when an order of this moment leaves at the latest, on the facility's clock.

    A moment at or before the cut-off of a working day counts for that day; each handling day is one
    more working day.
    """
    zone = ZoneInfo(calendar.timezone)
    day = calendar.workdays.first_from(moment.astimezone(zone).date())
    if moment.astimezone(UTC) > cutoff_on(calendar, day, zone):
        day = calendar.workdays.first_from(day + DAY)
    day = calendar.workdays.after(day, calendar.handling_days)
    return cutoff_on(calendar, day, zone).astimezone(zone)


def cutoff_on(calendar: DockCalendar, day: date, zone: ZoneInfo) -> datetime:
    # In UTC, since two times of one zone compare by their clock faces, whatever was turned back.
    return datetime.combine(day, calendar.cutoff, zone).astimezone(UTC)


def deliver_by(ship_day: date, transit_days: int, workdays: Workdays) -> date:
    """Return the day of arrival: so many working days after the day of shipping."""
    return workdays.after(ship_day, transit_days) if transit_days else workdays.first_from(ship_day)
