"""Lanes that are measured, and promises that may be missed."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from fulfillment.platform.db import db
from fulfillment.platform.outbox import Event
from fulfillment.tracking import lanes, watching

NOON = datetime(2026, 7, 14, 16, tzinfo=UTC)  # a Tuesday, before the cut-off


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def raised():
    db.session.rollback()
    rows = db.session.scalars(select(Event).where(Event.kind == watching.NEWS).order_by(Event.id))
    return [event.payload["level"] for event in rows]


def deliveries(ship, tell, days):
    """Ship and deliver once for each of these numbers of days."""
    for taken in days:
        tell(ship(), ("in_transit", -24 * taken), ("delivered", 0))


def tracking(world, shipment):
    return world.get(f"orders/{shipment['order_id']}/tracking")["shipments"][0]


def test_without_a_history_the_brochure_says_when_it_comes(clock, fast, ship):
    shipment = ship()
    found = tracking(fast, shipment)
    assert (found["promised_on"], found["expected_on"]) == ("2026-07-17", "2026-07-17")
    assert (found["expected_by"], found["late"]) == ("brochure", False)


def test_before_the_handover_the_promise_stands_until_it_cannot_be_kept(clock, fast, ship):
    shipment = ship(to="plan")
    assert tracking(fast, shipment)["expected_by"] == "promise"
    clock.shift(timedelta(days=3))
    found = tracking(fast, shipment)
    assert (found["expected_on"], found["late"]) == ("2026-07-22", True)


@pytest.mark.engine("sqlite")
def test_thirty_deliveries_of_the_lane_take_the_place_of_the_brochure(clock, fast, ship, tell):
    deliveries(ship, tell, [1] * (lanes.ENOUGH - 1))
    assert tracking(fast, ship())["expected_by"] == "brochure"
    deliveries(ship, tell, [2])
    found = tracking(fast, ship())
    assert (found["expected_by"], found["expected_on"]) == ("measured", "2026-07-15")


@pytest.mark.engine("sqlite")
def test_a_promise_at_risk_is_told_of_before_it_is_missed_once_per_level(clock, fast, ship, tell):
    deliveries(ship, tell, [1] * 28 + [6] * 4)
    shipment = ship()
    assert watching.refresh() == "1 journeys begun, 0 warnings"
    assert fast.get("shipments/at-risk")["items"] == []
    clock.shift(timedelta(days=2))  # all that came in a day would be there
    watching.refresh()
    watching.refresh()
    assert raised() == ["likely"]
    [row] = fast.get("shipments/at-risk")["items"]
    assert (row["shipment_id"], row["level"], row["chance"]) == (shipment["id"], "likely", 1.0)
    assert (row["promised_on"], row["expected_on"]) == ("2026-07-17", "2026-07-20")
    clock.shift(timedelta(days=2))
    watching.refresh()
    watching.refresh()
    assert raised() == ["likely", "missed"]
    tell(shipment, ("delivered", 0))
    assert fast.get("shipments/at-risk")["items"] == []


def test_without_a_history_a_late_handover_is_at_risk_at_once(clock, fast, ship):
    shipment = ship(to="pack")
    clock.shift(timedelta(days=2))
    assert fast.post(f"shipments/{shipment['id']}/handover").status_code == 200
    on_time = ship()
    assert watching.refresh() == "2 journeys begun, 1 warnings"
    assert watching.refresh() == "0 journeys begun, 0 warnings"
    assert raised() == ["likely"]
    [row] = fast.get("shipments/at-risk?facility=W1")["items"]
    assert (row["shipment_id"], row["chance"]) == (shipment["id"], None)
    assert on_time["id"] != row["shipment_id"]


def test_those_at_risk_come_as_csv_the_most_urgent_first(clock, fast, ship, client):
    first = ship()
    clock.shift(timedelta(days=1))
    second = ship()
    watching.refresh()
    clock.shift(timedelta(days=7))
    answer = client.get(
        "/v1/shipments/at-risk", headers={**fast.headers, "Accept": "text/csv"}
    ).get_data(as_text=True)
    lines = answer.splitlines()
    assert lines[0].startswith("shipment_id,order_id,order_ref,status")
    assert [line.split(",")[0] for line in lines[1:]] == [first["id"], second["id"]]


def test_a_warehouse_sees_its_own_risks_only(clock, fast, ship, client, auth):
    ship()
    watching.refresh()
    clock.shift(timedelta(days=7))
    at = "/v1/shipments/at-risk"
    mine = client.get(at, headers=auth("warehouse", facilities=["W1"])).get_json()["items"]
    other = client.get(at, headers=auth("warehouse", facilities=["W2"])).get_json()["items"]
    assert (len(mine), len(other)) == (1, 0)


def test_what_nobody_hears_of_is_given_up_after_a_month(clock, fast, ship):
    ship()
    watching.refresh()
    clock.shift(timedelta(days=40))
    assert watching.refresh() == "0 journeys begun, 0 warnings"
    assert fast.get("shipments/at-risk")["items"] == []


def test_a_parcel_that_comes_back_is_watched_no_more(clock, fast, ship, tell):
    shipment = ship()
    tell(shipment, ("return_to_sender", 0))
    clock.shift(timedelta(days=7))
    watching.refresh()
    assert raised() == []
