"""What a wave decided for many orders is carried out together, each order whole or not at all."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine

from fulfillment.orders import waves
from fulfillment.orders.waves import Share
from fulfillment.platform import clock
from fulfillment.platform.db import transaction
from tests.world import shares

PLAN = uuid4()


@pytest.fixture
def wait(world):
    def place(ref, lines, **more):
        return UUID(world.order(ref, lines, allocate="wave", **more).get_json()["id"])

    return place


def carry_out(*every):
    with transaction():
        return waves.put_into_effect(PLAN, every)


def now(world, order_id):
    found = world.get(f"orders/{order_id}")
    return shares({"shipments": [s for s in found["shipments"] if s["status"] == "planned"]})


def test_orders_are_allocated_as_decided(world, wait):
    world.has({"A": {"S1": 3}, "B": {"S2": 1}})
    one, two = wait("one", {"S1": 1, "S2": 1}), wait("two", {"S1": 2})
    became = carry_out(Share(one, "A", "S1", 1), Share(one, "B", "S2", 1), Share(two, "A", "S1", 2))
    assert became == {one: "applied", two: "applied"}
    assert now(world, one) == {"A": {"S1": 1}, "B": {"S2": 1}}


def test_where_stock_is_short_the_urgent_order_has_it_and_the_other_waits_whole(world, wait):
    world.has({"A": {"S1": 1, "S2": 1}})
    patient, urgent = wait("patient", {"S1": 1, "S2": 1}), wait("urgent", {"S1": 1}, priority=9)
    became = carry_out(
        Share(patient, "A", "S1", 1), Share(patient, "A", "S2", 1), Share(urgent, "A", "S1", 1)
    )
    assert became == {patient: "lost", urgent: "applied"}
    assert (now(world, patient), world.level("S2", "A")["reserved"]) == ({}, 0)


def test_where_stock_is_short_a_move_gives_way_to_an_order_that_waits(world, wait):
    world.has({"A": {"S1": 1}, "B": {"S1": 1}}, km={"A": 100, "B": 50})
    held = UUID(world.order("held", {"S1": 1}, priority=9).get_json()["id"])
    waiting = wait("waiting", {"S1": 1})
    became = carry_out(Share(held, "A", "S1", 1, held_at="B"), Share(waiting, "A", "S1", 1))
    assert became == {held: "lost", waiting: "applied"}
    assert (now(world, held), now(world, waiting)) == ({"B": {"S1": 1}}, {"A": {"S1": 1}})


def test_two_orders_may_change_places_though_nothing_is_free(world):
    world.has({"A": {"S1": 1}, "B": {"S1": 1}}, km={"A": 10, "B": 20})
    one, two = (UUID(world.order(ref, {"S1": 1}).get_json()["id"]) for ref in ("one", "two"))
    assert (now(world, one), now(world, two)) == ({"A": {"S1": 1}}, {"B": {"S1": 1}})
    became = carry_out(Share(one, "B", "S1", 1, held_at="A"), Share(two, "A", "S1", 1, held_at="B"))
    assert became == {one: "applied", two: "applied"}
    assert (now(world, one), now(world, two)) == ({"B": {"S1": 1}}, {"A": {"S1": 1}})


def test_who_waits_for_what_another_gives_up_waits_on_if_that_one_does_not_move(world, wait):
    world.has({"A": {"S1": 1}, "B": {"S1": 0}}, km={"A": 10, "B": 20})
    held = UUID(world.order("held", {"S1": 1}).get_json()["id"])
    waiting = wait("waiting", {"S1": 1})
    became = carry_out(Share(held, "B", "S1", 1, held_at="A"), Share(waiting, "A", "S1", 1))
    assert became == {held: "lost", waiting: "lost"}
    assert now(world, held) == {"A": {"S1": 1}}


def test_units_of_a_cart_that_has_expired_are_free(world, wait):
    world.has({"A": {"S1": 1}})
    waiting = wait("waiting", {"S1": 1})
    world.reserve("cart", {"S1": 1}, ttl_seconds=1)
    assert carry_out(Share(waiting, "A", "S1", 1)) == {waiting: "lost"}
    with time_machine.travel(clock.now() + timedelta(seconds=2)):
        assert carry_out(Share(waiting, "A", "S1", 1)) == {waiting: "applied"}


def test_an_order_that_changed_since_is_overtaken(world):
    world.has({"A": {"S1": 2}, "B": {"S1": 2}}, km={"A": 10, "B": 20})
    held = UUID(world.order("held", {"S1": 2}).get_json()["id"])
    moved = Share(held, "B", "S1", 1, held_at="A")
    assert carry_out(moved) == {held: "overtaken"}
    assert now(world, held) == {"A": {"S1": 2}}


def test_a_promise_outlives_every_move(world):
    world.has({"A": {"S1": 1}, "FAR": {"S1": 1}}, km={"A": 10, "FAR": 3000})
    order = world.order("held", {"S1": 1}).get_json()
    held = UUID(order["id"])
    became = carry_out(Share(held, "FAR", "S1", 1, held_at="A"))
    assert became == {held: "lost"}
    assert now(world, held) == {"A": {"S1": 1}}
    assert world.get(f"orders/{held}")["promised_by"] == order["promised_by"]
