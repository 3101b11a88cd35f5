"""Cut-offs where clocks are turned, at the edges of days, and beyond the date line.

Expected moments are worked out by hand from the offsets noted beside them.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.network.calendar import DockCalendar, Workdays, ship_by

EVERY_DAY, WEEK = Workdays(frozenset(range(1, 8))), Workdays(frozenset(range(1, 6)))
TICK = timedelta(microseconds=1)

NEW_YORK, LONDON, SYDNEY = "America/New_York", "Europe/London", "Australia/Sydney"
LORD_HOWE, NUUK, BEIRUT = "Australia/Lord_Howe", "America/Nuuk", "Asia/Beirut"


def dock(timezone, cutoff, workdays=EVERY_DAY, handling_days=0):
    return DockCalendar(timezone, time.fromisoformat(cutoff), handling_days, workdays)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# zone, cut-off, a moment that is in time for it, the moment of that cut-off, the one of the next.
CLOCKS = {
    # EST is -5, EDT -4; 02:00 EST on March 8 is 03:00 EDT.
    "a spring day in New York has 23 hours": (
        *(NEW_YORK, "17:00", "2026-03-07 21:00"),
        *("2026-03-07 22:00", "2026-03-08 21:00"),
    ),
    # 02:30 on the clock of before: 02:30 + 5:00. The next day: 02:30 + 4:00.
    "New York leaves out the hour of the cut-off": (
        *(NEW_YORK, "02:30", "2026-03-08 06:59:59"),
        *("2026-03-08 07:30", "2026-03-09 06:30"),
    ),
    # 03:15 EDT is 02:15 on the clock of before.
    "New York leaves out the hour, and the order comes behind it": (
        *(NEW_YORK, "02:30", "2026-03-08 07:15"),
        *("2026-03-08 07:30", "2026-03-09 06:30"),
    ),
    # 02:00 EDT on November 1 is 01:00 EST: 01:30 comes first at 01:30 + 4:00.
    "New York has the hour of the cut-off twice": (
        *(NEW_YORK, "01:30", "2026-11-01 05:15"),
        *("2026-11-01 05:30", "2026-11-02 06:30"),
    ),
    "an autumn day in New York has 25 hours": (
        *(NEW_YORK, "17:00", "2026-10-31 20:59"),
        *("2026-10-31 21:00", "2026-11-01 22:00"),
    ),
    # March 8 to 28: New York is on summer time, London is not.
    "London in the weeks when only New York is ahead": (
        *(LONDON, "17:00", "2026-03-16 16:30"),
        *("2026-03-16 17:00", "2026-03-17 17:00"),
    ),
    "New York in those weeks": (
        *(NEW_YORK, "17:00", "2026-03-16 20:30"),
        *("2026-03-16 21:00", "2026-03-17 21:00"),
    ),
    "London after its own change": (
        *(LONDON, "17:00", "2026-03-28 17:00"),
        *("2026-03-28 17:00", "2026-03-29 16:00"),
    ),
    "London is back before New York": (
        *(LONDON, "17:00", "2026-10-24 15:00"),
        *("2026-10-24 16:00", "2026-10-25 17:00"),
    ),
    # AEDT is +11, AEST +10; 03:00 AEDT on April 5 is 02:00 AEST.
    "Sydney has the hour twice in April": (
        *(SYDNEY, "02:30", "2026-04-04 15:15"),
        *("2026-04-04 15:30", "2026-04-05 16:30"),
    ),
    # 02:00 AEST on October 4 is 03:00 AEDT: 02:30 - 10:00, then 02:30 - 11:00.
    "Sydney leaves out the hour in October": (
        *(SYDNEY, "02:30", "2026-10-03 16:10"),
        *("2026-10-03 16:30", "2026-10-04 15:30"),
    ),
    # +11 in summer, +10:30 in winter; 02:00 on April 5 is 01:30.
    "Lord Howe has half an hour twice": (
        *(LORD_HOWE, "01:45", "2026-04-04 14:40"),
        *("2026-04-04 14:45", "2026-04-05 15:15"),
    ),
    "Lord Howe leaves out half an hour": (
        *(LORD_HOWE, "02:15", "2026-10-03 15:40"),
        *("2026-10-03 15:45", "2026-10-04 15:15"),
    ),
    # -2, then -1; 23:00 on Saturday March 28 is 00:00 on Sunday: on the clock of after, 23:30 is
    # 22:30 of before, and still Saturday.
    "Nuuk leaves out the last hour of a day": (
        *(NUUK, "23:30", "2026-03-28 20:00"),
        *("2026-03-29 00:30", "2026-03-30 00:30"),
    ),
    # +2, then +3; 00:00 on March 29 is 01:00.
    "Beirut leaves out the midnight of the cut-off": (
        *(BEIRUT, "00:00", "2026-03-28 21:00"),
        *("2026-03-28 22:00", "2026-03-29 21:00"),
    ),
    "at midnight a day's orders are those of the day before": (
        *(NEW_YORK, "00:00", "2026-08-26 04:00"),
        *("2026-08-26 04:00", "2026-08-27 04:00"),
    ),
    "the last second of the day": (
        *(NEW_YORK, "23:59:59", "2026-08-27 03:59:59"),
        *("2026-08-27 03:59:59", "2026-08-28 03:59:59"),
    ),
    # -10 all year: 17:00 is 03:00 of the server's next day.
    "Honolulu is a day behind the server": (
        *("Pacific/Honolulu", "17:00", "2026-08-27 02:59"),
        *("2026-08-27 03:00", "2026-08-28 03:00"),
    ),
    # +14: 17:00 is 03:00 of the server's same day.
    "Kiritimati is a day ahead": (
        *("Pacific/Kiritimati", "17:00", "2026-08-25 10:01"),
        *("2026-08-26 03:00", "2026-08-27 03:00"),
    ),
    # +13, without summer time since 2021.
    "Apia": (
        *("Pacific/Apia", "17:00", "2026-08-27 04:00"),
        *("2026-08-27 04:00", "2026-08-28 04:00"),
    ),
    # +12:45 in winter, +13:45 in summer.
    "Chatham in winter": (
        *("Pacific/Chatham", "17:00", "2026-08-26 04:15"),
        *("2026-08-26 04:15", "2026-08-27 04:15"),
    ),
    "Chatham in summer": (
        *("Pacific/Chatham", "17:00", "2027-01-13 03:00"),
        *("2027-01-13 03:15", "2027-01-14 03:15"),
    ),
    "a fixed offset has no summer": (
        *("Etc/GMT+5", "17:00", "2026-07-15 21:30"),
        *("2026-07-15 22:00", "2026-07-16 22:00"),
    ),
    # Winter time is the deviation there in the time zone's rules, and summer the standard.
    "Dublin": (
        *("Europe/Dublin", "17:00", "2026-10-24 15:00"),
        *("2026-10-24 16:00", "2026-10-25 17:00"),
    ),
}


@pytest.mark.parametrize("case", CLOCKS.values(), ids=CLOCKS)
def test_a_cutoff_by_the_facilitys_own_clock(case):
    zone, cutoff, placed, expected, following = case
    at = dock(zone, cutoff)
    leave = ship_by(at, utc(placed))
    assert leave.astimezone(UTC) == utc(expected)
    assert ship_by(at, leave) == leave, "the cut-off itself still counts"
    assert ship_by(at, leave.astimezone(UTC) + TICK).astimezone(UTC) == utc(following)


def test_an_order_in_the_second_of_two_like_hours_is_too_late():
    # 01:15 EST, after 01:30 EDT.
    leave = ship_by(dock(NEW_YORK, "01:30"), utc("2026-11-01 06:15"))
    assert leave.astimezone(UTC) == utc("2026-11-02 06:30")


def test_a_moment_told_by_a_clock_that_was_turned_back_is_the_moment_it_was():
    placed = datetime(2026, 11, 1, 1, 15, fold=1, tzinfo=ZoneInfo(NEW_YORK))
    assert ship_by(dock(NEW_YORK, "01:30"), placed).date() == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("zone", "placed", "day"),
    [
        # Saturday for the server; Friday 16:00 at the dock.
        ("Pacific/Honolulu", "2026-08-29 02:00", date(2026, 8, 28)),
        # Friday for the server; Saturday 00:30 at the dock.
        ("Pacific/Kiritimati", "2026-08-28 10:30", date(2026, 8, 31)),
    ],
)
def test_the_day_of_the_week_is_the_facilitys_own(zone, placed, day):
    assert ship_by(dock(zone, "17:00", WEEK), utc(placed)).date() == day


def test_a_day_that_the_calendar_left_out_is_no_day_of_shipping_or_handling():
    # Samoa went from Thursday 29 December 2011, 24:00 (-10), to Saturday the 31st, 00:00 (+14).
    thursday_evening = utc("2011-12-30 04:00")  # 18:00, after the cut-off
    leave = ship_by(dock("Pacific/Apia", "17:00"), thursday_evening)
    assert leave.isoformat() == "2011-12-31T17:00:00+14:00"
    week = dock("Pacific/Apia", "17:00", WEEK)
    assert ship_by(week, thursday_evening).date() == date(2012, 1, 2)
    handled = dock("Pacific/Apia", "17:00", handling_days=1)
    assert ship_by(handled, utc("2011-12-30 02:00")).date() == date(2011, 12, 31)


ZONES = st.sampled_from(
    [NEW_YORK, LONDON, SYDNEY, LORD_HOWE, NUUK, BEIRUT, "Pacific/Chatham", "Africa/Casablanca"]
)
# All around the clock changes of either hemisphere.
MOMENTS = st.builds(
    lambda day, seconds: utc(day) + timedelta(seconds=seconds),
    st.sampled_from(["2026-03-07", "2026-03-27", "2026-04-03", "2026-10-02", "2026-10-31"]),
    st.integers(0, 4 * 86_400),
)
WEEKS = st.frozensets(st.integers(1, 7), min_size=1).map(lambda days: Workdays(days, "US"))


@given(ZONES, st.times(), WEEKS, st.integers(0, 5), MOMENTS, MOMENTS)
def test_who_orders_later_is_promised_no_earlier_and_never_a_day_off(
    zone, cutoff, week, handling_days, one, other
):
    at = DockCalendar(zone, cutoff, handling_days, week)
    first, second = (ship_by(at, moment) for moment in sorted((one, other)))
    assert first.astimezone(UTC) <= second.astimezone(UTC)
    assert min(one, other) <= first
    assert week.includes(first.date())
    assert week.includes(second.date())


@given(ZONES, st.times(), WEEKS, st.integers(0, 5), MOMENTS)
def test_a_handling_day_is_one_more_working_day(zone, cutoff, week, handling_days, moment):
    sooner = ship_by(DockCalendar(zone, cutoff, handling_days, week), moment).date()
    later = ship_by(DockCalendar(zone, cutoff, handling_days + 1, week), moment).date()
    assert later == week.after(sooner, 1)
