"""Allocated units that leave, once, and those that the shelf does not hold."""

from uuid import UUID, uuid4

import pytest

from fulfillment.inventory import allocations, promises
from fulfillment.inventory.allocations import AllocationGone
from fulfillment.inventory.gate import InsufficientStock
from fulfillment.inventory.models import Kind
from fulfillment.platform.db import transaction
from tests.rivals import at_once


@pytest.fixture
def ids(stockroom):
    """The promises of an order for 4 of S1 and 2 of S2, from 10 of each."""
    stockroom.has({"W1": {"S1": 10, "S2": 10}})
    order = stockroom.order("o1", {"S1": 4, "S2": 2}).get_json()
    return [promise.id for promise in promises.open_of(UUID(order["id"]))]


def ship(ids, **options):
    with transaction():
        allocations.ship(ids, Kind.SHIPMENT, "shipment", uuid4(), "o1", **options)


def quantities(stockroom, *names):
    return [tuple(stockroom.level(sku)[name] for name in names) for sku in ("S1", "S2")]


def test_what_ships_leaves_on_hand_and_reserved_and_is_one_movement_each(stockroom, ids):
    ship(ids)
    assert quantities(stockroom, "on_hand", "reserved") == [(6, 0), (8, 0)]
    rows = stockroom.get("stock/movements?facility=W1")["items"]
    assert [(r["kind"], r["quantity"], r["cause"]) for r in rows[2:]] == [
        ("shipment", -4, "shipment"),
        ("shipment", -2, "shipment"),
    ]


def test_units_never_leave_twice(stockroom, ids):
    ship(ids)
    with pytest.raises(AllocationGone):
        ship(ids)
    assert quantities(stockroom, "on_hand") == [(6,), (8,)]


def test_units_that_two_ship_at_once_leave_once(app, stockroom, ids):
    def try_to_ship():
        with app.app_context():
            try:
                ship(ids)
            except AllocationGone:
                return "gone"
            return "shipped"

    assert sorted(at_once([try_to_ship] * 4)) == ["gone", "gone", "gone", "shipped"]
    assert quantities(stockroom, "on_hand") == [(6,), (8,)]


def count(stockroom, units):
    stockroom.move({"kind": "count", "sku": "S1", "facility": "W1", "quantity": units})


def test_what_is_not_there_does_not_ship_but_by_force_with_a_reason(stockroom, ids):
    count(stockroom, 3)
    with pytest.raises(InsufficientStock):
        ship(ids)
    assert quantities(stockroom, "on_hand", "reserved") == [(3, 4), (10, 2)]
    ship(ids, force=True, reason="the truck has left")
    assert quantities(stockroom, "on_hand", "reserved") == [(-1, 0), (8, 0)]


def miss(ids, units):
    with transaction():
        [first] = [promise for promise in allocations.locked(ids) if promise.sku == "S1"]
        allocations.miss({first.id: units}, "shipment", uuid4(), "o1")


def test_what_the_shelf_does_not_hold_is_booked_as_missing(stockroom, ids):
    miss(ids, 3)
    assert quantities(stockroom, "on_hand", "reserved")[0] == (7, 1)
    assert stockroom.get("stock/movements?sku=S1")["items"][-1]["reason"] == "short_pick"


def test_what_a_count_found_missing_is_not_booked_twice(stockroom, ids):
    count(stockroom, 2)
    miss(ids, 3)
    assert quantities(stockroom, "on_hand", "reserved")[0] == (1, 1)
