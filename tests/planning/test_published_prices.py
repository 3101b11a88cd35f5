"""A wave publishes its prices, and the next order online follows them."""

import pytest

from fulfillment.platform.db import db
from fulfillment.sourcing.prices import published
from tests.world import CUSTOMER, KM_PER_DEGREE, shares

NORTH = CUSTOMER | {"lat": CUSTOMER["lat"] + 900 / KM_PER_DEGREE}


@pytest.fixture
def scarce(world, wait):
    """One unit in the north, where two orders wait for it; the customer has it a bit farther to
    the south, where there is plenty.
    """
    world.has(
        {"NORTH": {"S1": 1}, "SOUTH": {"S1": 20}},
        km={"NORTH": 900, "SOUTH": -1000},
        weight_g=20_000,
    )
    for ref in ("o1", "o2"):
        wait(ref, {"S1": 1}, destination=NORTH)
    return world


def follow(world, source):
    document = {"prices": {"source": source}}
    world.client.put("/v1/strategies/mine", json=document, headers=world.headers)
    assert world.post("strategies/mine/activate").status_code == 200


def chosen(world):
    return list(shares(world.source({"S1": 1}).get_json()["options"][0]))


@pytest.mark.parametrize("source", ["wave", "blend"])
def test_the_next_order_leaves_what_a_wave_found_scarce(scarce, plan, source):
    follow(scarce, source)
    assert chosen(scarce) == ["NORTH"]
    ready = plan()
    assert chosen(scarce) == ["SOUTH"]
    told = scarce.source({"S1": 1}).get_json()["options"][0]["explanation"]["candidates"][0]
    (why,) = told["priced_by"]
    assert (why["source"], why["plan_id"]) == ("wave", ready["id"])


def test_by_default_no_waves_price_counts(scarce, plan):
    plan()
    assert chosen(scarce) == ["NORTH"]


def test_a_later_wave_replaces_what_an_earlier_one_published(scarce, plan):
    follow(scarce, "wave")
    plan()
    scarce.has({"NORTH": {"S1": 10}})
    second = plan()
    assert chosen(scarce) == ["NORTH"]
    db.session.rollback()
    assert str(published.sources()["wave"].plan_id) == second["id"]


def test_a_wave_that_is_applied_has_published_too(scarce, plan):
    follow(scarce, "wave")
    plan(apply=True)
    scarce.has({"NORTH": {"S1": 1}})
    assert chosen(scarce) == ["SOUTH"]
