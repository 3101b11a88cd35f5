"""Sourcing again: what a facility could not supply comes from another, or waits."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from fulfillment.planning import runs
from fulfillment.platform import clock, outbox
from fulfillment.platform.db import db
from fulfillment.platform.outbox import Event
from fulfillment.sourcing import service as sourcing
from tests.rivals import alone
from tests.world import lines_of, shares


@pytest.fixture
def order(world):
    """3 units of S1 from W1; W2, far away, has 2 more."""
    world.has({"W1": {"S1": 3}, "W2": {"S1": 2}}, km={"W1": 10, "W2": 900})
    return world.order("o1", {"S1": 3}).get_json()


def read(world, order):
    found = world.get(f"orders/{order['id']}")
    live = [s for s in found["shipments"] if s["status"] not in ("rejected", "cancelled")]
    return found, shares({"shipments": live})


def reject(world, order, reason="damaged", **units):
    [shipment] = order["shipments"]
    body = {"reason": reason, "lines": lines_of(units)}
    answer = world.post(f"shipments/{shipment['id']}/reject", body)
    assert answer.status_code == 200, answer.get_json()


def test_what_a_facility_rejects_comes_from_elsewhere_as_far_as_it_goes(world, order):
    reject(world, order)
    found, live = read(world, order)
    assert live == {"W2": {"S1": 2}}
    assert (found["status"], found["awaiting"]) == ("partially_allocated", True)
    assert world.level("S1", "W1")["promisable"] == 3


def test_a_short_pick_is_booked_and_the_rest_comes_from_elsewhere(world, order):
    [shipment] = order["shipments"]
    world.post(f"shipments/{shipment['id']}/pick", {"lines": lines_of({"S1": 1})})
    found, live = read(world, order)
    assert live == {"W1": {"S1": 1}, "W2": {"S1": 2}}
    assert not found["awaiting"]
    assert (world.level()["on_hand"], world.level()["promisable"]) == (1, 0)


def test_a_facility_that_rejected_a_line_is_not_asked_again(world, order):
    reject(world, order)
    [second] = [s for s in read(world, order)[0]["shipments"] if s["facility"] == "W2"]
    reject(world, {"shipments": [second]})
    found, live = read(world, order)
    assert (live, found["status"]) == ({}, "waiting")
    world.has({"W1": {"S1": 9}, "W2": {"S1": 9}, "W3": {"S1": 2}}, km={"W3": 2000})
    wave = UUID(world.post("plans", {"kind": "allocation", "apply": True}).get_json()["id"])
    runs.execute(wave)
    assert read(world, order)[1] == {"W3": {"S1": 2}}


def test_units_cancelled_meanwhile_are_not_sourced_again(world, order, monkeypatch):
    with monkeypatch.context() as patched:
        # Nobody acts on the news yet, as when the process died right after the commit.
        patched.setattr(outbox, "dispatch_new", lambda: None)
        reject(world, order)
        world.post(f"orders/{order['id']}/cancel", {"lines": lines_of({"S1": 2})})
    assert outbox.dispatch() == 1
    found, live = read(world, order)
    assert live == {"W2": {"S1": 1}}
    assert found["lines"][0]["cancelled"] == 2


def test_news_of_a_clock_that_was_ahead_is_acted_on_when_it_is_right_again(
    world, order, monkeypatch
):
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "dispatch_new", lambda: None)
        patched.setattr(clock, "now", ahead(minutes=2))
        reject(world, order)
    assert outbox.dispatch() == 1
    assert read(world, order)[1] == {"W2": {"S1": 2}}


def test_news_that_was_put_off_waits(world, order, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "dispatch_new", lambda: None)
        patched.setattr(clock, "now", ahead(seconds=20))
        reject(world, order)
    assert outbox.dispatch() == 0
    monkeypatch.setattr(clock, "now", ahead(seconds=21))
    assert outbox.dispatch() == 1


def ahead(**by):
    moment = clock.now() + timedelta(**by)
    return lambda: moment


def test_the_news_of_a_rejection_is_acted_on_once(world, order):
    reject(world, order)
    assert outbox.dispatch() == 0
    assert read(world, order)[1] == {"W2": {"S1": 2}}


def test_a_rival_who_is_quicker_leaves_the_units_waiting(app, world, order, monkeypatch):
    source = sourcing.source
    shop = type(world)(app.test_client(), world.headers)

    def source_and_be_robbed(ask):
        plans = source(ask)
        monkeypatch.setattr(sourcing, "source", source)
        assert alone(lambda: shop.reserve("rival", {"S1": 5})).status_code == 201
        return plans

    monkeypatch.setattr(sourcing, "source", source_and_be_robbed)
    reject(world, order)
    found, live = read(world, order)
    assert (live, found["status"], found["awaiting"]) == ({}, "waiting", True)


def test_an_order_cancelled_between_solving_and_recording_gets_nothing(
    app, world, order, monkeypatch
):
    source = sourcing.source
    desk = type(world)(app.test_client(), world.headers)

    def source_and_be_cancelled(ask):
        plans = source(ask)
        monkeypatch.setattr(sourcing, "source", source)
        assert alone(lambda: desk.post(f"orders/{order['id']}/cancel")).status_code == 200
        return plans

    monkeypatch.setattr(sourcing, "source", source_and_be_cancelled)
    reject(world, order)
    found, live = read(world, order)
    assert (live, found["status"], found["awaiting"]) == ({}, "cancelled", False)
    assert db.session.scalars(select(Event).where(Event.due_at.is_not(None))).all() == []


@pytest.fixture
def slow_and_fast(world):
    """What is near takes two days or one, what is far six or two, the faster ones dearer."""
    world.client.put("/v1/carriers/UP", json={}, headers=world.headers)
    rates = [
        {"service": name, "max_distance_km": km, "max_weight_g": 9000, "price": price}
        | {"transit_days": days}
        for km, name, price, days in [
            (100, "SLOW", "3", 2),
            (100, "FAST", "9", 1),
            (900, "SLOW", "5", 6),
            (900, "FAST", "20", 2),
        ]
    ]
    assert world.post("carriers/UP/rates", {"rates": rates}).status_code == 200


@pytest.mark.usefixtures("slow_and_fast")
def test_what_is_sourced_again_keeps_the_promise_where_a_service_can(world):
    world.has({"W1": {"S1": 9}, "W2": {"S1": 9}}, km={"W1": 50, "W2": 500})
    order = world.order("o1", {"S1": 1}).get_json()
    [before] = order["shipments"]
    reject(world, order)
    [after] = [s for s in read(world, order)[0]["shipments"] if s["facility"] == "W2"]
    told = [world.get(f"shipments/{one['id']}") for one in (before, after)]
    assert [one["service"] for one in told] == ["SLOW", "FAST"]
    assert told[1]["deliver_by"] <= told[0]["deliver_by"]


@pytest.mark.usefixtures("slow_and_fast")
def test_stock_is_not_held_back_for_a_day_that_is_lost(world):
    world.has({"W1": {"S1": 9}, "W2": {"S1": 9}}, km={"W1": 50, "W2": 500})
    soonest = world.source({"S1": 1}).get_json()["options"][0]["deliver_by"]
    order = world.order("o1", {"S1": 1}, requested_by=soonest).get_json()
    late = [{"service": "SLOW", "max_weight_g": 9000, "price": "5", "transit_days": 60}]
    assert world.post("carriers/UP/rates", {"rates": late}).status_code == 200
    reject(world, order)
    assert read(world, order)[1] == {"W2": {"S1": 1}}


def test_an_order_that_may_have_one_shipment_is_not_split_when_it_is_sourced_again(world):
    world.has({"W1": {"S1": 9}, "W2": {"S1": 1}, "W3": {"S1": 1}}, km={"W1": 5})
    order = world.order("o1", {"S1": 2}, max_shipments=1).get_json()
    reject(world, order)
    found, live = read(world, order)
    assert len(live) == 1
    assert found["awaiting"]
