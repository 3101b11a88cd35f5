"""Which facilities may serve an order, and why the others may not."""

from datetime import date, timedelta

import pytest

from fulfillment.catalog import items
from fulfillment.network import destinations
from fulfillment.platform import clock
from fulfillment.sourcing.candidates import Ask, candidates, may_hold, snapshot
from tests.world import CUSTOMER

HOME = destinations.resolve(CUSTOMER)


def found(lines, **limits):
    ask = Ask(HOME, lines, **limits)
    state = snapshot(lines, clock.now(), ask.own)
    return {c.facility: c for c in candidates(ask, items.find(lines), state)}


def reasons(lines, **limits):
    return {code: candidate.out for code, candidate in found(lines, **limits).items()}


@pytest.fixture
def network(world):
    world.has(
        {code: {"S1": 5} for code in ("CLOSED", "FULL", "LOST", "OPEN")} | {"EMPTY": {"S1": 0}},
        km={"LOST": None},
        CLOSED={"active": False},
        FULL={"daily_order_capacity": 0},
    )


@pytest.mark.usefixtures("network")
def test_every_facility_is_told_with_the_reason_that_keeps_it_out():
    assert reasons({"S1": 1}) == {
        "CLOSED": "inactive",
        "EMPTY": "no-stock",
        "FULL": "capacity",
        "LOST": "no-coordinates",
        "OPEN": None,
    }


@pytest.mark.usefixtures("network")
def test_a_facility_that_rejected_the_only_line_is_out_for_it():
    assert reasons({"S1": 1}, excluded={"S1": ["OPEN"]})["OPEN"] == "rejected"


@pytest.mark.usefixtures("network")
def test_a_facility_that_would_arrive_too_late_is_out():
    assert reasons({"S1": 1}, deliver_by=date.today() - timedelta(days=1))["OPEN"] == "late"


def test_a_facility_that_rejected_one_line_still_serves_the_others(world):
    world.has({"W1": {"S1": 5, "S2": 5}})
    candidate = found({"S1": 1, "S2": 1}, excluded={"S1": ["W1"]})["W1"]
    assert (candidate.out, candidate.promisable) == (None, {"S1": 0, "S2": 5})


def test_safety_stock_is_not_offered(world):
    world.has({"W1": {"S1": 5}})
    body = {"safety_stock": 3}
    world.client.put("/v1/stock/W1/S1", json=body, headers=world.headers)
    assert found({"S1": 1})["W1"].promisable == {"S1": 2}


@pytest.mark.parametrize(
    ("item", "facility", "may"),
    [
        ([], [], True),
        (["hazmat"], [], False),
        (["hazmat"], ["hazmat"], True),
        ([], ["hazmat"], True),
    ],
)
def test_hazardous_goods_need_a_facility_for_them(item, facility, may):
    assert may_hold(item, facility) is may


def test_hazardous_goods_ship_only_from_where_they_may(world):
    world.has(
        {"W1": {"ACID": 5}, "W2": {"ACID": 5}},
        ACID={"tags": ["hazmat"]},
        W2={"tags": ["hazmat"]},
    )
    assert reasons({"ACID": 1}) == {"W1": "no-stock", "W2": None}
