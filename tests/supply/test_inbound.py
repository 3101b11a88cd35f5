"""What is on its way, and when it arrives."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine

from fulfillment.platform import clock
from fulfillment.platform.db import db, transaction
from fulfillment.supply import inbound
from fulfillment.supply.purchasing import receiving, sending, service
from fulfillment.supply.suppliers.models import Supplier, SupplierItem
from fulfillment.supply.transfers import service as transfers

MONDAY = datetime(2026, 7, 6, 12, tzinfo=UTC)


@pytest.fixture
def acme(house):
    with transaction() as session:
        hours = {"timezone": "UTC", "cutoff": time(17)}
        session.add(Supplier(code="ACME", name="Acme", lead_time_days=3.0, **hours))
        session.flush()
        session.add(SupplierItem(supplier="ACME", sku="S1", unit_cost=Decimal(1)))
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def order(units, expected_on=None):
    with transaction():
        lines = [{"sku": "S1", "quantity": units}]
        return service.create("ACME", "W2", lines, expected_on=expected_on).id


def send(order_id):
    with transaction():
        sending.send(order_id)


def known(until=date(2199, 1, 1)):
    db.session.rollback()
    return inbound.units(until, clock.now())


@pytest.mark.usefixtures("acme")
def test_orders_count_from_their_approval_on_for_the_day_that_they_are_expected():
    first, second = order(5), order(7, date(2026, 7, 20))
    with transaction():
        service.propose("ACME", "W2", [{"sku": "S1", "quantity": 9}])
    days = [(date(2026, 7, 9), 5), (date(2026, 7, 20), 7)]
    assert known() == {("S1", "W2"): days}
    send(first)
    send(second)
    assert known() == {("S1", "W2"): days}


@pytest.mark.usefixtures("acme")
def test_what_is_due_after_the_horizon_does_not_count():
    send(order(7, date(2026, 7, 20)))
    assert known(date(2026, 7, 19)) == {}
    assert known(date(2026, 7, 20)) == {("S1", "W2"): [(date(2026, 7, 20), 7)]}


def test_what_is_overdue_arrives_today_and_what_came_does_not_count(acme):
    order_id = order(7)
    send(order_id)
    with transaction():
        receiving.receive(order_id, [receiving.Receipt("S1", 3)], complete=False)
    acme.shift(timedelta(days=30))
    assert known() == {("S1", "W2"): [(date(2026, 8, 5), 4)]}
    with transaction():
        service.cancel(order_id)
    assert known() == {}


@pytest.mark.usefixtures("acme")
def test_what_travels_between_places_that_nobody_can_locate_counts_for_the_last_day():
    with transaction():
        moved = transfers.create("W1", "W2", [{"sku": "S1", "quantity": 4}])
    last = date(2026, 7, 8)
    assert known(last) == {("S1", "W2"): [(last, 4)]}
    with transaction():
        transfers.ship(moved.id)
    assert known(last) == {("S1", "W2"): [(last, 4)]}
    [arrival] = inbound.arrivals(clock.now())
    assert arrival.day is None
