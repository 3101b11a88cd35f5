from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from fulfillment.network.calendar import DockCalendar, Workdays, deliver_by, ship_by

NEW_YORK = ZoneInfo("America/New_York")
WEEK = frozenset({1, 2, 3, 4, 5})
PLAIN = Workdays(WEEK)
US = Workdays(WEEK, "US")


def dock(workdays=PLAIN, handling_days=0, timezone="America/New_York", cutoff=time(17)):
    return DockCalendar(timezone, cutoff, handling_days, workdays)


def promise(calendar, moment, transit_days=2, workdays=PLAIN):
    return deliver_by(ship_by(calendar, moment).date(), transit_days, workdays)


def test_an_order_after_the_cutoff_loses_a_day():
    placed = datetime(2026, 8, 26, 20, tzinfo=NEW_YORK)
    assert ship_by(dock(), placed) == datetime(2026, 8, 27, 17, tzinfo=NEW_YORK)
    assert promise(dock(), placed) == date(2026, 8, 31)


def test_an_order_before_the_cutoff_leaves_the_same_day():
    placed = datetime(2026, 8, 26, 16, 45, tzinfo=NEW_YORK)
    assert promise(dock(), placed) == date(2026, 8, 28)


@pytest.mark.parametrize(("minute", "day"), [(0, 26), (1, 27)])
def test_the_cutoff_itself_still_counts(minute, day):
    placed = datetime(2026, 8, 26, 17, minute, tzinfo=NEW_YORK)
    assert ship_by(dock(), placed).date() == date(2026, 8, day)


def test_the_cutoff_is_the_facilitys_own_whatever_zone_the_server_is_in():
    placed = datetime(2026, 8, 26, 20, 45, tzinfo=UTC)  # 16:45 in New York
    assert ship_by(dock(), placed).date() == date(2026, 8, 26)
    assert ship_by(dock(timezone="Europe/Berlin"), placed).date() == date(2026, 8, 27)


def test_a_holiday_at_the_origin_is_no_day_of_shipping_or_handling():
    before_labor_day = datetime(2026, 9, 4, 18, tzinfo=NEW_YORK)  # Friday, past the cut-off
    assert ship_by(dock(US), before_labor_day).date() == date(2026, 9, 8)
    assert ship_by(dock(PLAIN), before_labor_day).date() == date(2026, 9, 7)
    assert ship_by(dock(US, handling_days=1), before_labor_day).date() == date(2026, 9, 9)


def test_a_holiday_at_the_destination_is_no_day_of_transit():
    assert deliver_by(date(2026, 9, 4), 1, US) == date(2026, 9, 8)
    assert deliver_by(date(2026, 9, 4), 1, PLAIN) == date(2026, 9, 7)


def test_a_day_that_a_facility_is_closed_on_is_skipped():
    closed = Workdays(WEEK, closed_on=frozenset({date(2026, 8, 27)}))
    placed = datetime(2026, 8, 26, 20, tzinfo=NEW_YORK)
    assert ship_by(dock(closed), placed).date() == date(2026, 8, 28)


def test_the_cutoff_moves_with_daylight_saving():
    winter = ship_by(dock(), datetime(2026, 3, 6, 12, tzinfo=NEW_YORK))
    summer = ship_by(dock(), datetime(2026, 3, 9, 12, tzinfo=NEW_YORK))
    assert (winter.astimezone(UTC).hour, summer.astimezone(UTC).hour) == (22, 21)


def test_in_the_hour_that_comes_twice_the_first_cutoff_counts():
    every_day = dock(Workdays(frozenset(range(1, 8))), cutoff=time(1, 30))
    first = datetime(2026, 11, 1, 5, 15, tzinfo=UTC)  # 01:15, still summer time
    second = datetime(2026, 11, 1, 6, 15, tzinfo=UTC)  # 01:15 again
    assert ship_by(every_day, first).date() == date(2026, 11, 1)
    assert ship_by(every_day, second).date() == date(2026, 11, 2)


def test_a_cutoff_in_the_hour_that_never_comes_is_still_a_moment():
    every_day = dock(Workdays(frozenset(range(1, 8))), cutoff=time(2, 30))
    leave = ship_by(every_day, datetime(2026, 3, 8, 5, 30, tzinfo=UTC))
    assert leave.astimezone(UTC) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_an_arrival_without_transit_waits_for_a_working_day():
    assert deliver_by(date(2026, 8, 29), 0, PLAIN) == date(2026, 8, 31)
