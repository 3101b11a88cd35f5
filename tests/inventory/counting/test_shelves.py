"""What the ledger tells of the shelves, since a moment."""

from datetime import timedelta

import numpy as np
import pytest
from msgspec.structs import asdict

from fulfillment.inventory.counting import shelves
from fulfillment.platform import clock

YEAR = timedelta(days=365)


def told(sku="S1", back=YEAR):
    now = clock.now()
    found = shelves.read("W1", now - back, now, {})
    row = found.skus.index(sku)
    return {name: column[row] for name, column in asdict(found).items()}


def move(world, kind, quantity, **more):
    answer = world.move({"kind": kind, "sku": "S1", "facility": "W1", "quantity": quantity, **more})
    assert answer.status_code == 201, answer.get_json()


def test_units_that_left_are_usage_and_others_are_not(world):
    world.has({"W1": {"S1": 20}, "W2": {"S1": 20}})
    move(world, "shipment", 4)
    move(world, "shipment", 1)
    move(world, "transfer_out", 2)
    move(world, "scrap", 5, reason="broken")
    move(world, "adjustment", -1, reason="lost")
    assert (told()["issued"], told()["on_hand"], told()["lines"]) == (7, 7, 6)


def test_lines_and_days_are_those_since_the_last_count(world, later):
    world.has({"W1": {"S1": 20}})
    later(days=3)
    assert (told()["lines"], told()["days"], told()["counted"]) == (1, 3, False)
    move(world, "count", 20)
    assert (told()["lines"], told()["days"], told()["counted"]) == (0, 0, True)
    later(days=5)
    move(world, "shipment", 1)
    assert (told()["lines"], told()["days"], told()["counted"]) == (1, 5, True)


def test_what_was_counted_before_the_time_looked_back_on_is_not_known(world, later):
    world.has({"W1": {"S1": 20}})
    move(world, "count", 20)
    later(days=400)
    assert (told()["days"], told()["counted"], told()["issued"]) == (np.inf, False, 0)
    move(world, "shipment", 1)
    assert (told()["days"], told()["issued"]) == (np.inf, 1)


def test_a_shelf_that_never_held_anything_waits_for_no_count(world):
    world.has({"W1": {"S1": 1}})
    world.client.put("/v1/stock/W1/S1", json={"safety_stock": 1}, headers=world.headers)
    world.has({"W1": {"S2": 0}})
    world.client.put("/v1/stock/W1/S2", json={"safety_stock": 1}, headers=world.headers)
    assert (told("S2")["days"], told("S2")["lines"]) == (0, 0)


def test_the_last_unit_that_left_is_news_until_a_count(world):
    world.has({"W1": {"S1": 2}})
    move(world, "shipment", 1)
    assert not told()["emptied"]
    move(world, "shipment", 1)
    assert told()["emptied"]
    move(world, "count", 0)
    assert not told()["emptied"]


def test_units_that_were_not_found_are_news_until_a_count(world):
    world.has({"W1": {"S1": 9}})
    shipment = world.order("o", {"S1": 3}).get_json()["shipments"][0]["id"]
    lines = [{"sku": "S1", "quantity": 1}]
    assert world.post(f"shipments/{shipment}/pick", {"lines": lines}).status_code == 200
    assert told()["not_found"]
    move(world, "count", 7)
    assert not told()["not_found"]


@pytest.mark.parametrize(
    ("known", "value"),
    [({"unit_cost": 3, "unit_price": 5}, 3), ({"unit_price": 5}, 5), ({}, 0)],
)
def test_a_unit_is_worth_its_cost_or_else_its_price(world, known, value):
    world.has({"W1": {"S1": 2}}, S1=known)
    assert told()["unit_value"] == value
