"""Working days of transit and handling: holidays, weekends, ends of years, days that are closed.

Weekdays and holidays are from printed calendars, the counting is by hand, noted where it is not
plain.
"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.network.calendar import (
    DockCalendar,
    NoWorkingDay,
    Workdays,
    days_taken,
    deliver_by,
    ship_by,
)

MONDAY_TO_FRIDAY = frozenset({1, 2, 3, 4, 5})
SUNDAY_TO_THURSDAY = frozenset({7, 1, 2, 3, 4})
SIX_DAYS, SEVEN_DAYS = frozenset(range(1, 7)), frozenset(range(1, 8))


def days(country=None, subdivision=None, week=MONDAY_TO_FRIDAY, closed_on=()):
    closed = frozenset(map(date.fromisoformat, closed_on))
    return Workdays(week, country, subdivision, closed)


# The day of shipping, days of transit, the carrier's days, the day of arrival.
ARRIVALS = {
    "the table's own: Wednesday and two business days": ("2026-08-26", 2, days(), "2026-08-28"),
    "over a weekend": ("2026-08-27", 2, days(), "2026-08-31"),
    "a carrier that works on Saturdays": ("2026-08-28", 1, days(week=SIX_DAYS), "2026-08-29"),
    "and not on Sundays": ("2026-08-28", 2, days(week=SIX_DAYS), "2026-08-31"),
    "one that never rests": ("2026-08-28", 2, days(week=SEVEN_DAYS), "2026-08-30"),
    "one that comes on Wednesdays": (
        *("2026-08-26", 2, days(week=frozenset({3}))),
        "2026-09-09",
    ),
    "the same day": ("2026-08-26", 0, days(), "2026-08-26"),
    "the same day, but it is Saturday": ("2026-08-29", 0, days(), "2026-08-31"),
    "the same day, but it is Thanksgiving": ("2026-11-26", 0, days("US"), "2026-11-27"),
    # Easter Sunday is 5 April 2026: Good Friday the 3rd, Easter Monday the 6th.
    "Easter in Germany": ("2026-04-02", 1, days("DE"), "2026-04-07"),
    "Easter in England": ("2026-04-02", 1, days("GB", "ENG"), "2026-04-07"),
    "Easter Monday is worked in Scotland": ("2026-04-02", 1, days("GB", "SCT"), "2026-04-06"),
    "Easter in New South Wales": ("2026-04-02", 1, days("AU", "NSW"), "2026-04-07"),
    "Easter Saturday is none in Tasmania": (
        *("2026-04-02", 1, days("AU", "TAS", week=SIX_DAYS)),
        "2026-04-04",
    ),
    "Easter Saturday is one in Victoria": (
        *("2026-04-02", 1, days("AU", "VIC", week=SIX_DAYS)),
        "2026-04-07",
    ),
    # Orthodox Easter is 12 April 2026.
    "Good Friday in Greece is a week later": ("2026-04-09", 1, days("GR"), "2026-04-14"),
    "a plain Friday in Germany": ("2026-04-09", 1, days("DE"), "2026-04-10"),
    "a leap day is worked": ("2028-02-28", 1, days(), "2028-02-29"),
    "and counts": ("2028-02-28", 2, days(), "2028-03-01"),
    "2100 has none": ("2100-02-26", 1, days(), "2100-03-01"),  # a Friday, a Monday
    "July 4 on a Saturday is observed on Friday": ("2026-07-02", 1, days("US"), "2026-07-06"),
    "and is itself no Saturday of work": (
        *("2026-07-02", 1, days("US", week=SIX_DAYS)),
        "2026-07-06",
    ),
    "July 4 on a Sunday is observed on Monday": ("2027-07-02", 1, days("US"), "2027-07-06"),
    "over New Year's Day, a Friday": ("2026-12-31", 1, days("US"), "2027-01-04"),
    # 1 January 2028 is a Saturday.
    "New Year's Day is observed in the old year": ("2027-12-30", 1, days("US"), "2028-01-03"),
    # 25 December 2027 is a Saturday: observed on Monday 27 and Tuesday 28 with Boxing Day.
    "two holidays observed after a weekend": ("2027-12-24", 1, days("GB", "ENG"), "2027-12-29"),
    "ten days over Christmas and New Year": (
        # 28 29 30 31 Dec, 4 5 6 7 8 Jan, then Monday 11.
        *("2026-12-24", 10, days("US")),
        "2027-01-11",
    ),
    # Corpus Christi, 60 days after Easter: Thursday 4 June 2026.
    "a holiday of Bavaria": ("2026-06-03", 1, days("DE", "BY"), "2026-06-05"),
    "is worked in Berlin": ("2026-06-03", 1, days("DE", "BE"), "2026-06-04"),
    "Tel Aviv works on Sundays": ("2026-08-27", 1, days(week=SUNDAY_TO_THURSDAY), "2026-08-30"),
    # Rosh Hashanah 5787: Saturday 12 and Sunday 13 September 2026.
    "Rosh Hashanah": (
        *("2026-09-10", 1, days("IL", week=SUNDAY_TO_THURSDAY)),
        "2026-09-14",
    ),
    # Yom Kippur: Monday 21 September 2026.
    "Yom Kippur": ("2026-09-20", 1, days("IL", week=SUNDAY_TO_THURSDAY), "2026-09-22"),
    # 2 and 3 December 2026: Wednesday and Thursday.
    "the National Day of the Emirates": ("2026-12-01", 1, days("AE"), "2026-12-04"),
    "the National Day of the Saudis": (
        *("2026-09-22", 1, days("SA", week=SUNDAY_TO_THURSDAY)),
        "2026-09-24",
    ),
    "no calendar is known, so Labor Day is worked": ("2026-09-04", 1, days("XX"), "2026-09-07"),
    "a carrier that is closed for days of its own": (
        *("2026-08-26", 1, days(closed_on=("2026-08-27", "2026-08-28"))),
        "2026-08-31",
    ),
}


@pytest.mark.parametrize("case", ARRIVALS.values(), ids=ARRIVALS)
def test_transit_is_counted_in_the_carriers_working_days(case):
    shipped, transit_days, workdays, expected = case
    assert deliver_by(date.fromisoformat(shipped), transit_days, workdays).isoformat() == expected


# Where an order of Wednesday 25 November 2026, 16:00 UTC, leaves: at noon, before the cut-off.
HANDLING = {
    "at once": (0, days("US"), "2026-11-25"),
    "a day, over Thanksgiving": (1, days("US"), "2026-11-27"),
    "two days, over the weekend too": (2, days("US"), "2026-11-30"),
    "nobody keeps Thanksgiving in Germany": (1, days("DE"), "2026-11-26"),
    "closed on the next days": (
        *(1, days(closed_on=("2026-11-26", "2026-11-27", "2026-11-30", "2026-12-01"))),
        "2026-12-02",
    ),
    "closed today": (0, days(closed_on=("2026-11-25",)), "2026-11-26"),
    "closed today, and a day of handling": (1, days(closed_on=("2026-11-25",)), "2026-11-27"),
    # 2 in November; in December 4, 5, 5, 4 (Christmas is Friday 25) and 4 of the weeks; 4 January.
    "25 days, into the new year": (25, days("US"), "2027-01-04"),
}


@pytest.mark.parametrize("case", HANDLING.values(), ids=HANDLING)
def test_handling_is_counted_in_the_facilitys_working_days(case):
    handling_days, workdays, expected = case
    at = DockCalendar("America/New_York", time(17), handling_days, workdays)
    assert ship_by(at, datetime(2026, 11, 25, 16, tzinfo=UTC)).date().isoformat() == expected


def test_a_facility_that_is_closed_for_years_has_its_day_all_the_same():
    wednesday = date(2026, 8, 26)
    closed = frozenset(wednesday + timedelta(weeks=number) for number in range(1_000))
    rare = Workdays(frozenset({3}), "US", None, closed)
    assert rare.first_from(wednesday) == wednesday + timedelta(weeks=1_000)


def test_days_off_that_never_end_are_a_clear_error():
    with pytest.raises(NoWorkingDay, match="no working day"):
        ship_by(DockCalendar("UTC", time(17), 0, Workdays(frozenset())), datetime.now(UTC))
    with pytest.raises(NoWorkingDay):
        deliver_by(date(2026, 8, 26), 1, Workdays(frozenset(), "US"))


# The day of shipping, the day of arrival, the carrier's days, the days that it took.
TAKEN = {
    "the next day": ("2026-08-26", "2026-08-27", days(), 1),
    "the same day": ("2026-08-26", "2026-08-26", days(), 0),
    "a weekend is not slowness": ("2026-08-28", "2026-08-31", days(), 1),
    "unless the carrier works on it": ("2026-08-28", "2026-08-31", days(week=SEVEN_DAYS), 3),
    "nor is a holiday": ("2026-09-04", "2026-09-08", days("US"), 1),
    "on a Saturday, which promises never are": ("2026-08-27", "2026-08-29", days(), 2),
    "before it left, by a clock that is wrong": ("2026-08-27", "2026-08-25", days(), 0),
    "shipped on a day off": ("2026-08-29", "2026-08-31", days(), 1),
}


@pytest.mark.parametrize("case", TAKEN.values(), ids=TAKEN)
def test_the_days_that_a_delivery_took_are_those_of_its_carrier(case):
    shipped, arrived, workdays, expected = case
    assert days_taken(*map(date.fromisoformat, (shipped, arrived)), workdays) == expected


DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
WEEKS = st.builds(
    Workdays,
    st.frozensets(st.integers(1, 7), min_size=1),
    st.sampled_from([None, "US", "DE", "IL", "XX"]),
)


@given(DAYS, st.integers(0, 30), WEEKS)
def test_more_transit_never_arrives_earlier_and_never_on_a_day_off(shipped, transit_days, workdays):
    arrival = deliver_by(shipped, transit_days, workdays)
    assert shipped <= arrival <= deliver_by(shipped, transit_days + 1, workdays)
    assert workdays.includes(arrival)


@given(DAYS, st.integers(0, 60), WEEKS)
def test_what_a_delivery_took_would_have_promised_its_day(shipped, elapsed, workdays):
    arrived = shipped + timedelta(days=elapsed)
    taken = days_taken(shipped, arrived, workdays)
    assert deliver_by(shipped, taken, workdays) == workdays.first_from(arrived)
