"""The cases 1 to 15 that every build must pass; 16 to 21 are in the files beside it."""

from datetime import timedelta

import pytest
import time_machine

from fulfillment.platform import clock
from tests.world import CUSTOMER, lines_of, shares

SHORT = {"W1": {"S1": 4}, "W2": {"S1": 3}}


def shortages(answer):
    assert answer.status_code == 409
    assert answer.get_json()["type"] == "/problems/insufficient-stock"
    return {s["sku"]: (s["asked"], s["promisable"]) for s in answer.get_json()["shortages"]}


@pytest.mark.parametrize("promise", ["order", "reserve"])
def test_case_1_more_than_there_is_is_refused_with_what_is_promisable(world, promise):
    world.has(SHORT)
    assert shortages(getattr(world, promise)("o1", {"S1": 10})) == {"S1": (10, 7)}
    assert world.get("orders")["items"] == []
    assert [world.level("S1", f)["reserved"] for f in ("W1", "W2")] == [0, 0]


def test_case_2_every_sku_that_is_short_is_named(world):
    world.has({"W1": {"S1": 4, "S2": 1, "S3": 9}, "W2": {"S1": 3}})
    refused = world.order("o1", {"S1": 8, "S2": 2, "S3": 9})
    assert shortages(refused) == {"S1": (8, 7), "S2": (2, 1)}
    assert world.level("S3")["reserved"] == 0


@pytest.mark.parametrize(("units", "status", "reserved"), [(20, 201, 100), (21, 409, 80)])
def test_case_3_what_is_reserved_cannot_be_promised_again(world, units, status, reserved):
    world.has({"W1": {"S1": 100}})
    world.order("o1", {"S1": 80})
    assert world.order("o2", {"S1": units}).status_code == status
    assert world.level()["reserved"] == reserved


def hand_over(world, order):
    for shipment in order["shipments"]:
        for step in ("pick", "pack", "handover"):
            answer = world.post(f"shipments/{shipment['id']}/{step}")
            assert answer.status_code == 200, answer.get_json()


def test_case_4_shipping_takes_from_on_hand_and_from_reserved(world):
    world.has({"W1": {"S1": 100}})
    world.order("o1", {"S1": 30})
    hand_over(world, world.order("o2", {"S1": 50}).get_json())
    level = world.level()
    assert (level["on_hand"], level["reserved"], level["promisable"]) == (50, 30, 20)


def test_case_5_what_others_hold_is_no_reason_to_split(world):
    world.has({"W1": {"S1": 4}, "W2": {"S1": 3}}, km={"W1": 10, "W2": 900})
    held = world.reserve("another", {"S1": 2}).get_json()
    assert shares(held) == {"W1": {"S1": 2}}
    [best, *_] = world.source({"S1": 3}).get_json()["options"]
    assert shares(best) == {"W2": {"S1": 3}}


def test_case_6_a_cart_that_reserves_twice_has_one_hold_with_a_new_end(world):
    world.has({"W1": {"S1": 10}})
    first = world.reserve("cart", {"S1": 3}).get_json()
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        second = world.reserve("cart", {"S1": 3}).get_json()
    assert first["id"] == second["id"]
    assert first["expires_at"] < second["expires_at"]
    assert world.level()["reserved"] == 3


def test_case_7_two_lines_of_one_sku_are_one_demand(world):
    world.has({"W1": {"S1": 5}})
    twice = [{"sku": "S1", "quantity": 3}, {"sku": "S1", "quantity": 3}]
    asked = {"destination": CUSTOMER, "lines": twice}
    assert shortages(world.post("reservations", {**asked, "cart_ref": "c"})) == {"S1": (6, 5)}
    assert shortages(world.post("orders", {**asked, "order_ref": "o"})) == {"S1": (6, 5)}
    assert world.level()["reserved"] == 0


def test_case_8_what_is_planned_is_what_is_taken(world):
    world.has({"L1": {"S1": 10}, "L2": {"S1": 15}})
    order = world.order("o1", {"S1": 13}).get_json()
    taken = {f: world.level("S1", f)["reserved"] for f in ("L1", "L2")}
    assert sum(taken.values()) == 13
    assert shares(order) == {f: {"S1": units} for f, units in taken.items() if units}


def test_case_9_a_cart_that_holds_all_the_stock_places_its_order(world):
    world.has({"W1": {"S1": 4}, "W2": {"S1": 3}})
    hold = world.reserve("cart", {"S1": 7}).get_json()
    placed = world.post("orders", {"order_ref": "o1", "reservation_id": hold["id"]})
    assert placed.status_code == 201
    assert shares(placed.get_json()) == {"W1": {"S1": 4}, "W2": {"S1": 3}}
    assert placed.get_json()["status"] == "allocated"


def test_case_10_an_expired_hold_is_dead_before_the_sweeper_comes(world):
    world.has({"W1": {"S1": 4}})
    held = world.reserve("slow", {"S1": 4}, ttl_seconds=60).get_json()
    assert world.reserve("quick", {"S1": 4}).status_code == 409
    with time_machine.travel(clock.now() + timedelta(seconds=60), tick=False):
        assert world.level()["promisable"] == 4
        assert world.reserve("quick", {"S1": 4}).status_code == 201
        late = world.post("orders", {"order_ref": "o1", "reservation_id": held["id"]})
    assert (late.status_code, late.get_json()["type"]) == (409, "/problems/reservation-ended")
    assert world.level()["reserved"] == 4


NONSENSE = [
    ({"kind": "adjustment"}, "reason"),
    ({"kind": "scrap"}, "reason"),
    ({"kind": "hold"}, "reason"),
    ({"quantity": 0}, "quantity"),
    ({"kind": "adjustment", "quantity": 0, "reason": "found"}, "quantity"),
    ({"quantity": -1}, "quantity"),
    ({"kind": "count", "quantity": -1}, "quantity"),
    ({"kind": "miracle"}, "kind"),
    ({"kind": None}, "kind"),
    ({"quantity": 10**10}, "quantity"),
    ({"quantity": "3"}, "quantity"),
    ({"quantity": 1.5}, "quantity"),
    ({"quantity": True}, "quantity"),
    ({"sku": "nobody knows"}, "sku"),
    ({"facility": "W9"}, "facility"),
    ({"occurred_at": "1999-12-31T00:00:00Z"}, "occurred_at"),
    ({"occurred_at": "2026-01-01T00:00:00"}, "occurred_at"),
    ({"colour": "blue"}, "colour"),
    ({"force": True}, "reason"),
]


def test_case_11_a_movement_that_says_too_little_or_nonsense_names_its_field(world):
    world.has({"W1": {"S1": 5}})
    row = {"kind": "receipt", "sku": "S1", "facility": "W1", "quantity": 1}
    for change, field in NONSENSE:
        answer = world.move(row, {**row, **change})
        assert answer.status_code == 422
        assert list(answer.get_json()["errors"]) == [f"movements.1.{field}"]
    assert world.level()["on_hand"] == 5


def test_case_12_shipping_what_is_not_there_takes_a_supervisor_and_a_reason(world, auth):
    world.has({"W1": {"S1": 0}})
    shipped = {"kind": "shipment", "sku": "S1", "facility": "W1", "quantity": 1}
    forced = {**shipped, "force": True, "reason": "the truck has left already"}
    assert world.move(shipped).status_code == 409
    body = {"movements": [forced]}
    staff = world.client.post("/v1/stock/movements", json=body, headers=auth("warehouse"))
    assert staff.status_code == 403
    assert world.move(forced).status_code == 201
    assert world.level()["on_hand"] == -1
    [row] = world.get("stock/movements?sku=S1&facility=W1")["items"]
    assert (row["forced"], row["reason"]) == (True, "the truck has left already")
    assert row["actor"].startswith("key:")


def test_case_13_a_transfer_that_cannot_be_moves_nothing(world):
    world.has({"W1": {"S1": 1, "S2": 3}, "W2": {}})
    body = {"from_facility": "W1", "to_facility": "W2"}
    wrong = ({"S1": 5}, 409), ({"S1": 0}, 422), ({"S1": -5}, 422), ({"S2": 3, "S1": 2}, 409)
    for lines, status in wrong:
        answer = world.post("transfers", {**body, "lines": lines_of(lines)})
        assert answer.status_code == status
    stock = {row["sku"]: row for row in world.get("stock")["items"]}
    assert [(stock[s]["on_hand"], stock[s]["reserved"]) for s in ("S1", "S2")] == [(1, 0), (3, 0)]
    assert world.get("transfers")["items"] == []


def test_case_14_a_count_of_a_stock_that_changed_is_refused_with_the_present_figure(world):
    world.has({"W1": {"S1": 9}})
    count = {"kind": "count", "sku": "S1", "facility": "W1", "quantity": 7}
    stale = world.move({**count, "expected_on_hand": 8})
    assert (stale.status_code, stale.get_json()["on_hand"]) == (409, 9)
    assert world.level()["on_hand"] == 9
    assert world.move({**count, "expected_on_hand": 9}).status_code == 201
    assert world.level()["on_hand"] == 7


@pytest.mark.parametrize(("counted", "at_risk"), [(4, ["o2"]), (7, []), (0, ["o1", "o2"])])
def test_case_15_a_count_below_the_promises_is_accepted_and_names_them(world, counted, at_risk):
    world.has({"W1": {"S1": 9}})
    world.order("o1", {"S1": 2})
    world.order("o2", {"S1": 3})
    count = {"kind": "count", "sku": "S1", "facility": "W1", "quantity": counted}
    answer = world.move(count)
    assert answer.status_code == 201
    named = [promise["reference"] for promise in answer.get_json()["movements"][0]["at_risk"]]
    assert sorted(named) == at_risk
    assert world.level()["on_hand"] == counted
    assert world.level()["at_risk"] == max(0, 5 - counted)


def test_a_dead_hold_is_in_no_movement_s_way_before_the_sweep(world):
    with time_machine.travel("2026-03-04T12:00:00Z", tick=False) as clock:
        world.has({"W1": {"S1": 1}})
        world.reserve("c", {"S1": 1}, ttl_seconds=60)
        clock.shift(61)
        gone = {"kind": "scrap", "sku": "S1", "facility": "W1", "quantity": 1, "reason": "broken"}
        assert world.move(gone, dry_run=True).status_code == 200
        assert world.level()["on_hand"] == 1
        assert world.move(gone).status_code == 201
        assert world.level()["on_hand"] == 0


def test_a_count_puts_no_order_at_risk_for_a_dead_hold(world):
    with time_machine.travel("2026-03-04T12:00:00Z", tick=False) as clock:
        world.has({"W1": {"S1": 2}})
        world.reserve("c", {"S1": 1}, ttl_seconds=60)
        world.order("o", {"S1": 1})
        clock.shift(61)
        counted = {"kind": "count", "sku": "S1", "facility": "W1", "quantity": 1}
        assert world.move(counted).get_json()["movements"][0]["at_risk"] == []
        assert world.level()["at_risk"] == 0
