"""Demand from orders and the ledger, day by day."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from fulfillment.planning.demand import history
from fulfillment.platform.db import db
from tests.world import CUSTOMER, KM_PER_DEGREE

NOON = datetime(2026, 7, 14, 18, tzinfo=UTC)  # noon or so where the facilities stand
SOUTH = CUSTOMER | {"lat": CUSTOMER["lat"] - 1000 / KM_PER_DEGREE}


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def north_and_south(world, clock):
    """Two facilities, each with customers next to it, that were stocked the day before."""
    world.has({"NORTH": {"S1": 5}, "SOUTH": {"S1": 50}}, km={"NORTH": 10, "SOUTH": -990})
    clock.shift(timedelta(days=1))
    return world


def ordered(world, ref, lines, **more):
    answer = world.order(ref, lines, **more)
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def days_of(world, facility):
    """Return what the history has of a facility's S1 by day: asked, shipped, censored, ran out."""
    db.session.rollback()
    rows = world.get(f"demand/S1?facility={facility}")["items"]
    return {
        row["day"]: (row["asked"], row["shipped"], row["censored"], row["ran_out"]) for row in rows
    }


def test_units_are_asked_where_the_customer_is_whoever_ships_them(north_and_south, clock):
    world = north_and_south
    ordered(world, "o1", {"S1": 3})
    ordered(world, "o2", {"S1": 8})  # more than the north has
    ordered(world, "o3", {"S1": 4}, destination=SOUTH)
    clock.shift(timedelta(days=2))
    history.refresh()
    assert days_of(world, "NORTH") == {"2026-07-15": (11, 0, False, False)}
    assert days_of(world, "SOUTH") == {"2026-07-15": (4, 0, False, False)}


def test_a_day_that_is_not_over_everywhere_is_not_told_yet(north_and_south, clock):
    ordered(north_and_south, "o1", {"S1": 3})
    clock.shift(timedelta(hours=17))
    history.refresh()
    assert days_of(north_and_south, "NORTH") == {}
    clock.shift(timedelta(hours=2))
    history.refresh()
    assert days_of(north_and_south, "NORTH") == {"2026-07-15": (3, 0, False, False)}


def test_a_day_is_counted_by_the_facility_s_own_clock(north_and_south, clock):
    clock.shift(timedelta(hours=8))  # past midnight in UTC, evening in Chicago
    ordered(north_and_south, "o1", {"S1": 3})
    clock.shift(timedelta(days=2))
    history.refresh()
    assert list(days_of(north_and_south, "NORTH")) == ["2026-07-15"]


def test_what_was_cancelled_was_not_asked_for(north_and_south, clock):
    world = north_and_south
    order = ordered(world, "o1", {"S1": 3})
    clock.shift(timedelta(days=2))
    history.refresh()
    world.post(f"orders/{order['id']}/cancel")
    history.refresh()
    assert days_of(world, "NORTH") == {}


def test_working_it_out_again_changes_nothing(north_and_south, clock):
    ordered(north_and_south, "o1", {"S1": 3})
    clock.shift(timedelta(days=2))
    assert history.refresh() == history.refresh()
    before = days_of(north_and_south, "NORTH")
    clock.shift(timedelta(days=60))
    history.refresh()
    assert days_of(north_and_south, "NORTH") == before


def moved(world, kind, facility, quantity, **more):
    row = {"kind": kind, "sku": "S1", "facility": facility, "quantity": quantity, **more}
    answer = world.post("stock/movements", {"movements": [row]})
    assert answer.status_code == 201, answer.get_json()


def test_a_day_without_stock_anywhere_is_no_day_without_demand(north_and_south, clock):
    world = north_and_south
    ordered(world, "o1", {"S1": 3})
    clock.shift(timedelta(days=1))
    world.post(f"orders/{world.get('orders?order_ref=o1')['items'][0]['id']}/cancel")
    ordered(world, "o2", {"S1": 1})
    world.post(f"orders/{world.get('orders?order_ref=o2')['items'][0]['id']}/cancel")
    ordered(world, "o3", {"S1": 1}, destination=SOUTH, allocate="wave")
    for place, units in (("NORTH", 5), ("SOUTH", 50)):
        moved(world, "scrap", place, units, reason="water")
    clock.shift(timedelta(days=2))
    moved(world, "receipt", "SOUTH", 9)
    clock.shift(timedelta(days=3))
    history.refresh()
    assert days_of(world, "SOUTH") == {
        "2026-07-16": (1, 0, True, True),
        "2026-07-17": (0, 0, True, True),
        "2026-07-18": (0, 0, True, True),
    }
    assert history.refresh().startswith("3 rows")


def test_one_place_that_ran_out_does_not_censor_the_demand(north_and_south, clock):
    world = north_and_south
    moved(world, "scrap", "NORTH", 5, reason="water")
    ordered(world, "o1", {"S1": 3})
    clock.shift(timedelta(days=2))
    history.refresh()
    assert days_of(world, "NORTH") == {"2026-07-15": (3, 0, False, True)}


def test_what_was_imported_stays(north_and_south, clock):
    world = north_and_south
    ordered(world, "o1", {"S1": 3})
    row = {"sku": "S1", "facility": "NORTH", "day": "2026-07-15", "quantity": 40}
    assert world.post("demand/import", {"demand": [row]}).get_json()["created"] == 1
    clock.shift(timedelta(days=2))
    history.refresh()
    assert days_of(world, "NORTH") == {"2026-07-15": (40, 40, False, False)}


def test_without_an_order_there_is_nothing_to_tell(north_and_south):
    assert history.refresh() == "no order yet"
