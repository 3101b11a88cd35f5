"""Whoever waited too long before is not to be let down again."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event, select

from fulfillment.platform.db import db
from fulfillment.platform.outbox import Event
from fulfillment.tracking import watching

NOON = datetime(2026, 7, 14, 16, tzinfo=UTC)  # a Tuesday, before the cut-off


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def news():
    db.session.rollback()
    rows = db.session.scalars(select(Event).where(Event.kind == watching.NEWS).order_by(Event.id))
    return [
        (
            event.payload["customer_ref"],
            event.payload["missed_before"],
            event.payload["last_missed_at"],
        )
        for event in rows
    ]


def test_a_risk_tells_how_often_this_customer_was_let_down_before(clock, fast, ship, tell):
    late, early, other = (ship(customer_ref=name) for name in ("ann", "ann", "bob"))
    tell(early, ("delivered", 24))
    tell(other, ("delivered", 24))
    clock.shift(timedelta(days=5))
    tell(late, ("delivered", 0))
    delivered_at = fast.get(f"orders/{late['order_id']}/tracking")["shipments"][0]["delivered_at"]
    for name in ("ann", "bob", None):
        ship(customer_ref=name)
    watching.refresh()
    clock.shift(timedelta(days=7))
    watching.refresh()
    assert sorted(news(), key=str) == sorted(
        [("ann", 1, delivered_at), ("bob", 0, None), (None, 0, None)], key=str
    )
    found = {row["customer_ref"]: row for row in fast.get("shipments/at-risk")["items"]}
    assert {name: row["missed_before"] for name, row in found.items()} == {
        "ann": 1,
        "bob": 0,
        None: 0,
    }
    assert found["ann"]["last_missed_at"] == delivered_at


def test_a_parcel_that_came_back_is_no_delivery(clock, fast, ship, tell):
    back = ship(customer_ref="ann")
    clock.shift(timedelta(days=5))
    tell(back, ("return_to_sender", 0))
    ship(customer_ref="ann")
    watching.refresh()
    clock.shift(timedelta(days=7))
    [row] = fast.get("shipments/at-risk")["items"]
    assert row["missed_before"] == 0


def test_the_misses_of_all_customers_are_one_query(clock, fast, ship):
    for n in range(4):
        ship(customer_ref=f"c-{n}")
    watching.refresh()
    clock.shift(timedelta(days=7))
    asked = []
    db.session.rollback()
    event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert len(fast.get("shipments/at-risk")["items"]) == 4
    assert len([statement for statement in asked if "max(journeys.ended_at)" in statement]) == 1


def test_orders_are_found_by_their_customer(fast, ship):
    mine, _ = ship(customer_ref="ann"), ship(customer_ref="bob")
    [order] = fast.get("orders?customer_ref=ann")["items"]
    assert (order["id"], order["customer_ref"]) == (mine["order_id"], "ann")
    assert fast.order("o-x", {"S1": 1}, customer_ref="x" * 256).status_code == 422
