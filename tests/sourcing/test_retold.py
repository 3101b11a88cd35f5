"""A reservation is told of in full later as it stood; what is not so any more is said."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from fulfillment.inventory.models import Hold
from fulfillment.platform.db import db, transaction
from fulfillment.sourcing.tables import expanded
from tests.retellings import (
    FLAGS,
    WEDNESDAY,
    alike,
    by_facility,
    follow,
    reserved,
    standing_clock,
)
from tests.world import CUSTOMER, KM_PER_DEGREE

__all__ = ["follow", "reserved", "standing_clock"]


def put(world, path, **document):
    answer = world.client.put(f"/v1/{path}", json=document, headers=world.headers)
    assert answer.status_code == 200, answer.get_json()


def test_a_cart_that_is_held_anew_is_told_by_its_last_plan(world, reserved):
    world.has({"A": {"S1": 5}, "B": {"S1": 9}}, km={"A": 10, "B": 900}, weight_g=9000)
    reserved({"S1": 4})
    with time_machine.travel(WEDNESDAY + timedelta(minutes=7), tick=False):
        told = reserved({"S1": 5})()
    assert [c["promisable"]["S1"] for c in told["candidates"]] == [5, 9]
    assert (told["terms"]["total"], told["figures_changed"]) == (told["objective"], False)
    assert told["network_changed"] is False


@pytest.fixture
def two(world, reserved):
    """A reservation of what a near and a far facility have, and what it was told at first."""
    world.has({"NEAR": {"S1": 9}, "FAR": {"S1": 9}}, km={"NEAR": 100, "FAR": 900}, weight_g=5000)
    tell = reserved({"S1": 2})
    return tell, tell()


def without_flags(told):
    return {name: value for name, value in told.items() if name not in FLAGS}


def test_what_happens_to_stock_and_strategies_later_changes_nothing(world, two, follow):
    tell, before = two
    world.has({"NEAR": {"S1": 90}, "NEW": {"S1": 90}})
    world.reserve("another", {"S1": 50})
    follow(weights={"split": 50}, eligibility=[{"facilities": ["FAR"]}])
    assert tell() == before


@pytest.mark.parametrize("km", [1500, None])
def test_a_facility_that_moves_is_told_of_as_it_was(world, two, km):
    tell, before = two
    lat = None if km is None else CUSTOMER["lat"] + km / KM_PER_DEGREE
    place = {"lat": lat, "lng": None if km is None else -90.0}
    put(world, "facilities/NEAR", name="NEAR", timezone="America/Chicago", **place)
    after = tell()
    assert (after["network_changed"], after["figures_changed"]) == (True, False)
    assert alike(without_flags(after), without_flags(before))


def test_of_a_facility_that_nobody_can_locate_any_more_the_kept_figures_are_left(world, two):
    tell, before = two
    put(world, "facilities/FAR", name="FAR", timezone="America/Chicago")
    after = tell()
    assert (after["network_changed"], after["figures_changed"]) == (True, False)
    far = by_facility(after)["FAR"]
    assert (far["shipment_cost"], far["terms"]) == (
        by_facility(before)["FAR"]["shipment_cost"],
        None,
    )
    assert (after["terms"], after["runner_up"]) == (before["terms"], None)


def test_a_facility_that_closes_is_told_of_as_it_was(world, two):
    tell, before = two
    put(
        world,
        "facilities/NEAR",
        name="N",
        timezone="America/Chicago",
        lat=CUSTOMER["lat"] + 100 / KM_PER_DEGREE,
        lng=-90.0,
        active=False,
    )
    after = tell()
    assert (after["network_changed"], after["figures_changed"]) == (True, False)
    assert alike(without_flags(after), without_flags(before))


def test_an_item_that_weighs_something_else_by_now_makes_other_terms_and_says_so(world, two):
    tell, before = two
    put(world, "items/S1", name="S1", weight_g=9000)
    after = tell()
    assert (after["network_changed"], after["figures_changed"]) == (False, True)
    assert after["objective"] == before["objective"] < after["terms"]["total"]
    assert after["candidates"][0]["status"] == before["candidates"][0]["status"]


def test_where_another_plan_comes_out_best_today_nothing_binds_and_that_is_said(world, reserved):
    world.has({"A": {"S1": 1}, "B": {"S1": 1}, "FAR": {"S1": 9}}, km={"FAR": 2000}, weight_g=100)
    tell = reserved({"S1": 2})
    assert tell()["runner_up"]["shipments"] == ["A", "B"]
    put(world, "items/S1", name="S1", weight_g=60_000)
    told = tell()
    assert [c["status"] for c in told["candidates"]] == ["not_chosen", "not_chosen", "chosen"]
    assert (told["runner_up"]["shipments"], told["binding"]) == (["A", "B"], None)
    assert told["runner_up"]["costs_more"] < 0
    assert told["figures_changed"] is True


@pytest.mark.parametrize(
    "older",
    [
        lambda why: why | {"candidates": expanded(why)["candidates"]},
        lambda why: {n: v for n, v in why.items() if n != "candidates"},
        lambda why: why | {"strategy": {"name": "gone", "version": 7}},
        lambda why: why | {"candidates": why["candidates"] | {"prices": [{"S1": 2.0}, {}]}},
    ],
)
def test_what_former_releases_kept_stays_as_brief_as_it_was(world, two, older):
    tell, _ = two
    hold = db.session.scalars(select(Hold)).one()
    why = older(hold.plan["explanation"])
    with transaction():
        db.session.execute(update(Hold).values(plan=hold.plan | {"explanation": why}))
    assert tell() == expanded(why)
