"""What was found, posted to the ledger; and who asks for counts."""

import pytest

from fulfillment.inventory.counting.days import plan_day
from fulfillment.platform import outbox


@pytest.fixture
def asked(world):
    """Ask for a count; return its id."""

    def ask(sku="S1", facility="W1", reason="looks odd"):
        body = {"sku": sku, "facility": facility, "reason": reason}
        answer = world.post("counts", body)
        assert answer.status_code in (200, 201), answer.get_json()
        return answer.get_json()["id"]

    return ask


def result(world, count_id, quantity, **more):
    return world.post(f"counts/{count_id}/result", {"quantity": quantity, **more})


def counts_in_ledger(world):
    return [row for row in world.get("stock/movements?sku=S1")["items"] if row["kind"] == "count"]


def test_a_result_is_a_movement_that_names_its_count(world, asked):
    world.has({"W1": {"S1": 9}})
    count = asked()
    told = result(world, count, 7, note="two behind the shelf").get_json()
    assert (told["status"], told["expected"], told["quantity"], told["difference"]) == (
        "done",
        9,
        7,
        -2,
    )
    [line] = counts_in_ledger(world)
    assert line == told["movement"]
    assert (line["quantity"], line["balance_after"]) == (-2, 7)
    assert (line["cause"], line["cause_id"]) == ("count", count)
    assert line["reference"] == "two behind the shelf"
    assert world.level()["on_hand"] == 7


def test_a_count_that_finds_what_is_on_record_is_recorded_as_well(world, asked):
    world.has({"W1": {"S1": 9}})
    assert result(world, asked(), 9).get_json()["difference"] == 0
    assert [line["quantity"] for line in counts_in_ledger(world)] == [0]


def test_a_shelf_that_the_record_does_not_know_can_be_counted(world, asked):
    world.has({"W1": {"S1": 9}, "W2": {}})
    told = result(world, asked(facility="W2"), 3).get_json()
    assert (told["expected"], told["difference"]) == (0, 3)
    assert world.level(facility="W2")["on_hand"] == 3


def test_a_stale_figure_is_refused_with_the_present_one(world, asked):
    world.has({"W1": {"S1": 9}})
    count = asked()
    answer = result(world, count, 7, expected_on_hand=8)
    assert answer.status_code == 409
    assert answer.get_json()["type"].endswith("stale-count")
    assert answer.get_json()["on_hand"] == 9
    assert (world.level()["on_hand"], counts_in_ledger(world)) == (9, [])
    assert world.get(f"counts/{count}")["status"] == "open"
    assert result(world, count, 7, expected_on_hand=9).status_code == 200


def test_counting_less_than_is_promised_lists_whom_that_leaves_without(world, asked):
    world.has({"W1": {"S1": 9}})
    order = world.order("o-1", {"S1": 5}).get_json()
    told = result(world, asked(), 4).get_json()
    assert [(risk["owner"], risk["id"]) for risk in told["at_risk"]] == [("order", order["id"])]
    assert world.level()["at_risk"] == 1
    assert result(world, asked(), 7).get_json()["at_risk"] == []
    assert world.level()["at_risk"] == 0


def test_a_count_is_done_once(world, asked):
    world.has({"W1": {"S1": 9}})
    count = asked()
    assert result(world, count, 9).status_code == 200
    again = result(world, count, 9)
    assert again.status_code == 409
    assert again.get_json()["type"].endswith("wrong-status")
    assert len(counts_in_ledger(world)) == 1


def test_a_retry_is_told_the_same_and_posts_nothing(world, asked):
    world.has({"W1": {"S1": 9}})
    path, body = f"counts/{asked()}/result", {"quantity": 8}
    first, second = (world.post(path, body, Idempotency_Key="k") for _ in range(2))
    assert first.get_json() == second.get_json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(counts_in_ledger(world)) == 1


def test_a_result_far_off_is_posted_once_somebody_else_has_counted(world, asked):
    world.has({"W1": {"S1": 20}}, S1={"unit_cost": 30})
    count = asked()
    first = result(world, count, 12, counted_by="Ann").get_json()
    assert (first["status"], first["recount"], first["movement"]) == ("open", True, None)
    assert "first_quantity" not in world.get(f"counts/{count}")
    assert counts_in_ledger(world) == []
    same = result(world, count, 12, counted_by="Ann")
    assert (same.status_code, same.get_json()["counted_by"]) == (409, "Ann")
    second = result(world, count, 13, counted_by="Bob").get_json()
    assert (second["status"], second["first_quantity"], second["quantity"]) == ("done", 12, 13)
    assert (second["first_counted_by"], second["counted_by"]) == ("Ann", "Bob")
    assert world.level()["on_hand"] == 13


def test_the_key_is_the_counter_where_none_is_named(world, asked, auth):
    world.has({"W1": {"S1": 20}}, S1={"unit_cost": 30})
    path, body = f"/v1/counts/{asked()}/result", {"quantity": 1}
    ann, bob = auth("warehouse"), auth("warehouse")
    statuses = [
        world.client.post(path, json=body, headers=who).status_code for who in (ann, ann, bob)
    ]
    assert statuses == [200, 409, 200]
    assert world.level()["on_hand"] == 1


@pytest.mark.parametrize(
    ("cost", "found", "recount"),
    [
        (30, 16, False),  # 20 % is not more than 20 %
        (30, 15, True),
        (20, 15, False),  # 100.00 is not more than 100.00
        (21, 15, True),
        (30, 25, True),
        (None, 0, False),
    ],
)
def test_only_what_is_off_in_units_and_in_money_is_counted_again(
    world, asked, cost, found, recount
):
    world.has({"W1": {"S1": 20}}, S1={"unit_cost": cost})
    assert result(world, asked(), found).get_json()["recount"] is recount


def test_a_count_can_be_skipped_with_a_reason(world, asked):
    world.has({"W1": {"S1": 9}})
    count = asked()
    assert world.post(f"counts/{count}/skip", {}).status_code == 422
    told = world.post(f"counts/{count}/skip", {"reason": "aisle blocked"}).get_json()
    assert (told["status"], told["note"], told["quantity"]) == ("skipped", "aisle blocked", None)
    assert world.post(f"counts/{count}/skip", {"reason": "again"}).status_code == 409
    assert counts_in_ledger(world) == []


def test_asking_twice_opens_one_count(world):
    world.has({"W1": {"S1": 9}})
    body = {"sku": "S1", "facility": "W1", "reason": "looks odd"}
    first, second = world.post("counts", body), world.post("counts", body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json() == second.get_json()
    assert first.headers["Location"] == f"/v1/counts/{first.get_json()['id']}"


def test_unknown_skus_and_facilities_are_named(world):
    world.has({"W1": {"S1": 9}})
    answer = world.post("counts", {"sku": "S9", "facility": "W9", "reason": "looks odd"})
    assert (answer.status_code, answer.get_json()["errors"].keys()) == (422, {"sku", "facility"})


def test_units_that_a_picker_missed_open_a_count_at_once(world, asked):
    world.has({"W1": {"S1": 9, "S2": 9}})
    open_one = asked("S2")
    shipment = world.order("o", {"S1": 3, "S2": 3}).get_json()["shipments"][0]["id"]
    lines = [{"sku": "S1", "quantity": 1}, {"sku": "S2", "quantity": 1}]
    assert world.post(f"shipments/{shipment}/pick", {"lines": lines}).status_code == 200
    outbox.dispatch()
    found = world.get("counts?facility=W1")["items"]
    assert [[reason["kind"] for reason in count["reasons"]] for count in found] == [
        ["requested", "short_pick"],
        ["short_pick"],
    ]
    assert found[0]["id"] == open_one
    assert found[0]["score"] == 150


def test_a_later_count_of_a_shelf_keeps_the_class_that_it_had(world, asked):
    world.has({"W1": {"S1": 9}}, S1={"unit_cost": 1})
    world.move({"kind": "shipment", "sku": "S1", "facility": "W1", "quantity": 1})
    first = asked()
    plan_day()
    assert result(world, first, 8).get_json()["abc_class"] == "A"
    assert world.get(f"counts/{asked()}")["abc_class"] == "A"
