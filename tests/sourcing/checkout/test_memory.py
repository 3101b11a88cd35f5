"""A cart chosen for by memory: one statement, and the choice that a look would have led to."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine

from fulfillment.inventory import reservations
from fulfillment.platform import direct
from fulfillment.platform.db import transaction
from fulfillment.sourcing.checkout import memory
from fulfillment.sourcing.prices import outlooks
from fulfillment.sourcing.prices.outlooks import Baskets, SkuOutlook
from tests.world import shares, world

__all__ = ["world"]

NEAR, FAR = {"W1": {"S1": 1}}, {"W2": {"S1": 1}}
pytestmark = pytest.mark.engine("postgresql")


@pytest.fixture
def statements(monkeypatch):
    """The statements that went straight to the driver."""
    seen, rows = [], direct.rows

    def see(to, statement, parameters):
        seen.append(statement)
        return rows(to, statement, parameters)

    monkeypatch.setattr(direct, "rows", see)
    return seen


@pytest.fixture
def shop(world):
    """Two facilities, of which the process has seen the stock of S1 and S2."""
    world.has(
        {"W1": {"S1": 3, "S2": 9}, "W2": {"S1": 9, "S2": 9}, "W3": {"S3": 4}},
        km={"W1": 10, "W2": 900, "W3": 2000},
    )
    world.get("facilities")
    assert world.reserve("first", {"S1": 1, "S2": 1}).status_code == 201
    return world


def taken(shop, cart, lines=None, **more):
    answer = shop.reserve(cart, lines or {"S1": 1}, **more)
    assert answer.status_code == 201, answer.get_json()
    return shares(answer.get_json())


def moved(shop, kind, facility, quantity, sku="S1"):
    row = {"kind": kind, "sku": sku, "facility": facility, "quantity": quantity, "reason": "test"}
    assert shop.move(row).status_code == 201


@pytest.mark.parametrize("lines", [{"S1": 1}, {"S1": 2}, {"S1": 1, "S2": 3}])
def test_what_was_seen_lately_is_reserved_by_one_statement(shop, statements, lines):
    assert taken(shop, "a", lines) == {"W1": lines}
    assert len(statements) == 1


def test_a_cart_that_asked_where_it_ships_from_is_reserved_by_one_statement(shop, statements):
    assert shop.source({"S3": 1}).status_code == 200
    statements.clear()
    assert taken(shop, "a", {"S3": 1}) == {"W3": {"S3": 1}}
    assert len(statements) == 1


def test_what_was_not_seen_is_looked_at(shop, statements):
    assert taken(shop, "a", {"S3": 1}) == {"W3": {"S3": 1}}
    assert len(statements) == 2


def test_what_was_seen_long_ago_is_looked_at_again(shop, statements, monkeypatch):
    monkeypatch.setattr(memory, "FRESH_SECONDS", -1.0)
    for cart in ("a", "b"):
        statements.clear()
        assert taken(shop, cart, {"S3": 1}) == {"W3": {"S3": 1}}
        assert len(statements) == 2


def test_stock_that_has_come_nearer_is_used(shop):
    taken(shop, "a", {"S1": 2})
    assert taken(shop, "b") == FAR
    moved(shop, "receipt", "W1", 5)
    assert taken(shop, "c") == NEAR


def test_stock_that_has_gone_is_not_promised(shop, statements):
    moved(shop, "scrap", "W1", 2)
    statements.clear()
    assert taken(shop, "a") == FAR
    assert len(statements) == 3  # one in vain, a look, and the one that holds it


def test_stock_that_is_too_little_for_the_cart_is_not_promised(shop):
    moved(shop, "scrap", "W1", 1)
    assert taken(shop, "a", {"S1": 2}) == {"W2": {"S1": 2}}
    assert taken(shop, "b") == NEAR


def test_units_that_a_dead_hold_sets_free_are_used(shop):
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        taken(shop, "short", {"S1": 2}, ttl_seconds=30)
        assert taken(shop, "a") == FAR
        clock.shift(31)
        assert taken(shop, "b") == NEAR


def test_units_that_were_released_are_used(shop):
    first = shop.reserve("soon gone", {"S1": 2}).get_json()
    assert taken(shop, "a") == FAR
    assert shop.delete(f"reservations/{first['id']}").status_code == 204
    assert taken(shop, "b") == NEAR


def test_a_network_that_has_changed_is_read(shop):
    near = {"name": "W1", "timezone": "America/Chicago", "lat": 30, "lng": -90, "active": False}
    assert shop.client.put("/v1/facilities/W1", json=near, headers=shop.headers).status_code == 200
    assert taken(shop, "a") == FAR


def test_a_rate_that_has_changed_is_read(shop):
    put = shop.client.put("/v1/carriers/post", json={}, headers=shop.headers)
    assert put.status_code in (200, 201), put.get_json()
    rate = {"service": "ground", "max_weight_g": 30_000, "price": "1.23", "transit_days": 2}
    assert shop.post("carriers/post/rates", {"rates": [rate]}).status_code in (200, 201)
    told = shop.reserve("b", {"S1": 1}).get_json()
    assert (told["shipments"][0]["carrier"], told["cost"]["total"]) == ("post", "1.23")


@pytest.mark.parametrize("change", [{"weight_g": 30_000}, {"tags": ["hazmat"]}])
def test_an_item_that_has_changed_is_read(shop, statements, change):
    answer = shop.client.put("/v1/items/S1", json={"name": "S1", **change}, headers=shop.headers)
    assert answer.status_code == 200
    statements.clear()
    shop.reserve("a", {"S1": 1})
    assert len(statements) >= 2


def test_prices_that_were_published_are_counted(shop, statements):
    rows = [SkuOutlook("S1", {"W1": 20.0}, {}, 1.5)]
    with transaction():
        outlooks.publish(rows, Baskets((0.5,), 900.0, {}), datetime(2026, 3, 4, tzinfo=UTC))
    told = shop.get(f"reservations/{shop.reserve('a', {'S1': 1}).get_json()['id']}")
    near = next(c for c in told["explanation"]["candidates"] if c["facility"] == "W1")
    assert "prices" in near
    statements.clear()
    shop.reserve("b", {"S1": 1})
    assert len(statements) == 2  # with prices each choice is made from a look


def test_what_a_cart_holds_is_replaced(shop):
    taken(shop, "a", {"S1": 2})
    taken(shop, "a", {"S1": 1})
    assert shop.level("S1", "W1")["reserved"] == 2


def test_the_same_key_has_one_effect(shop):
    body = {"cart_ref": "k", "destination": {"lat": 30, "lng": -90}}
    body["lines"] = [{"sku": "S1", "quantity": 1}]
    first, second = (shop.post("reservations", body, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, first.data) == (201, second.data)
    assert second.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_in_between_the_choice_is_that_of_sourcing(world, seed):
    draw = Random(seed)
    places, skus = ["W1", "W2", "W3", "W4"], ["S1", "S2", "S3"]
    world.has(
        {place: {sku: draw.randint(0, 4) + 1 for sku in skus} for place in places},
        km={place: 200 * (number + 1) for number, place in enumerate(places)},
    )
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        for number in range(40):
            for _ in range(draw.randint(0, 2)):
                happen(world, draw, places, skus, clock)
            lines = {sku: draw.randint(1, 3) for sku in draw.sample(skus, draw.randint(1, 2))}
            sourced, held = world.source(lines), world.reserve(f"c{number}", lines, ttl_seconds=90)
            if sourced.status_code == 200:
                assert shares(held.get_json()) == shares(sourced.get_json()["options"][0])
            else:
                assert held.status_code == sourced.status_code == 409


def happen(world, draw, places, skus, clock):
    """Let something happen to the stock that the reserving process is not told of."""
    row = {"sku": draw.choice(skus), "facility": draw.choice(places), "reason": "test"}
    what = draw.choice(["receipt", "scrap", "later", "sweep"])
    if what == "later":
        clock.shift(timedelta(seconds=draw.randint(1, 60)))
    elif what == "sweep":
        reservations.sweep_expired()
    else:
        world.move({"kind": what, "quantity": draw.randint(1, 4), **row})
