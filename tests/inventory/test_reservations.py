"""Holds: renewed, changed, extended, given back, and gone when their time is over."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from fulfillment.inventory import reservations
from fulfillment.platform import clock
from fulfillment.platform.db import transaction


@pytest.fixture
def stock(world):
    world.has({"W1": {"S1": 5, "S2": 5}})


pytestmark = pytest.mark.usefixtures("stock")


def later(**time):
    return time_machine.travel(clock.now() + timedelta(**time), tick=False)


def extend(world, hold, **body):
    return world.post(f"reservations/{hold['id']}/extend", body)


def test_a_cart_that_changes_its_mind_holds_the_new_units_alone(world):
    first = world.reserve("cart", {"S1": 4}).get_json()
    second = world.reserve("cart", {"S1": 1, "S2": 2}).get_json()
    assert second["id"] == first["id"]
    assert [world.level(sku)["reserved"] for sku in ("S1", "S2")] == [1, 2]


def test_a_cart_may_hold_more_of_what_it_holds_already(world):
    world.reserve("cart", {"S1": 3})
    assert world.reserve("cart", {"S1": 5}).status_code == 201


def test_a_refused_change_leaves_the_cart_what_it_had(world):
    hold = world.reserve("cart", {"S1": 3}).get_json()
    assert world.reserve("cart", {"S1": 6, "S2": 1}).status_code == 409
    kept = world.get(f"reservations/{hold['id']}")
    assert (kept["status"], kept["expires_at"]) == ("live", hold["expires_at"])
    assert [world.level(sku)["reserved"] for sku in ("S1", "S2")] == [3, 0]


def test_an_extended_hold_outlives_its_first_end(world):
    hold = world.reserve("cart", {"S1": 5}, ttl_seconds=60).get_json()
    with later(seconds=30):
        assert extend(world, hold, ttl_seconds=60).status_code == 200
    with later(seconds=61):
        assert world.level()["promisable"] == 0
        assert world.reserve("other", {"S1": 1}).status_code == 409
        placed = world.post("orders", {"order_ref": "o1", "reservation_id": hold["id"]})
        assert placed.status_code == 201


def test_a_hold_cannot_be_extended_once_it_is_over(world):
    hold = world.reserve("cart", {"S1": 5}, ttl_seconds=60).get_json()
    with later(seconds=60):
        assert extend(world, hold).status_code == 409
        assert world.get(f"reservations/{hold['id']}")["status"] == "expired"


def test_a_time_to_live_beyond_the_limit_is_refused_by_name(world):
    for seconds in (0, -1, 86_401, "60"):
        refused = world.reserve("cart", {"S1": 1}, ttl_seconds=seconds)
        assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["ttl_seconds"])


def test_a_hold_is_given_back_once(world):
    hold = world.reserve("cart", {"S1": 5}).get_json()
    for _ in range(2):
        assert world.delete(f"reservations/{hold['id']}").status_code == 204
    assert world.get(f"reservations/{hold['id']}")["status"] == "released"
    assert world.level()["reserved"] == 0


def test_an_expired_cart_holds_anew_under_a_new_name(world):
    first = world.reserve("cart", {"S1": 5}, ttl_seconds=60).get_json()
    with later(seconds=61):
        second = world.reserve("cart", {"S1": 5}).get_json()
    assert second["id"] != first["id"]
    assert world.get(f"reservations/{first['id']}")["status"] == "expired"


def test_the_sweeper_ends_what_is_over_and_nothing_else(world):
    world.reserve("short", {"S1": 2}, ttl_seconds=60)
    world.reserve("long", {"S1": 2}, ttl_seconds=600)
    with later(seconds=60):
        assert reservations.sweep_expired() == 1
        assert reservations.sweep_expired() == 0
    assert world.level()["reserved"] == 2


def test_a_hold_that_lost_units_places_no_order_until_it_holds_anew(world):
    # Another server's clock, a little ahead, has ended units that this one calls live.
    hold = world.reserve("cart", {"S1": 3}, ttl_seconds=60).get_json()
    with later(seconds=60):
        assert world.reserve("other", {"S1": 5}, ttl_seconds=1).status_code == 201
    lost = world.post("orders", {"order_ref": "o1", "reservation_id": hold["id"]})
    assert (lost.status_code, lost.get_json()["type"]) == (409, "/problems/reservation-ended")
    with later(seconds=62), transaction():
        reservations.release(UUID(world.reserve("other", {"S2": 1}).get_json()["id"]))
    with later(seconds=-10):
        again = world.reserve("cart", {"S1": 3}, ttl_seconds=600)
    assert (again.status_code, again.get_json()["id"]) == (201, hold["id"])
    placed = world.post("orders", {"order_ref": "o1", "reservation_id": hold["id"]})
    assert placed.status_code == 201


def test_a_reservation_that_never_was_is_not_found(world):
    unknown = "reservations/00000000-0000-7000-8000-000000000000"
    assert world.delete(unknown).status_code == 404
    assert world.post(f"{unknown}/extend").status_code == 404
