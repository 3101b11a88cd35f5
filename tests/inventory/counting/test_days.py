"""The day's plan of counts."""

import pytest
from msgspec.structs import replace

from fulfillment.inventory.counting.days import MEANWHILE, plan_day


@pytest.fixture
def three_a_day(app):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], counts_per_day=3)


def todo(world, facility="W1", **more):
    more = "".join(f"&{name}={value}" for name, value in more.items())
    return world.get(f"counts?facility={facility}{more}")["items"]


def skus(counts):
    return [count["sku"] for count in counts]


def kinds(count):
    return [reason["kind"] for reason in count["reasons"]]


def move(world, kind, sku, quantity, **more):
    row = {"kind": kind, "sku": sku, "facility": "W1", "quantity": quantity, **more}
    assert world.move(row).status_code == 201


def done(world, count, quantity):
    return world.post(f"counts/{count['id']}/result", {"quantity": quantity})


def test_what_sells_for_more_is_counted_more_often(world, later):
    world.has(
        {"W1": {"dear": 90, "fair": 90, "cheap": 90}},
        dear={"unit_cost": 16},
        fair={"unit_cost": 3},
        cheap={"unit_cost": 1},
    )
    for sku in ("dear", "fair", "cheap"):
        move(world, "shipment", sku, 10)
        move(world, "count", sku, 80)
    for days, due in ((29, []), (1, ["dear"]), (61, ["dear", "fair"])):
        later(days=days)
        plan_day()
        assert skus(todo(world)) == due
    later(days=274)
    plan_day()
    assert {c["sku"]: c["abc_class"] for c in todo(world)} == {
        "dear": "A",
        "fair": "B",
        "cheap": "C",
    }


def test_wrong_records_come_first_and_say_why(world):
    world.has({"W1": {"S1": 5, "S2": 5, "S3": 5, "S4": 5}})
    move(world, "shipment", "S2", 5)
    move(world, "shipment", "S3", 6, force=True, reason="it was there")
    world.order("o", {"S4": 5})
    move(world, "count", "S4", 2)
    move(world, "receipt", "S4", 1)
    assert plan_day() == "3 counts asked for at 1 facilities"
    found = todo(world)
    assert [(count["sku"], kinds(count)) for count in found] == [
        ("S3", ["negative", "at_risk"]),
        ("S4", ["at_risk"]),
        ("S2", ["empty"]),
    ]
    assert found[1]["reasons"][0]["detail"] == "2 units are promised that are not there."
    assert [count["score"] for count in found] == sorted((c["score"] for c in found), reverse=True)


def test_a_facility_is_asked_for_no_more_than_it_can_do_and_once_a_day(world, later, three_a_day):
    world.has({"W1": {f"S{n}": n for n in range(1, 6)}, "W2": {"S1": 1}})
    later(days=366)
    assert plan_day() == "4 counts asked for at 2 facilities"
    first = todo(world)
    assert (len(first), len(todo(world, "W2"))) == (3, 1)
    assert plan_day() == "0 counts asked for at 0 facilities"
    done(world, first[0], 1)
    assert plan_day() == "0 counts asked for at 0 facilities"
    assert skus(todo(world)) == skus(first[1:])


def test_what_was_left_undone_takes_the_place_of_new_routine(world, later, three_a_day):
    world.has({"W1": {f"S{n}": n for n in range(1, 6)}})
    later(days=366)
    plan_day()
    [first, *left] = todo(world)
    done(world, first, 1)
    later(days=1)
    assert plan_day() == "1 counts asked for at 1 facilities"
    assert len(todo(world)) == 3
    assert set(skus(left)) < set(skus(todo(world)))


def test_a_record_that_went_wrong_is_asked_for_however_much_is_left(world, later, three_a_day):
    world.has({"W1": {f"S{n}": 2 for n in range(1, 6)}})
    later(days=366)
    plan_day()
    calm = ({f"S{n}" for n in range(1, 6)} - set(skus(todo(world)))).pop()
    move(world, "shipment", calm, 3, force=True, reason="it was there")
    later(days=1)
    assert plan_day() == "1 counts asked for at 1 facilities"
    assert todo(world)[0]["sku"] == calm
    assert len(todo(world)) == 4


def test_no_shelf_is_asked_for_twice_while_it_is_open(world, later):
    world.has({"W1": {"S1": 2}})
    world.post("counts", {"sku": "S1", "facility": "W1", "reason": "looks odd"})
    later(days=366)
    assert plan_day() == "0 counts asked for at 1 facilities"
    assert [kinds(count) for count in todo(world)] == [["requested"]]


def test_what_somebody_asked_for_gets_its_class_from_the_plan(world, later):
    world.has({"W1": {"S1": 2}}, S1={"unit_cost": 1})
    move(world, "shipment", "S1", 1)
    world.post("counts", {"sku": "S1", "facility": "W1", "reason": "looks odd"})
    assert todo(world)[0]["abc_class"] == "-"
    plan_day()
    assert todo(world)[0]["abc_class"] == "A"


def test_a_count_that_the_ledger_saw_meanwhile_is_not_to_do_any_more(world, later):
    world.has({"W1": {"S1": 2, "S2": 2}})
    later(days=366)
    plan_day()
    later(hours=1)
    move(world, "count", "S1", 2)
    later(days=1)
    plan_day()
    assert skus(todo(world)) == ["S2"]
    [closed] = todo(world, status="skipped")
    assert (closed["sku"], closed["note"]) == ("S1", MEANWHILE)


def test_a_facility_that_does_not_ship_counts_nothing(world, later):
    world.has({"W1": {"S1": 2}}, W1={"active": False})
    later(days=366)
    assert plan_day() == "0 counts asked for at 0 facilities"
