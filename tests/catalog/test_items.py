import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from fulfillment.catalog import items
from fulfillment.catalog.schemas import ItemIn
from fulfillment.platform.db import transaction

HAMMER = {
    "name": "Hammer",
    "gtin": "4006381333931",
    "weight_g": 650,
    "dimensions": {"length_mm": 300, "width_mm": 120, "height_mm": 40},
    "unit_cost": "4.5",
    "unit_price": "12.9900",
    "pack_size": 6,
    "tags": ["tools", "hazmat"],
}


@pytest.fixture
def planner(auth):
    return auth("planner")


def test_an_item_comes_back_as_it_was_put(client, planner):
    put = client.put("/v1/items/H-1", json=HAMMER, headers=planner)
    assert put.status_code == 201
    got = client.get("/v1/items/H-1", headers=planner)
    assert got.json == put.json
    money = {"unit_cost": "4.50", "unit_price": "12.99", "currency": "USD"}
    assert got.json | HAMMER | money == got.json


def test_what_is_not_given_takes_its_default(client, planner):
    item = client.put("/v1/items/H-1", json={}, headers=planner).json
    assert (item["name"], item["weight_g"], item["pack_size"]) == ("H-1", 1000, 1)
    assert (item["dimensions"], item["unit_cost"], item["tags"]) == (None, None, [])


def test_a_put_replaces_the_whole_item(client, planner):
    client.put("/v1/items/H-1", json=HAMMER, headers=planner)
    again = client.put("/v1/items/H-1", json={"name": "Mallet"}, headers=planner)
    assert (again.status_code, again.json["version"]) == (200, 2)
    assert (again.json["gtin"], again.json["weight_g"]) == (None, 1000)


def test_a_put_that_changes_nothing_is_no_new_version(client, planner):
    first = client.put("/v1/items/H-1", json=HAMMER, headers=planner)
    again = client.put("/v1/items/H-1", json=HAMMER, headers=planner)
    assert again.json == first.json
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_stale_write_is_refused(client, planner):
    tag = client.put("/v1/items/H-1", json=HAMMER, headers=planner).headers["ETag"]
    changed = {"json": {}, "headers": planner | {"If-Match": tag}}
    assert client.put("/v1/items/H-1", **changed).status_code == 200
    assert client.put("/v1/items/H-1", **changed).status_code == 412
    assert client.put("/v1/items/NEW", **changed).status_code == 412


def test_a_write_that_a_rival_overtakes_is_refused(app, client, planner):
    tag = client.put("/v1/items/H-1", json=HAMMER, headers=planner).headers["ETag"]
    mine = {"json": {"weight_g": 1}, "headers": planner | {"If-Match": tag}}
    with ThreadPoolExecutor(1) as thread:
        with transaction():
            items.put("H-1", ItemIn().load({"weight_g": 2}))
            written = thread.submit(app.test_client().put, "/v1/items/H-1", **mine)
            time.sleep(0.5)  # it waits for the rival's lock by now
            assert not written.done()
        assert written.result(30).status_code == 412
    assert client.get("/v1/items/H-1", headers=planner).json["weight_g"] == 2


@pytest.mark.parametrize("sku", ["a/b/c", "import", "A B", "Ü-ñ-東", "50%", "a+b", "x" * 64])
def test_a_sku_may_be_any_printable_text(client, planner, sku):
    path = "/v1/items/" + sku.replace("%", "%25").replace("+", "%2B")
    assert client.put(path, json={}, headers=planner).json["sku"] == sku
    assert client.get(path, headers=planner).json["sku"] == sku


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("sku", ["x" * 65, "%20a", "a%20", "a%09b", "a%7Fb", "a//b", "a/../b"])
def test_other_skus_are_refused(client, planner, sku):
    answer = client.put(f"/v1/items/{sku}", json={}, headers=planner)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["sku"])


def test_another_letter_case_is_another_sku(client, planner):
    client.put("/v1/items/abc", json={}, headers=planner)
    assert client.get("/v1/items/ABC", headers=planner).status_code == 404


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weight_g", 0),
        ("weight_g", 1.5),
        ("weight_g", "5"),
        ("weight_g", 10**9 + 1),
        ("gtin", "4006381333932"),
        ("gtin", "123"),
        ("unit_cost", "-1"),
        ("unit_cost", "0.00001"),
        ("unit_cost", "1e999999"),
        ("unit_price", "NaN"),
        ("currency", "EUR"),
        ("pack_size", 0),
        ("name", "two\nlines"),
        ("tags", ["a", "a"]),
        ("tags", ["a;b"]),
        ("dimensions", {"length_mm": 0}),
        ("colour", "red"),
    ],
)
def test_a_bad_value_is_refused_at_its_field(client, planner, field, value):
    answer = client.put("/v1/items/A", json={field: value}, headers=planner)
    assert answer.status_code == 422
    assert [path.split(".")[0] for path in answer.json["errors"]] == [field]


@pytest.mark.parametrize(("role", "status"), [("warehouse", 403), ("viewer", 403), ("admin", 201)])
def test_only_planners_write_items(client, auth, role, status):
    assert client.put("/v1/items/A", json={}, headers=auth(role)).status_code == status


def test_items_are_listed_by_sku_in_pages(client, planner):
    for sku in "CAB":
        client.put(f"/v1/items/{sku}", json={}, headers=planner)
    first = client.get("/v1/items?limit=2", headers=planner).json
    assert [item["sku"] for item in first["items"]] == ["A", "B"]
    rest = client.get(f"/v1/items?limit=2&cursor={first['next_cursor']}", headers=planner).json
    assert ([item["sku"] for item in rest["items"]], rest["next_cursor"]) == (["C"], None)


@pytest.mark.parametrize(
    ("query", "skus"),
    [("tag=hazmat", ["H"]), ("tag=haz", []), ("gtin=4006381333931", ["H"]), ("gtin=1", [])],
)
def test_items_are_found_by_tag_and_gtin(client, planner, query, skus):
    client.put("/v1/items/H", json=HAMMER, headers=planner)
    client.put("/v1/items/X", json={"tags": ["tools"]}, headers=planner)
    found = client.get(f"/v1/items?{query}", headers=planner).json["items"]
    assert [item["sku"] for item in found] == skus


@pytest.mark.usefixtures("app")
def test_many_skus_are_found_at_once():
    with transaction():
        items.put("A", ItemIn().load({"weight_g": 5}))
    asked = [f"S{number}" for number in range(12_000)] + ["A"]
    assert {sku: item.weight_g for sku, item in items.find(asked).items()} == {"A": 5}
    assert items.unknown(["Z", "A", "B", "Z"]) == ["B", "Z"]
    assert items.find([]) == {}
