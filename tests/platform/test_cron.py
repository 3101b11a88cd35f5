from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from fulfillment.platform import cron
from fulfillment.platform.cron import BadCron

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
# By offsets of an hour, of half an hour, at midnight, and a whole day at once.
CHANGES = [
    (BERLIN, datetime(2026, 3, 29)),
    (BERLIN, datetime(2026, 10, 25)),
    (NEW_YORK, datetime(2026, 3, 8)),
    (NEW_YORK, datetime(2026, 11, 1)),
    (LORD_HOWE, datetime(2026, 4, 5)),
    (LORD_HOWE, datetime(2026, 10, 4)),
    ("America/Havana", datetime(2026, 3, 8)),
    ("America/Havana", datetime(2026, 11, 1)),
    ("Pacific/Apia", datetime(2011, 12, 30)),
]


def times(expression, timezone, first_day, days):
    """Return the local times of so many days, with their offsets."""
    zone, hours = ZoneInfo(timezone), cron.read(expression, timezone)
    moment = first_day.replace(tzinfo=zone).astimezone(UTC) - timedelta(microseconds=1)
    end = (first_day + timedelta(days=days)).replace(tzinfo=zone)
    found = []
    while (moment := hours.next_after(moment)) < end:
        found.append(moment.astimezone(zone).isoformat(" ", "minutes"))
    return found


def by_looking(expression, timezone, first_day, days):
    """Return the same by looking at the clock every minute: what it shows, or has skipped."""
    zone, trigger = ZoneInfo(timezone), CronTrigger.from_crontab(expression, UTC)
    moment = first_day.replace(tzinfo=zone).astimezone(UTC)
    end = (first_day + timedelta(days=days)).replace(tzinfo=zone)
    latest = moment.astimezone(zone).replace(tzinfo=None) - timedelta(minutes=1)
    found = []
    while moment < end:
        shown = moment.astimezone(zone).replace(tzinfo=None)
        after = (latest + timedelta(microseconds=1)).replace(tzinfo=UTC)
        if shown > latest and trigger.get_next_fire_time(None, after).replace(tzinfo=None) <= shown:
            found.append(moment.astimezone(zone).isoformat(" ", "minutes"))
        latest, moment = max(latest, shown), moment + timedelta(minutes=1)
    return found


def test_on_the_day_when_clocks_go_forward_a_job_in_the_skipped_hour_runs_once():
    assert times("30 2 * * *", BERLIN, datetime(2026, 3, 28), 3) == [
        "2026-03-28 02:30+01:00",
        "2026-03-29 03:00+02:00",
        "2026-03-30 02:30+02:00",
    ]
    assert times("30 2 * * *", NEW_YORK, datetime(2026, 3, 7), 3) == [
        "2026-03-07 02:30-05:00",
        "2026-03-08 03:00-04:00",
        "2026-03-09 02:30-04:00",
    ]


def test_on_the_day_when_clocks_go_back_a_job_in_the_repeated_hour_runs_once():
    assert times("30 2 * * *", BERLIN, datetime(2026, 10, 24), 3) == [
        "2026-10-24 02:30+02:00",
        "2026-10-25 02:30+02:00",
        "2026-10-26 02:30+01:00",
    ]
    assert times("30 1 * * *", NEW_YORK, datetime(2026, 10, 31), 3) == [
        "2026-10-31 01:30-04:00",
        "2026-11-01 01:30-04:00",
        "2026-11-02 01:30-05:00",
    ]


def test_a_midnight_that_the_clocks_skip_is_kept_at_one():
    assert times("0 0 * * *", "America/Havana", datetime(2026, 3, 7), 3) == [
        "2026-03-07 00:00-05:00",
        "2026-03-08 01:00-04:00",
        "2026-03-09 00:00-04:00",
    ]


@pytest.mark.parametrize(("timezone", "day"), CHANGES)
def test_a_job_of_every_quarter_of_an_hour_runs_so_in_real_time(timezone, day):
    hours = cron.read("*/15 * * * *", timezone)
    moment = (day - timedelta(days=1)).replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
    moments = [moment := hours.next_after(moment) for _ in range(4 * 72)]
    assert {later - sooner for sooner, later in pairwise(moments)} == {timedelta(minutes=15)}


@pytest.mark.parametrize(("timezone", "day"), CHANGES)
@pytest.mark.parametrize(
    "expression", ["30 1,2 * * *", "0 */2 * * *", "0,30 0-3 * * *", "5 0 1 * *"]
)
def test_named_hours_are_those_at_which_the_clock_first_shows_or_skips_them(
    expression, timezone, day
):
    asked = expression, timezone, day - timedelta(days=1), 3
    assert times(*asked) == by_looking(*asked)


@pytest.mark.parametrize(
    ("expression", "timezone", "day", "theirs", "ours"),
    [
        (
            "30 2 * * *",
            BERLIN,
            datetime(2026, 10, 24, 12),
            "25T00:30 25T01:30",
            "25T00:30 26T01:30",
        ),
        ("0 0 * * *", "America/Havana", datetime(2026, 3, 7, 12), "09T04:00", "08T05:00"),
        ("0 * * * *", BERLIN, datetime(2026, 10, 25), "24T23:00 25T00:00 25T01:00 25T01:00", None),
    ],
    ids=["twice", "never", "without end"],
)
def test_apscheduler_itself_does_otherwise(expression, timezone, day, theirs, ours):
    """If this fails, a later version of it does right, and most of our module can go."""
    zone = ZoneInfo(timezone)
    trigger, hours = CronTrigger.from_crontab(expression, zone), cron.read(expression, timezone)
    instant, start = timedelta(microseconds=1), day.replace(tzinfo=zone)
    for next_after, told in (
        (lambda moment: trigger.get_next_fire_time(moment, moment + instant), theirs),
        (hours.next_after, ours or "24T23:00 25T00:00 25T01:00 25T02:00"),
    ):
        moment = start
        for time in told.split():
            moment = next_after(moment)
            assert f"{moment.astimezone(UTC):%dT%H:%M}" == time


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("0", {6}),
        ("7", {6}),
        ("1-5", {0, 1, 2, 3, 4}),
        ("fri-mon", {4, 5, 6, 0}),
        ("5-7", {4, 5, 6}),
        ("*/2", {6, 1, 3, 5}),
        ("MON,3", {0, 2}),
    ],
)
def test_weekdays_are_counted_as_crontab_does(field, days):
    assert {
        datetime.fromisoformat(time).weekday()
        for time in times(f"0 9 * * {field}", "UTC", datetime(2026, 6, 1), 14)
    } == days


def test_where_days_of_month_and_week_are_named_either_is_meant():
    found = times("0 9 1,15 * fri", "UTC", datetime(2026, 6, 1), 16)
    assert [time[8:10] for time in found] == ["01", "05", "12", "15"]


def test_the_last_day_of_february_comes_in_leap_years():
    hours = cron.read("0 0 29 2 *")
    assert hours.next_after(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2028, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", "0 fields and not 5"),
        ("0 0 * *", "4 fields"),
        ("0 0 0 * * *", "6 fields"),
        ("every night * * *", "night"),
        ("60 * * * *", "60"),
        ("* * * * 8", "day_of_week"),
        ("* * * * xyz", "xyz"),
        ("* * * * 1-5/0", "day_of_week"),
        ("*/0 * * * *", "minute|step|increment|higher"),
        ("0 0 30 2 *", "never comes"),
        ("0 0 31 4,6,9,11 *", "never comes"),
    ],
)
def test_what_cannot_be_read_or_never_comes_is_refused(expression, words):
    with pytest.raises(BadCron, match=words):
        cron.read(expression)


@pytest.mark.parametrize("name", ["", "Berlin", "../UTC", "Mars/Olympus"])
def test_a_time_zone_that_there_is_not_is_refused(name):
    with pytest.raises(BadCron, match="no time zone"):
        cron.read("* * * * *", name)
