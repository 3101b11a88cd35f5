"""What counters see, who may, and how right the records were."""

import csv
import io
from urllib.parse import quote

import pytest

from fulfillment.platform import clock


@pytest.fixture
def two_sites(world):
    """Three SKUs at two facilities, and a function that counts one of them."""
    stock = {"S1": 10, "S2": 10, "S3": 4}
    world.has({"W1": stock, "W2": stock}, S1={"unit_cost": 2}, S2={"unit_price": 5})

    def count(sku, facility, quantity):
        body = {"sku": sku, "facility": facility, "reason": "looks odd"}
        path = f"counts/{world.post('counts', body).get_json()['id']}/result"
        assert world.post(path, {"quantity": quantity}).get_json()["status"] == "done"

    return count


def ask(world, sku, facility):
    return world.post("counts", {"sku": sku, "facility": facility, "reason": "looks odd"})


def test_counts_are_blind_unless_the_counter_wants_to_see_the_record(world, two_sites):
    count = ask(world, "S1", "W1").get_json()["id"]
    [row] = world.get("counts")["items"]
    assert "on_hand" not in row
    assert (row["expected"], row["difference"]) == (None, None)
    assert world.get("counts?show_book=true")["items"][0]["on_hand"] == 10
    assert "on_hand" not in world.get(f"counts/{count}")
    assert world.get(f"counts/{count}?show_book=true")["on_hand"] == 10


def test_lists_tell_what_is_open_page_by_page_or_what_was_done(world, two_sites):
    two_sites("S1", "W1", 10)
    for sku in ("S1", "S2", "S3"):
        ask(world, sku, "W1")
    ask(world, "S1", "W2")
    seen, cursor = [], ""
    while cursor is not None:
        page = world.get(f"counts?facility=W1&limit=2{cursor and f'&cursor={cursor}'}")
        seen += [count["sku"] for count in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["S1", "S2", "S3"]
    assert len(world.get("counts?sku=S1")["items"]) == 2
    assert [c["quantity"] for c in world.get("counts?status=done")["items"]] == [10]


def test_a_table_of_counts_tells_the_reasons_in_words(world, two_sites):
    ask(world, "S1", "W1")
    headers = {**world.headers, "Accept": "text/csv"}
    answer = world.client.get("/v1/counts", headers=headers)
    [row] = csv.DictReader(io.StringIO(answer.get_data(as_text=True)))
    assert (row["sku"], row["reasons"], row["on_hand"]) == ("S1", "looks odd", "")


def test_accuracy_by_facility_adds_up(world, two_sites):
    two_sites("S1", "W1", 10)  # exact
    two_sites("S2", "W1", 8)  # 2 too few, at 5.00
    two_sites("S3", "W1", 5)  # 1 too many, of no known value
    two_sites("S1", "W1", 13)  # 3 too many, at 2.00
    two_sites("S1", "W2", 10)
    [first, second] = world.get("counts/accuracy")["items"]
    assert first == {
        "facility": "W1",
        "abc_class": "-",
        "counts": 4,
        "exact": 1,
        "record_accuracy": 0.25,
        "units_expected": 34,
        "units_counted": 36,
        "units_right": 32,
        "units_off": 6,
        "units_net": 2,
        "unit_accuracy": pytest.approx(32 / 38),
        "value_off": "16.00",
        "value_net": "-4.00",
        "currency": "USD",
    }
    assert (second["facility"], second["record_accuracy"], second["value_off"]) == ("W2", 1, "0.00")


def test_accuracy_can_be_asked_of_a_facility_and_a_time(world, two_sites, later):
    two_sites("S1", "W1", 10)
    later(days=100)
    middle = clock.now()
    later(days=1)
    two_sites("S1", "W2", 10)

    def told(**query):
        query = "&".join(f"{name}={quote(value)}" for name, value in query.items())
        return [row["facility"] for row in world.get(f"counts/accuracy?{query}")["items"]]

    assert told() == ["W2"]
    assert told(to=middle.isoformat()) == []
    assert told(to=middle.isoformat(), **{"from": "2020-01-01T00:00:00Z"}) == ["W1"]
    assert told(facility="W1") == []
    assert told(facility="W2") == ["W2"]


def test_accuracy_comes_page_by_page_and_as_a_table(world, two_sites):
    for facility in ("W1", "W2"):
        two_sites("S1", facility, 9)
    first = world.get("counts/accuracy?limit=1")
    second = world.get(f"counts/accuracy?limit=1&cursor={first['next_cursor']}")
    assert [row["facility"] for row in first["items"] + second["items"]] == ["W1", "W2"]
    assert second["next_cursor"] is None
    headers = {**world.headers, "Accept": "text/csv"}
    answer = world.client.get("/v1/counts/accuracy", headers=headers)
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert [(row["facility"], row["value_net"]) for row in rows] == [
        ("W1", "-2.00"),
        ("W2", "-2.00"),
    ]


def test_a_negative_record_has_no_right_units(world, two_sites):
    world.move(
        {
            "kind": "shipment",
            "sku": "S3",
            "facility": "W1",
            "quantity": 7,
            "force": True,
            "reason": "it was there",
        }
    )
    two_sites("S3", "W1", 2)
    [row] = world.get("counts/accuracy")["items"]
    assert (row["units_right"], row["units_off"], row["unit_accuracy"]) == (0, 5, 0)


def test_without_counts_there_is_nothing_to_tell(world):
    assert world.get("counts/accuracy") == {"items": [], "next_cursor": None}


def test_a_key_of_one_facility_sees_and_counts_there_only(world, two_sites, auth, client):
    here, there = (ask(world, "S1", place).get_json()["id"] for place in ("W1", "W2"))
    headers = auth("warehouse", facilities=["W1"])

    def get(path):
        return client.get(f"/v1/{path}", headers=headers)

    def post(path, **body):
        return client.post(f"/v1/{path}", json=body, headers=headers).status_code

    assert [count["id"] for count in get("counts").get_json()["items"]] == [here]
    assert [get(f"counts/{count}").status_code for count in (here, there)] == [200, 403]
    assert get("counts?facility=W2").status_code == 403
    assert get("counts/accuracy?facility=W2").status_code == 403
    two_sites("S2", "W2", 10)
    assert get("counts/accuracy").get_json()["items"] == []
    assert post("counts", sku="S2", facility="W2", reason="looks odd") == 403
    assert post(f"counts/{there}/skip", reason="not mine") == 403
    assert post(f"counts/{there}/result", quantity=10) == 403
    assert post(f"counts/{here}/result", quantity=10) == 200


@pytest.mark.parametrize(
    ("role", "asks", "counts"),
    [
        ("planner", 201, 403),
        ("viewer", 403, 403),
        ("storefront", 403, 403),
        ("warehouse", 201, 200),
    ],
)
def test_planners_ask_and_the_warehouse_counts(world, two_sites, auth, client, role, asks, counts):
    count = ask(world, "S1", "W1").get_json()["id"]
    headers = auth(role)
    body = {"sku": "S2", "facility": "W1", "reason": "looks odd"}
    assert client.post("/v1/counts", json=body, headers=headers).status_code == asks
    path = f"/v1/counts/{count}/result"
    assert client.post(path, json={"quantity": 10}, headers=headers).status_code == counts
