"""What can be promised, where, as storefronts and staff read it."""

from tests.world import CUSTOMER, KM_PER_DEGREE


def ask(world, *skus, **more):
    answer = world.post("availability", {"skus": list(skus), **more})
    assert answer.status_code == 200, answer.get_json()
    return {row["sku"]: row for row in answer.get_json()["items"]}


def test_all_facilities_count_and_none_that_has_nothing(world):
    world.has({"W1": {"S1": 5}, "W2": {"S1": 3}, "W3": {"S1": 0, "S2": 0}})
    found = ask(world, "S1", "S2")
    assert {sku: row["promisable"] for sku, row in found.items()} == {"S1": 8, "S2": 0}
    assert found["S1"]["facilities"] == [
        {"facility": "W1", "promisable": 5},
        {"facility": "W2", "promisable": 3},
    ]
    assert found["S2"]["deliver_by"] is None


def test_held_unavailable_and_safety_stock_do_not_count(world):
    world.has({"W1": {"S1": 10}})
    world.client.put("/v1/stock/W1/S1", json={"safety_stock": 2}, headers=world.headers)
    world.reserve("cart", {"S1": 1})
    held = {"kind": "hold", "sku": "S1", "facility": "W1", "quantity": 3, "reason": "damaged"}
    world.move(held)
    assert ask(world, "S1")["S1"]["promisable"] == 4
    level = world.level()
    names = ("on_hand", "unavailable", "reserved", "safety_stock", "available", "promisable")
    assert [level[name] for name in names] == [10, 3, 1, 2, 6, 4]


def test_the_earliest_day_is_that_of_the_nearest_facility_with_stock(world):
    world.has({"NEAR": {"S1": 0, "S2": 5}, "FAR": {"S1": 5}}, km={"NEAR": 10, "FAR": 3000})
    found = ask(world, "S1", "S2", destination=CUSTOMER)
    assert found["S2"]["deliver_by"] < found["S1"]["deliver_by"]
    at_the_far_one = {**CUSTOMER, "lat": CUSTOMER["lat"] + 3000 / KM_PER_DEGREE}
    closer = ask(world, "S1", destination=at_the_far_one)
    assert closer["S1"]["deliver_by"] < found["S1"]["deliver_by"]


def test_a_closed_facility_promises_nothing(world):
    world.has({"W1": {"S1": 5}}, W1={"active": False})
    assert ask(world, "S1")["S1"]["promisable"] == 0


def test_unknown_skus_are_named(world):
    world.has({"W1": {"S1": 5}})
    answer = world.post("availability", {"skus": ["S1", "S8", "S9"]})
    assert answer.status_code == 422
    assert len(answer.get_json()["errors"]) == 2


def test_one_sku_asked_twice_is_told_once(world):
    world.has({"W1": {"S1": 5}})
    body = {"skus": ["S1", "S1"]}
    assert len(world.post("availability", body).get_json()["items"]) == 1
