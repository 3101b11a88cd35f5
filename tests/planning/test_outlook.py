"""The outlook: demand by SKU and zone from recent orders, and receipts from transfers."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from fulfillment.planning import outlook, receipts
from fulfillment.planning.forecasts import runs as forecasts
from fulfillment.platform import clock
from fulfillment.platform.db import db
from fulfillment.sourcing.prices import outlooks, published
from tests.world import CUSTOMER, KM_PER_DEGREE, shares

WEDNESDAY = datetime(2026, 7, 15, 15, tzinfo=UTC)
SOUTH = CUSTOMER | {"lat": CUSTOMER["lat"] - 1000 / KM_PER_DEGREE}


@pytest.fixture
def north_and_south(world):
    """Two facilities, each with customers next to it; whatever is ordered waits for a wave."""
    world.has({"NORTH": {"S1": 50, "S2": 0}, "SOUTH": {"S1": 5}}, km={"NORTH": 10, "SOUTH": -990})
    return world


def ordered(world, ref, lines, **more):
    answer = world.order(ref, lines, allocate="wave", **more)
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def found(*skus):
    db.session.rollback()
    return outlooks.find(skus)


def baskets():
    db.session.rollback()
    return outlooks.baskets_of(published.sources()["marginal"].figures)


def test_units_a_day_are_told_by_the_zone_that_they_go_to(north_and_south, monkeypatch):
    monkeypatch.setattr(outlook, "PATTERN_UNITS", 0)
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        ordered(north_and_south, "o1", {"S1": 6})
        ordered(north_and_south, "o2", {"S1": 2}, destination=SOUTH)
        traveller.shift(timedelta(days=4))
        assert outlook.refresh() == "outlook for 1 SKUs"
    assert found("S1")["S1"].per_day == {"NORTH": 1.5, "SOUTH": 0.5}


def test_few_units_of_a_sku_are_pulled_to_the_pattern_of_all(north_and_south):
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        ordered(north_and_south, "o1", {"S1": 40})
        ordered(north_and_south, "o2", {"S1": 38}, destination=SOUTH)
        ordered(north_and_south, "o3", {"S2": 2}, destination=SOUTH)
        traveller.shift(timedelta(days=1))
        outlook.refresh()
    few, many = (found(sku)[sku].per_day for sku in ("S2", "S1"))
    assert sum(few.values()) == pytest.approx(2)
    assert 0.5 < few["NORTH"] < 1
    assert 39 < many["NORTH"] < 40


def test_cancelled_lines_and_old_orders_are_out(north_and_south):
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        ordered(north_and_south, "old", {"S2": 9})
        traveller.shift(timedelta(days=30))
        cancelled = ordered(north_and_south, "cancelled", {"S2": 9})
        north_and_south.post(f"orders/{cancelled['id']}/cancel")
        ordered(north_and_south, "o1", {"S1": 28})
        outlook.refresh()
    assert found("S1", "S2").keys() == {"S1"}
    assert found("S1")["S1"].per_day == {"NORTH": 1.0}


def test_a_young_shop_is_not_taken_for_a_slow_one(north_and_south):
    ordered(north_and_south, "o1", {"S1": 3})
    outlook.refresh()
    assert found("S1")["S1"].per_day == {"NORTH": 3.0}


def test_how_lines_hang_together_is_told_for_all(north_and_south):
    north_and_south.has({"NORTH": {"HEAVY": 1}}, weight_g=5000)
    ordered(north_and_south, "o1", {"S1": 2, "HEAVY": 1})
    ordered(north_and_south, "o2", {"S1": 1})
    outlook.refresh()
    told = baskets()
    assert told.companions == pytest.approx((2 / 3, 0, 0, 0, 0))
    assert told.line_weight_g == pytest.approx((2000 + 5000 + 1000) / 3)
    assert told.cover == {"NORTH": 1.0, "SOUTH": 0.75}
    # Three units in two lines, pulled by one line of 4/3 units, the mean of all.
    assert found("S1")["S1"].line_units == pytest.approx((3 + 4 / 3) / 3)


def test_without_orders_there_is_nothing_to_expect(north_and_south):
    assert outlook.refresh() == "outlook for 0 SKUs"
    assert north_and_south.source({"S1": 1}).status_code == 200


def test_a_later_outlook_replaces_the_earlier_one(north_and_south):
    order = ordered(north_and_south, "o1", {"S1": 3})
    outlook.refresh()
    north_and_south.post(f"orders/{order['id']}/cancel")
    outlook.refresh()
    assert found("S1") == {}


def transfer(world, units):
    body = {"from_facility": "NORTH", "to_facility": "SOUTH"}
    made = world.post("transfers", {**body, "lines": [{"sku": "S1", "quantity": units}]})
    assert made.status_code == 201, made.get_json()
    return made.get_json()["id"]


def test_the_next_receipt_is_that_of_the_first_transfer_to_arrive(north_and_south):
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        early = transfer(north_and_south, 2)
        traveller.shift(timedelta(days=1))
        transfer(north_and_south, 2)
        waiting = receipts.next_receipts(clock.now())
        assert north_and_south.post(f"transfers/{early}/ship").status_code == 200
        traveller.shift(timedelta(days=1))
        shipped = receipts.next_receipts(clock.now())
        assert waiting.keys() == shipped.keys() == {("S1", "SOUTH")}
        # 1,000 km are two days: it left on Thursday.
        assert shipped["S1", "SOUTH"].isoformat() == "2026-07-20"
        traveller.shift(timedelta(days=10))
        overdue = receipts.next_receipts(clock.now())
        assert overdue["S1", "SOUTH"] == clock.now().date()
        north_and_south.post(f"transfers/{early}/receive")
        later = receipts.next_receipts(clock.now())
    assert later["S1", "SOUTH"] > overdue["S1", "SOUTH"]


def test_an_order_after_the_outlook_spares_the_busy_zone(world):
    world.has(
        {"BUSY": {"S1": 30}, "CALM": {"S1": 30}},
        km={"BUSY": 900, "CALM": -1000},
        weight_g=20_000,
    )
    near = CUSTOMER | {"lat": CUSTOMER["lat"] + 900 / KM_PER_DEGREE}
    placed = world.order("o1", {"S1": 29}, destination=near).get_json()
    assert list(shares(placed)) == ["BUSY"]
    assert list(shares(world.source({"S1": 1}).get_json()["options"][0])) == ["BUSY"]
    outlook.refresh()
    assert list(shares(world.source({"S1": 1}).get_json()["options"][0])) == ["CALM"]


def test_where_there_is_a_forecast_it_tells_the_units_a_day(north_and_south):
    world = north_and_south
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        ordered(world, "o1", {"S1": 6})
        ordered(world, "o2", {"S2": 6})
        days = [(WEDNESDAY - timedelta(days=back)).date().isoformat() for back in range(1, 100)]
        rows = [{"sku": "S1", "facility": "SOUTH", "day": day, "quantity": 3} for day in days]
        assert world.post("demand/import", {"demand": rows}).get_json()["refused"] == 0
        traveller.shift(timedelta(days=1))
        forecasts.run()
        outlook.refresh()
        assert found("S1")["S1"].per_day == pytest.approx({"SOUTH": 3}, rel=0.05)
        before = found("S2")["S2"].per_day
        traveller.shift(timedelta(days=30))
        outlook.refresh()
    assert found("S1") == {}
    assert before.keys() == {"NORTH"}
