from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from fulfillment.platform.jobs.hours import Hours, closest

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def hours(expression, jitter=0, since=NOON - DAY, timezone="UTC", salt="wave"):
    return Hours(expression, timezone, jitter, since, salt)


def all_due(schedule, start, end):
    found = []
    while (start := schedule.next_due(start)) <= end:
        found.append(start)
    return found


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        (NOON, NOON),
        (NOON - timedelta(microseconds=1), None),
        (NOON + timedelta(minutes=10), NOON),
        (NOON + timedelta(minutes=10, microseconds=1), None),
    ],
)
def test_a_run_may_be_late_by_the_grace_and_no_more(now, moment):
    assert hours("0 12 * * *").latest_moment(now) == moment


def test_missed_moments_are_made_up_for_by_the_latest():
    assert hours("* * * * *").latest_moment(NOON + timedelta(seconds=59)) == NOON


def test_what_was_missed_before_the_hours_were_set_was_not_missed():
    set_since = hours("0 12 * * *", since=NOON + timedelta(minutes=5))
    assert set_since.latest_moment(NOON + timedelta(minutes=6)) is None
    assert set_since.first_wake(NOON + timedelta(minutes=6)) == NOON + DAY


def test_a_scheduler_that_starts_is_woken_at_once_for_what_was_just_missed():
    assert hours("0 12 * * *").first_wake(NOON + timedelta(minutes=6)) == NOON
    assert hours("0 12 * * *").first_wake(NOON + timedelta(minutes=11)) == NOON + DAY


def test_jitter_delays_each_run_by_less_than_its_bound_and_differently():
    late = hours("*/15 * * * *", jitter=300)
    delays = [due - NOON - n * timedelta(minutes=15) for n, due in enumerate(days_of(late), 1)]
    assert min(delays) >= timedelta(0)
    assert max(delays) < timedelta(seconds=300)
    assert len(set(delays)) == len(delays) == 96
    # Drawn evenly: a tenth of the bound is missed by neither end.
    assert min(delays) < timedelta(seconds=30)
    assert max(delays) > timedelta(seconds=270)


def days_of(schedule):
    return all_due(schedule, NOON + timedelta(minutes=14), NOON + DAY + timedelta(minutes=5))


def test_every_scheduler_draws_the_same_delay_and_every_schedule_its_own():
    first, again = hours("0 * * * *", jitter=600), hours("0 * * * *", jitter=600)
    other = hours("0 * * * *", jitter=600, salt="outlook")
    assert days_of(first) == days_of(again)
    assert not set(days_of(first)) & set(days_of(other))


def test_a_moment_is_due_only_when_its_delay_is_over():
    late = hours("0 12 * * *", jitter=900)
    due = late.due(NOON)
    assert late.latest_moment(due - timedelta(microseconds=1)) is None
    assert late.latest_moment(due) == NOON
    assert late.latest_moment(due + timedelta(minutes=10)) == NOON
    assert late.latest_moment(due + timedelta(minutes=10, seconds=1)) is None


def test_a_job_in_the_hour_that_clocks_repeat_is_due_once():
    berlin = hours("30 2 * * *", since=datetime(2026, 10, 1, tzinfo=UTC), timezone="Europe/Berlin")
    midnight = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    moments = {berlin.latest_moment(midnight + timedelta(minutes=n)) for n in range(24 * 60)}
    assert moments == {None, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)}


def test_a_job_in_the_hour_that_clocks_skip_is_due_once():
    new_york = hours(
        "30 2 * * *", since=datetime(2026, 3, 1, tzinfo=UTC), timezone="America/New_York"
    )
    midnight = datetime(2026, 3, 8, 5, 0, tzinfo=UTC)
    moments = {new_york.latest_moment(midnight + timedelta(minutes=n)) for n in range(23 * 60)}
    assert moments == {None, datetime(2026, 3, 8, 7, 0, tzinfo=UTC)}


def test_runs_come_in_order_where_the_jitter_is_shorter_than_the_time_between_them():
    tight = hours("* * * * *", jitter=59)
    found = all_due(tight, NOON, NOON + timedelta(hours=2))
    assert len(found) in (119, 120, 121)
    assert all(sooner < later for sooner, later in pairwise(found))


@pytest.mark.parametrize(
    ("expression", "seconds"), [("* * * * *", 60), ("0,20 3 * * *", 1200), ("0 3 * * *", 86400)]
)
def test_the_shortest_time_between_two_runs_is_found(expression, seconds):
    assert closest(hours(expression).cron, NOON) == timedelta(seconds=seconds)
