"""What orders ask of shipments."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fulfillment.inventory.models import Promise
from fulfillment.platform.db import db, transaction
from fulfillment.platform.outbox import Event
from fulfillment.shipping import queries, service
from fulfillment.shipping.service import Underway
from tests.shipping.conftest import TOMORROW


def test_a_planned_shipment_is_found_by_its_order_with_its_lines(house):
    order_id = house.order({"S1": 3, "S2": 1})
    first = house.shipment({"S1": 3}, order_id=order_id)
    second = house.shipment({"S2": 1}, "W2", order_id=order_id)
    other = house.order({"S1": 1})
    found = queries.of_orders([order_id, other])
    assert [shipment.id for shipment in found[order_id]] == [first, second]
    assert [(line.sku, line.quantity) for line in found[order_id][0].lines] == [("S1", 3)]
    assert other not in found


def test_shipments_of_many_orders_are_found_by_two_queries(house, app, statements):
    orders = [house.order({"S1": 1}) for _ in range(5)]
    for order_id in orders:
        house.shipment({"S1": 1}, order_id=order_id)
    db.session.rollback()
    with statements() as seen:
        found = queries.of_orders(orders)
    assert len(found) == 5
    assert len([s for s in seen if s.startswith("SELECT")]) == 2


def test_planning_is_told_to_whoever_listens(house):
    shipment_id = house.shipment({"S1": 1})
    [event] = db.session.scalars(select(Event).where(Event.kind == "shipment.planned"))
    assert event.payload["shipment_id"] == str(shipment_id)
    assert event.subject == event.payload["order_id"]


def test_cancelling_gives_back_exactly_the_units_of_the_order(house):
    order_id = house.order({"S1": 3, "S2": 2})
    mine = [
        house.shipment({"S1": 3}, order_id=order_id),
        house.shipment({"S2": 2}, "W2", order_id=order_id),
    ]
    house.shipment({"S1": 5})
    for _ in range(2):
        with transaction():
            service.cancel_all(order_id)
        assert house.level("S1", "W1").reserved == 5
        assert house.level("S2", "W2").reserved == 0
    assert {house.find(shipment_id).status for shipment_id in mine} == {"cancelled"}
    assert house.broken() == []


def test_cancelling_leaves_alone_what_was_handed_over(house, packed, send):
    order_id = house.order({"S1": 3, "S2": 2})
    gone = packed({"S1": 3}, order_id=order_id)
    send(gone, "handover")
    here = packed({"S2": 2}, order_id=order_id)
    with transaction():
        service.cancel_all(order_id)
    assert house.find(gone).status == "handed_over"
    assert house.find(here).status == "cancelled"
    assert house.level("S1").on_hand == 97
    assert house.level("S2").available == 100
    assert house.broken() == []


def test_units_are_withdrawn_from_the_shipment_that_leaves_last(house):
    order_id = house.order({"S1": 8})
    soon = house.shipment({"S1": 4}, order_id=order_id)
    later = house.shipment({"S1": 4}, "W2", order_id=order_id, ship_by=TOMORROW + timedelta(days=1))
    with transaction():
        service.withdraw(order_id, {"S1": 3})
    assert (house.lines(soon), house.lines(later)) == ({"S1": 4}, {"S1": 1})
    assert house.level("S1", "W2").reserved == 1
    assert house.broken() == []


def test_a_shipment_with_nothing_left_is_cancelled(house):
    order_id = house.order({"S1": 8, "S2": 1})
    soon = house.shipment({"S1": 4, "S2": 1}, order_id=order_id)
    later = house.shipment({"S1": 4}, "W2", order_id=order_id, ship_by=TOMORROW + timedelta(days=1))
    with transaction():
        service.withdraw(order_id, {"S1": 8})
    assert house.find(later).status == "cancelled"
    assert (house.find(soon).status, house.lines(soon)) == ("planned", {"S2": 1})
    assert house.level("S1", "W1").reserved == house.level("S1", "W2").reserved == 0
    assert house.broken() == []


def test_withdrawing_moves_the_version_that_clients_compare(house):
    order_id = house.order({"S1": 4})
    shipment_id = house.shipment({"S1": 4}, order_id=order_id)
    before = house.find(shipment_id).version
    with transaction():
        service.withdraw(order_id, {"S1": 1})
    assert house.find(shipment_id).version > before


def test_picked_units_are_not_withdrawn(house, send):
    order_id = house.order({"S1": 8})
    picked = house.shipment({"S1": 4}, order_id=order_id)
    planned = house.shipment({"S1": 4}, "W2", order_id=order_id)
    send(picked, "pick")
    with pytest.raises(Underway, match="S1: 1"), transaction():
        service.withdraw(order_id, {"S1": 5})
    assert (house.lines(picked), house.lines(planned)) == ({"S1": 4}, {"S1": 4})
    assert house.level("S1", "W2").reserved == 4


def test_only_what_nobody_works_on_is_unplanned(house, send):
    planned, released = house.shipment({"S1": 2}), house.shipment({"S1": 3})
    send(released, "release")
    with transaction():
        unplanned = service.unplan([planned, released])
        assert [shipment.id for shipment in unplanned] == [planned]
    assert house.find(planned).status == "cancelled"
    assert house.find(released).status == "released"
    assert house.level().reserved == 3
    ended = db.session.scalars(select(Promise).where(Promise.outcome == "released")).all()
    assert [promise.quantity for promise in ended] == [2]
    assert house.broken() == []
