"""Hours as crontab(5) writes them, in a time zone whose clocks are put forward and back.

APScheduler reads the fields and knows the calendar. It walks along a calendar without clock
changes here, since across one its own triggers run a job twice, never, or without end.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct

from fulfillment.platform.later import Later

if TYPE_CHECKING:
    from apscheduler.triggers import cron as apscheduler
    from apscheduler.triggers.cron import CronTrigger
else:
    apscheduler = Later("apscheduler.triggers.cron")

FIELDS = ("minute", "hour", "day", "month", "day_of_week")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
DAY = f"([0-7]|{'|'.join(WEEKDAYS)})"
DAYS = re.compile(rf"{DAY}(?:-{DAY}(?:/([1-7]))?)?")
EVERY_HOUR = {"*", "*/1", "0-23"}
MINUTE, INSTANT = timedelta(minutes=1), timedelta(microseconds=1)
# Whoever has not come by then never does: the 30th of February.
END_OF_TIME = datetime(2200, 1, 1, tzinfo=UTC)


class BadCron(ValueError):
    """An expression that cannot be read, or whose time never comes."""


class Cron(Struct, frozen=True, dict=True):
    """When a job runs: an expression, read by the clocks of a time zone.

    Where it names hours, a time that the clocks skip is kept at the moment when they skip it,
    and one that they show twice the first time only. Where it says every hour, real time counts:
    nothing is made up for, and both of the two hours are worked.
    """

    expression: str
    timezone: str

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def triggers(self) -> "Sequence[CronTrigger]":
        return triggers_of(self.expression)

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first time of the job after `moment`, in UTC."""
        if self.expression.split()[1] in EVERY_HOUR:
            return self.next_in_real_time(moment)
        wall = self.wall(moment)
        while found := self.next_wall(wall):
            reached = self.first_showing(found)
            if reached > moment:
                return reached
            wall = found
        return None

    def next_in_real_time(self, moment: datetime) -> datetime | None:
        wall = self.wall(moment)
        found = self.next_wall(wall)
        if found is None:
            return None
        meant = (moment + (found - wall)).astimezone(UTC)
        if self.offset(meant) == self.offset(moment):
            return meant
        # The clocks change on the way: go on from there.
        change = self.change_between(moment, meant)
        wall = self.wall(change)
        return change if self.next_wall(wall - INSTANT) == wall else self.next_after(change)

    def next_wall(self, wall: datetime) -> datetime | None:
        """Return what the clock on the wall shows next, after `wall`, that the expression means."""
        after = (wall + INSTANT).replace(tzinfo=UTC)
        found = [trigger.get_next_fire_time(None, after) for trigger in self.triggers]
        return min((time.replace(tzinfo=None) for time in found if time), default=None)

    def first_showing(self, wall: datetime) -> datetime:
        """Return the first moment at which the clock shows `wall`, or has skipped it."""
        first, second = (
            wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1)
        )
        if first <= second:
            return first
        # Skipped: by the offset of after it is too early, by that of before too late.
        return self.change_between(second, first)

    def change_between(self, before: datetime, after: datetime) -> datetime:
        """Return the minute of a clock change between two moments of different offsets."""
        start = before.astimezone(UTC).replace(second=0, microsecond=0)
        minutes = range((after - start) // MINUTE + 1)
        old = self.offset(before)
        number = bisect_left(minutes, True, key=lambda n: self.offset(start + n * MINUTE) != old)
        return start + number * MINUTE

    def wall(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def offset(self, moment: datetime) -> timedelta | None:
        return moment.astimezone(self.zone).utcoffset()


def read(expression: str, timezone: str = "UTC") -> Cron:
    """Return the hours of an expression of five fields.

    Raises:
        BadCron: it cannot be read, or its time never comes.
    """
    if not is_zone(timezone):
        raise BadCron(f"There is no time zone {timezone}.")
    cron = Cron(expression, timezone)
    try:
        comes = cron.next_wall(datetime.now(UTC).replace(tzinfo=None))
    except ValueError as error:
        raise BadCron(f"Is no cron expression: {error}.") from error
    if comes is None:
        raise BadCron("Its time never comes.")
    return cron


def is_zone(name: str) -> bool:
    """Tell whether there is an IANA time zone of this name."""
    return name == "UTC" or name in zones()  # to list them all takes a while


@cache
def zones() -> frozenset[str]:
    return frozenset(available_timezones())


def triggers_of(expression: str) -> "Sequence[CronTrigger]":
    """Return what fires at the times of an expression, one or the other of at most two."""
    given = dict(zip(FIELDS, expression.split(), strict=False))
    if len(expression.split()) != len(FIELDS):
        raise ValueError(f"it has {len(expression.split())} fields and not {len(FIELDS)}")
    given["day_of_week"] = weekdays(given["day_of_week"])
    # As crontab(5) says: where both kinds of days are named, either is meant.
    either = [name for name in ("day", "day_of_week") if not given[name].startswith("*")]
    if len(either) < 2:
        return [apscheduler.CronTrigger(**given, timezone=UTC, end_date=END_OF_TIME)]
    return [
        apscheduler.CronTrigger(**{**given, left_out: "*"}, timezone=UTC, end_date=END_OF_TIME)
        for left_out in either
    ]


def weekdays(field: str) -> str:
    """Return a field of weekdays by their names: crontab's Sunday is 0 or 7, APScheduler's 6."""
    if field == "*":
        return field
    parts = field.lower().replace("*", "0-6").split(",")
    return ",".join(sorted({WEEKDAYS[day % 7] for part in parts for day in days_of(part)}))


def days_of(part: str) -> range:
    found = DAYS.fullmatch(part)
    if found is None:
        raise ValueError(f'Unrecognized expression "{part}" for field "day_of_week"')
    first, last, step = found.groups()
    start = day_number(first)
    end = day_number(last) if last else start
    return range(start, end + (7 if end < start else 0) + 1, int(step or 1))


def day_number(day: str) -> int:
    return int(day) if day.isdigit() else WEEKDAYS.index(day)
