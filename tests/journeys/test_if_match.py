"""If-Match on resources that keep no version: their tag is a digest of what a GET shows."""

import pytest

from tests.world import CUSTOMER, lines_of


@pytest.fixture
def send(client, world):
    def send(method, path, tag, body=None):
        headers = {**world.headers, "If-Match": tag}
        return client.open(f"/v1/{path}", method=method, json=body, headers=headers).status_code

    return send


@pytest.fixture
def tag_of(client, world):
    return lambda path: client.get(f"/v1/{path}", headers=world.headers).headers["ETag"]


def test_a_stock_level_is_written_only_as_it_was_read(world, send, tag_of):
    world.has({"W1": {"S1": 5}})
    read = tag_of("stock/W1/S1")
    assert send("PUT", "stock/W1/S1", '"zz"', {"safety_stock": 1}) == 412
    assert send("PUT", "stock/W1/S1", read, {"safety_stock": 1}) == 200
    assert send("PUT", "stock/W1/S1", read, {"safety_stock": 2}) == 412
    assert world.level()["safety_stock"] == 1
    assert send("PUT", "stock/W1/S1", "*", {"safety_stock": 2}) == 200


def test_stock_that_moved_meanwhile_is_another_tag(world, send, tag_of):
    world.has({"W1": {"S1": 5}})
    read = tag_of("stock/W1/S1")
    world.move({"kind": "receipt", "sku": "S1", "facility": "W1", "quantity": 1})
    assert send("PUT", "stock/W1/S1", read, {"safety_stock": 1}) == 412


def test_a_stock_level_that_is_not_there_matches_nothing(world, send):
    world.has({"W1": {"S1": 0}})
    assert send("PUT", "stock/W1/S9", "*", {"safety_stock": 1}) == 412


def test_a_reservation_is_given_back_only_as_it_was_read(world, send, tag_of):
    world.has({"W1": {"S1": 5}})
    made = world.post(
        "reservations",
        {"cart_ref": "c", "destination": CUSTOMER, "lines": lines_of({"S1": 2}), "ttl_seconds": 60},
    )
    path = f"reservations/{made.get_json()['id']}"
    read = tag_of(path)
    world.post(f"{path}/extend", {"ttl_seconds": 600})
    assert send("DELETE", path, read) == 412
    assert world.level()["reserved"] == 2
    assert send("DELETE", path, tag_of(path)) == 204
    assert world.level()["reserved"] == 0


def test_a_reservation_that_is_not_there_is_404(world, send):
    assert send("DELETE", "reservations/00000000-0000-0000-0000-000000000000", '"x"') == 404


def test_every_put_patch_and_delete_documents_its_if_match(client):
    for path, item in client.get("/openapi.json").json["paths"].items():
        for verb in {"put", "patch", "delete"} & item.keys():
            named = [p["name"] for p in item[verb].get("parameters", []) if p["in"] == "header"]
            assert named == ["If-Match"], (verb, path)
