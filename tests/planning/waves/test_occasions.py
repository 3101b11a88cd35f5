"""A wave is due when orders wait, or when those allocated could be better off than before."""

from datetime import timedelta

import pytest
import time_machine

from fulfillment.planning.waves.occasions import occasion
from fulfillment.platform import clock

BETTER = "allocated orders may be better off elsewhere"


@pytest.fixture
def settled(world, plan):
    """An allocated order that a wave has looked at."""
    world.has({"W1": {"S1": 5}})
    order = world.order("o1", {"S1": 1}).get_json()
    assert occasion(10) == BETTER
    plan(apply=True)
    assert occasion(10) is None
    return order


def test_without_orders_there_is_no_occasion(world):
    world.has({"W1": {"S1": 5}})
    assert occasion(10) is None


def test_orders_that_wait_are_always_one(world, plan, wait):
    world.has({"W1": {"S1": 0}})
    wait("o1", {"S1": 1})
    plan(apply=True)
    assert occasion(0) == "orders wait"


CHANGES = {
    "receipt": lambda world: world.has({"W1": {"S1": 1}}),
    "count": lambda world: world.move(
        {"kind": "count", "sku": "S1", "facility": "W1", "quantity": 9}
    ),
    "order": lambda world: world.order("o2", {"S1": 1}),
}
NO_NEWS = {
    "a loss": lambda world: world.move(
        {"kind": "count", "sku": "S1", "facility": "W1", "quantity": 4}
    ),
    "a cart": lambda world: world.reserve("cart", {"S1": 1}),
}


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("change", CHANGES)
def test_what_may_make_room_for_an_allocated_order_is_one_until_the_next_wave(world, plan, change):
    CHANGES[change](world)
    assert occasion(10) == BETTER
    plan(apply=True)
    assert occasion(10) is None


def test_units_that_a_cancelled_order_gave_back_are_one(world, settled):
    world.order("o2", {"S1": 1})
    world.post(f"orders/{settled['id']}/cancel")
    assert occasion(10) == BETTER


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("change", NO_NEWS)
def test_what_only_takes_units_is_none(world, change):
    NO_NEWS[change](world)
    assert occasion(10) is None


@pytest.mark.usefixtures("settled")
def test_a_new_day_is_one():
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert occasion(10) == BETTER


@pytest.mark.usefixtures("settled")
def test_a_plan_that_is_only_looked_at_settles_nothing(world, plan):
    world.has({"W1": {"S1": 1}})
    plan()
    assert occasion(10) == BETTER


@pytest.mark.usefixtures("settled")
def test_waves_that_reconsider_nothing_have_only_orders_that_wait(world):
    world.has({"W1": {"S1": 1}})
    assert occasion(0) is None
