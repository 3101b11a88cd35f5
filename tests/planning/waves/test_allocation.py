"""The wave over real orders: jointly, within capacity, and by each order's own limits."""

from datetime import timedelta

import pytest
import time_machine

from fulfillment.planning.waves import allocation
from fulfillment.platform import clock
from tests.world import CUSTOMER, KM_PER_DEGREE, shares

FAR_NORTH = {**CUSTOMER, "lat": CUSTOMER["lat"] + 2000 / KM_PER_DEGREE}


def orders_by_ref(world):
    return {order["order_ref"]: order for order in world.get("orders")["items"]}


@pytest.fixture
def rivals(world, wait):
    """The first order is nearly as near to B as to A; the second must come a long way from A."""
    world.has({"A": {"S1": 1}, "B": {"S1": 1}}, km={"A": 100, "B": -100}, weight_g=10_000)
    wait("first", {"S1": 1}, destination={**CUSTOMER, "lat": CUSTOMER["lat"] + 0.1})
    wait("second", {"S1": 1}, destination=FAR_NORTH)


def test_case_12_the_scarce_unit_goes_to_the_order_that_has_no_alternative(world, plan, wait):
    world.has({"NEAR": {"S1": 1, "S2": 1}, "FAR": {"S1": 1}}, km={"NEAR": 50, "FAR": 900})
    wait("first, from anywhere", {"S1": 1})
    wait("second, in one box", {"S1": 1, "S2": 1}, max_shipments=1)
    summary = plan(apply=True)["summary"]
    assert {ref: shares(order) for ref, order in orders_by_ref(world).items()} == {
        "first, from anywhere": {"FAR": {"S1": 1}},
        "second, in one box": {"NEAR": {"S1": 1, "S2": 1}},
    }
    assert summary["objective"] < summary["greedy"]["objective"]


@pytest.mark.usefixtures("rivals")
def test_joint_allocation_beats_first_come_first_served(world, plan):
    summary = plan(apply=True)["summary"]
    assert {ref: list(shares(o)) for ref, o in orders_by_ref(world).items()} == {
        "first": ["B"],
        "second": ["A"],
    }
    assert summary["lower_bound"] <= summary["objective"] < summary["greedy"]["objective"]
    assert (summary["status"], summary["fallback"]) == ("optimal", None)


@pytest.mark.usefixtures("rivals")
def test_case_16_a_wave_without_time_still_gives_a_plan_and_says_which(plan):
    summary = plan(parameters={"seconds": 1e-6}, apply=True)["summary"]
    assert summary["status"] == "feasible"
    assert "greedy" in summary["fallback"]
    assert summary["outcome"] == {"applied": {"lines": 2, "units": 2}}


def test_a_wave_keeps_to_what_a_facility_can_ship_in_a_day(world, plan, wait):
    world.has(
        {"W1": {"S1": 9}, "W2": {"S1": 9}},
        km={"W1": 10, "W2": 500},
        W1={"daily_order_capacity": 2},
    )
    world.reserve("cart", {"S1": 1})
    for n in range(3):
        wait(f"o{n}", {"S1": 1})
    plan(apply=True)
    used = [facility for o in orders_by_ref(world).values() for facility in shares(o)]
    assert sorted(used) == ["W1", "W2", "W2"]


def test_higher_priorities_get_the_scarce_unit(world, plan, wait):
    world.has({"W1": {"S1": 1}})
    wait("patient", {"S1": 1})
    wait("urgent", {"S1": 1}, priority=9)
    plan(apply=True)
    assert {ref: o["status"] for ref, o in orders_by_ref(world).items()} == {
        "patient": "waiting",
        "urgent": "allocated",
    }


def test_what_cannot_be_filled_is_told_line_by_line(world, plan, wait):
    world.has({"W1": {"S1": 2}})
    order = wait("o1", {"S1": 5})
    ready = plan()
    lines = world.get(f"plans/{ready['id']}/lines")["items"]
    told = [(line["facility"], line["quantity"], line["outcome"]) for line in lines]
    assert told == [("W1", 2, "proposed"), (None, 3, "unfilled")]
    world.post(f"plans/{ready['id']}/apply")
    order = world.get(f"orders/{order['id']}")
    assert (order["status"], order["awaiting"]) == ("partially_allocated", True)
    world.has({"W1": {"S1": 3}})
    plan(apply=True)
    assert world.get(f"orders/{order['id']}")["status"] == "allocated"


def test_what_a_count_found_missing_is_placed_anew_by_the_next_wave(world, plan):
    world.has({"W1": {"S1": 5}, "W2": {"S1": 5}}, km={"W1": 10, "W2": 500})
    for ref, units in (("first", 3), ("second", 2)):
        assert list(shares(world.order(ref, {"S1": units}).get_json())) == ["W1"]
    world.move({"kind": "count", "sku": "S1", "facility": "W1", "quantity": 4})
    plan(apply=True)
    orders = orders_by_ref(world)
    live = [s for s in orders["second"]["shipments"] if s["status"] == "planned"]
    assert shares({"shipments": live}) == {"W2": {"S1": 2}}
    assert shares(orders["first"]) == {"W1": {"S1": 3}}
    assert world.level()["at_risk"] == 0
    assert not any(order["awaiting"] for order in orders.values())


def test_what_is_picked_already_is_left_to_the_floor(world, plan):
    world.has({"W1": {"S1": 5}, "W2": {"S1": 5}}, km={"W1": 10, "W2": 500})
    order = world.order("o1", {"S1": 4}).get_json()
    world.post(f"shipments/{order['shipments'][0]['id']}/pick")
    world.move({"kind": "count", "sku": "S1", "facility": "W1", "quantity": 3})
    plan(apply=True)
    found = world.get(f"orders/{order['id']}")
    assert (found["status"], found["awaiting"]) == ("in_fulfillment", False)
    assert shares(found) == {"W1": {"S1": 4}}


def test_a_wave_without_orders_is_an_empty_plan(world, plan):
    done = plan(apply=True)
    assert (done["status"], done["summary"]["orders"]) == ("applied", 0)


def test_case_19_the_same_data_give_the_same_plan(world, plan, wait):
    world.has({f"W{n}": {"S1": n + 1, "S2": 4 - n} for n in range(4)}, weight_g=5000)
    for n in range(6):
        wait(f"o{n}", {"S1": 1, "S2": 1 + n % 2})
    first, second = plan(), plan()
    assert first["inputs_hash"] == second["inputs_hash"]
    lines = [world.get(f"plans/{p['id']}/lines")["items"] for p in (first, second)]
    assert lines[0] == lines[1] != []


def test_stock_that_is_there_is_sent_however_heavy_far_or_late(world, plan, wait):
    world.has({"W1": {"ANVIL": 2}}, km={"W1": 4000}, weight_g=200_000)
    wait("heavy", {"ANVIL": 1}, requested_by=clock.now().date().isoformat())
    with time_machine.travel(clock.now() + timedelta(days=400)):
        summary = plan(apply=True)["summary"]
    assert (summary["units"], summary["unfilled_units"]) == (1, 0)
    # Being overdue for long costs no more than being overdue.
    assert summary["objective"] < 1000
    assert orders_by_ref(world)["heavy"]["status"] == "allocated"
    partial = world.source({"ANVIL": 5}, ship_complete=False).get_json()["options"][0]
    assert partial["unfilled"] == [{"sku": "ANVIL", "quantity": 4}]


@pytest.mark.usefixtures("app")
def test_a_gap_of_nothing_is_a_gap_and_not_the_default():
    assert allocation.build_problem({"gap": 0}).problem.options.gap == 0
