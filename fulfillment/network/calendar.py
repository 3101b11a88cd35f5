"""Working days, cut-offs and transit: when a shipment leaves a dock, and when it arrives."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

from fulfillment.platform.errors import Conflict
from fulfillment.platform.later import Later

if TYPE_CHECKING:
    import holidays
else:
    holidays = Later("holidays")

DAY = timedelta(days=1)
# The API takes a week of one day, and a thousand single days without work: some 20 years.
LONGEST_REST = 10_000


class NoWorkingDay(Conflict):
    """Days without work that never end: no promise can be counted on them."""

    def __init__(self, since: date) -> None:
        detail = f"There is no working day in {LONGEST_REST} days up to {since}."
        super().__init__("conflict", detail)


class Workdays(Struct, frozen=True):
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

    def since(self, day: date) -> Iterator[date]:
        """Yield the working days that are not before `day`, in turn.

        Raises:
            NoWorkingDay: the next one is too far to be looked for.
        """
        rest = 0
        while rest < LONGEST_REST:
            if self.includes(day):
                rest = 0
                yield day
            else:
                rest += 1
            day += DAY
        raise NoWorkingDay(day)

    def first_from(self, day: date) -> date:
        """Return the first working day that is not before `day`."""
        return next(self.since(day))

    def after(self, day: date, count: int) -> date:
        """Return the working day that is `count` (at least 1) working days after `day`."""
        return next(islice(self.since(day + DAY), count - 1, None))

    def between(self, start: date, end: date) -> int:
        """Return how many working days there are after `start` up to `end`, that day included."""
        return sum(1 for _ in takewhile(lambda day: day <= end, self.since(start + DAY)))


class DockCalendar(Struct, frozen=True):
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
    today = moment.astimezone(zone).date()
    in_time = (cutoff for cutoff in cutoffs(calendar, zone, today) if cutoff >= moment)
    return next(islice(in_time, calendar.handling_days, None)).astimezone(zone)


def cutoffs(calendar: DockCalendar, zone: ZoneInfo, day: date) -> Iterator[datetime]:
    """Yield the cut-offs of the working days from `day` on, in UTC."""
    found = (cutoff_on(calendar, day, zone) for day in calendar.workdays.since(day))
    return (cutoff for cutoff in found if cutoff)


def cutoff_on(calendar: DockCalendar, day: date, zone: ZoneInfo) -> datetime | None:
    """Return a day's cut-off; None if the clock there leaves the whole day out.

    Of a time that comes twice it is the first. A time that is left out is counted on the clock of
    before, as RFC 5545 (3.3.5) has it; on that of after, if it would fall on the next day.
    """
    for fold in (0, 1):
        # In UTC, since two times of one zone compare by their clock faces, whatever was turned.
        cutoff = datetime.combine(day, calendar.cutoff, zone).replace(fold=fold).astimezone(UTC)
        if cutoff.astimezone(zone).date() == day:
            return cutoff
    return None


def deliver_by(ship_day: date, transit_days: int, workdays: Workdays) -> date:
    """Return the day of arrival: so many working days after the day of shipping."""
    return workdays.after(ship_day, transit_days) if transit_days else workdays.first_from(ship_day)


def days_taken(ship_day: date, arrived: date, workdays: Workdays) -> int:
    """Return the transit days that a delivery took, in the unit that promises count in.

    What arrives on a day without work counts as if it came on the next working day: that is the
    promise that it would have kept. So `deliver_by` leads back to that day.
    """
    return workdays.between(ship_day, workdays.first_from(arrived))
