"""Promises over HTTP, with the clock set: the days of the facility, its carrier and the customer.

Expected days are counted by hand, noted where they are not plain.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

HERE = {"lat": 30.9, "lng": -90.0}
DALLAS = {"timezone": "America/Chicago", "holidays": {"country": "US", "subdivision": None}}


def put(world, path, body):
    return world.client.put(f"/v1/{path}", json=body, headers=world.headers)


def furnish(world, facility, carrier, transit_days):
    place = HERE | {"cutoff": "17:00", "handling_days": 0} | facility
    assert put(world, "facilities/W1", place).status_code == 201
    assert put(world, "carriers/C1", carrier).status_code == 201
    rate = {"service": "S", "max_weight_g": 50_000, "price": "5", "transit_days": transit_days}
    assert world.post("carriers/C1/rates", {"rates": [rate]}).status_code == 200
    world.has({"W1": {"S1": 5}})


def promise(world, moment, country="US"):
    place = {"lat": 30.0, "lng": -90.0, "country": country}
    with time_machine.travel(datetime.fromisoformat(moment), tick=False):
        answer = world.source({"S1": 1}, destination=place)
    assert answer.status_code == 200, answer.get_json()
    told = answer.get_json()["options"][0]["shipments"][0]
    assert told["transit"] == "brochure"
    return told["ship_by"], told["deliver_by"]


NEW_YORK = {"timezone": "America/New_York"}
SIX_DAYS = {"working_days": [1, 2, 3, 4, 5, 6]}
# Facility, carrier, transit days, moment, country, when it leaves, when it comes.
CASES = {
    "the table's: after the cut-off": (
        *(NEW_YORK, {}, 2, "2026-08-26T20:00-04:00", "US"),
        *("2026-08-27T17:00:00-04:00", "2026-08-31"),
    ),
    "the table's: before the cut-off": (
        *(NEW_YORK, {}, 2, "2026-08-26T16:45-04:00", "US"),
        *("2026-08-26T17:00:00-04:00", "2026-08-28"),
    ),
    "Labor Day at the dock and on the road": (
        *(DALLAS | {"handling_days": 1}, {}, 1, "2026-09-04T12:00-05:00", "US"),
        *("2026-09-08T17:00:00-05:00", "2026-09-09"),
    ),
    # The dock in Berlin rests on May 1, a Friday; who delivers in the US does not.
    "a holiday of the origin does not stop the road": (
        *({"timezone": "Europe/Berlin", "country": "DE"}, {}, 1, "2026-04-30T10:00+02:00", "US"),
        *("2026-04-30T17:00:00+02:00", "2026-05-01"),
    ),
    # The same day to Germany: over May 1 and the weekend to Monday.
    "a holiday of the destination does": (
        *({"timezone": "Europe/Berlin", "country": "DE"}, {}, 1, "2026-04-30T10:00+02:00", "DE"),
        *("2026-04-30T17:00:00+02:00", "2026-05-04"),
    ),
    "a carrier that names its own holidays keeps no others": (
        *(NEW_YORK, {"holidays": {"country": "US"}}, 1, "2026-04-30T10:00-04:00", "DE"),
        *("2026-04-30T17:00:00-04:00", "2026-05-01"),
    ),
    "a country without a calendar": (
        *(NEW_YORK, {}, 1, "2026-09-04T10:00-04:00", "XX"),
        *("2026-09-04T17:00:00-04:00", "2026-09-07"),
    ),
    "a carrier that works on Saturdays": (
        *(NEW_YORK, SIX_DAYS, 1, "2026-08-28T10:00-04:00", "US"),
        *("2026-08-28T17:00:00-04:00", "2026-08-29"),
    ),
    "a dock in Tel Aviv works on Sundays": (
        *({"timezone": "Asia/Jerusalem", "working_days": [7, 1, 2, 3, 4]}, {}, 1),
        *("2026-08-28T09:00+03:00", "US", "2026-08-30T17:00:00+03:00", "2026-08-31"),
    ),
    "Honolulu, where the server's Thursday is Wednesday": (
        *({"timezone": "Pacific/Honolulu"}, {}, 1, "2026-08-27T02:30+00:00", "US"),
        *("2026-08-26T17:00:00-10:00", "2026-08-27"),
    ),
    "the hour that comes twice": (
        *(NEW_YORK | {"cutoff": "01:30", "working_days": [7]}, SIX_DAYS, 1),
        *("2026-11-01T06:15+00:00", "US", "2026-11-08T01:30:00-05:00", "2026-11-09"),
    ),
    "the last microsecond of the day": (
        *(NEW_YORK | {"cutoff": "23:59:59.999999"}, {}, 1, "2026-08-27T03:59:59+00:00", "US"),
        *("2026-08-26T23:59:59.999999-04:00", "2026-08-27"),
    ),
    "the same day": (
        *(NEW_YORK, {}, 0, "2026-08-26T16:45-04:00", "US"),
        *("2026-08-26T17:00:00-04:00", "2026-08-26"),
    ),
}


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_promise_is_counted_on_everybodys_own_calendar(world, case):
    facility, carrier, transit_days, moment, country, leaves, comes = case
    furnish(world, facility, carrier, transit_days)
    assert promise(world, moment, country) == (leaves, comes)


def test_a_moment_after_the_cutoff_is_too_late(world):
    furnish(world, NEW_YORK, {}, 1)
    at = datetime(2026, 8, 26, 21, tzinfo=UTC)  # 17:00 in New York
    assert promise(world, at.isoformat())[1] == "2026-08-27"
    assert promise(world, (at + timedelta(microseconds=1)).isoformat())[1] == "2026-08-28"


@pytest.mark.engine("sqlite")
def test_a_facility_that_is_closed_for_a_year_promises_for_the_day_after(world):
    first = date(2026, 8, 26)
    closed = [(first + timedelta(days=number)).isoformat() for number in range(366)]
    furnish(world, NEW_YORK | {"closed_on": closed}, {}, 1)
    assert promise(world, "2026-08-26T10:00-04:00")[0] == "2027-08-27T17:00:00-04:00"


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("working_days", []),
        ("working_days", [0]),
        ("working_days", [1, 1]),
        ("cutoff", "24:00"),
        ("cutoff", "17:00+02:00"),
        ("timezone", "New York"),
        ("handling_days", -1),
        ("closed_on", ["2026-02-29"]),
        ("holidays", {"country": "XX"}),
        ("holidays", {"country": "DE", "subdivision": "TX"}),
    ],
)
def test_a_calendar_that_no_promise_can_be_counted_on_is_refused(world, field, value):
    answer = put(world, "facilities/W1", HERE | NEW_YORK | {field: value})
    assert answer.status_code == 422
    assert any(name.startswith(field) for name in answer.get_json()["errors"])
