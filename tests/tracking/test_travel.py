"""A shipment on its calendars: days taken, over, allowed, and when its promise is due."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from fulfillment.network.calendar import Workdays
from fulfillment.tracking.travel import Travel

MONDAY_TO_FRIDAY = Workdays(frozenset(range(1, 6)), "US")
# Left Los Angeles on Friday 14 August 2026, 22:00; it is Saturday in New York already.
FRIDAY_NIGHT = datetime(2026, 8, 15, 5, tzinfo=UTC)


def travel(promised="2026-08-19", planned="2026-08-14"):
    zones = ZoneInfo("America/Los_Angeles"), ZoneInfo("America/New_York")
    return Travel(*zones, MONDAY_TO_FRIDAY, *map(date.fromisoformat, (promised, planned)))


def there(day, hour=12):
    return datetime(2026, 8, day, hour, tzinfo=ZoneInfo("America/New_York"))


def test_days_are_counted_from_the_facilitys_day_to_the_destinations():
    assert travel().day_left(FRIDAY_NIGHT) == date(2026, 8, 14)
    assert travel().taken(FRIDAY_NIGHT, there(17, 0)) == 1
    assert travel().taken(FRIDAY_NIGHT, there(18, 0)) == 2


@pytest.mark.parametrize(
    ("day", "over"),
    # Saturday and Sunday: it might have come on the Friday. Monday is over on Tuesday.
    [(15, 0), (16, 0), (17, 0), (18, 1), (19, 2)],
)
def test_a_day_is_over_when_the_next_one_begins(day, over):
    assert travel().over(FRIDAY_NIGHT, there(day)) == over


def test_on_the_day_that_it_left_no_day_is_over():
    assert travel().over(FRIDAY_NIGHT, FRIDAY_NIGHT) == 0  # Saturday where it goes
    noon = datetime(2026, 8, 14, 19, tzinfo=UTC)
    assert travel().over(noon, noon) == -1


def test_it_keeps_its_promise_in_the_days_up_to_the_promised_one():
    assert travel().allowed(FRIDAY_NIGHT) == 3  # Monday, Tuesday, Wednesday
    assert travel().allowed(there(18)) == 1
    assert travel().allowed(there(19)) == 0
    assert travel().allowed(there(20)) == -1


def test_what_leaves_late_comes_as_many_days_later_as_were_promised():
    assert travel().as_promised(FRIDAY_NIGHT) == date(2026, 8, 19)
    assert travel().as_promised(there(18)) == date(2026, 8, 21)


def test_a_promise_is_due_at_the_end_of_its_day_where_it_goes():
    assert travel().due_at == datetime(2026, 8, 20, 4, tzinfo=UTC)
