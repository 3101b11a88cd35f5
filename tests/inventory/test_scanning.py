"""One scan, one movement."""

import pytest

EAN = "7032069804988"
GS = "\x1d"


@pytest.fixture
def house(world):
    """Ten units of S1, whose GTIN is EAN, and two facilities."""
    world.has({"W1": {"S1": 10}, "W2": {}}, S1={"gtin": EAN})
    return world


def scan(house, code, kind="receipt", **more):
    return house.post("stock/scan", {"code": code, "facility": "W1", "kind": kind, **more})


def test_a_scan_moves_one_unit(house):
    answer = scan(house, EAN)
    assert answer.status_code == 201
    assert (answer.json["sku"], answer.json["read_as"]) == ("S1", f"GTIN {EAN}")
    assert answer.json["movement"]["balance_after"] == house.level()["on_hand"] == 11


def test_an_element_string_gives_the_quantity_and_is_quoted_in_the_ledger(house):
    answer = scan(house, f"]C1010{EAN}10B-7{GS}3024")
    assert answer.json["elements"] == {"01": f"0{EAN}", "10": "B-7", "30": "24"}
    [*_, last] = house.get("stock/movements?sku=S1")["items"]
    assert (last["quantity"], last["reference"]) == (24, f"(01)0{EAN}(10)B-7(30)24")


def test_a_given_quantity_and_reference_count_before_one_unit(house):
    scan(house, "S1", "scrap", quantity=3, reason="wet", reference="pallet 7")
    [*_, last] = house.get("stock/movements?sku=S1")["items"]
    assert (last["quantity"], last["reference"]) == (-3, "pallet 7")


def test_a_quantity_that_contradicts_the_code_is_refused(house):
    answer = scan(house, f"]C1010{EAN}3024", quantity=2)
    assert (answer.status_code, answer.json["errors"]) == (
        422,
        {"quantity": ["The code itself says 24."]},
    )


@pytest.mark.parametrize("kind", ["count", "adjustment"])
def test_a_count_and_an_adjustment_must_say_how_many(house, kind):
    assert list(scan(house, EAN, kind, reason="x").json["errors"]) == ["quantity"]
    assert scan(house, EAN, kind, quantity=4, reason="x").status_code == 201


def test_a_dry_run_tells_and_does_nothing(house):
    answer = scan(house, EAN, dry_run=True)
    assert (answer.status_code, answer.json["movement"]["status"]) == (200, "would_post")
    assert house.level()["on_hand"] == 10


def test_the_ledger_s_refusals_are_the_scan_s(house):
    answer = scan(house, EAN, "scrap", quantity=11, reason="wet")
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/insufficient-stock")
    assert list(scan(house, EAN, "scrap").json["errors"]) == ["reason"]
    unknown = house.post("stock/scan", {"code": EAN, "facility": "W9", "kind": "receipt"})
    assert list(unknown.json["errors"]) == ["facility"]
    assert house.level()["on_hand"] == 10


def test_an_unknown_code_and_one_that_no_scanner_sends_are_refused(house):
    assert list(scan(house, "4006381333931").json["errors"]) == ["code"]
    assert list(scan(house, "S1\n").json["errors"]) == ["code"]
    assert list(scan(house, "").json["errors"]) == ["code"]


def test_a_scan_repeated_under_its_key_is_one_movement(house):
    body = {"code": EAN, "facility": "W1", "kind": "receipt"}
    first, second = (house.post("stock/scan", body, Idempotency_Key="k-1") for _ in range(2))
    assert first.json == second.json
    assert house.level()["on_hand"] == 11


def test_scanning_is_for_the_warehouse_and_within_its_facilities(house, client, auth):
    body = {"code": EAN, "facility": "W1", "kind": "receipt"}
    for headers in (auth("viewer"), auth("warehouse", facilities=["W2"])):
        assert client.post("/v1/stock/scan", json=body, headers=headers).status_code == 403
    headers = auth("warehouse", facilities=["W1"])
    assert client.post("/v1/stock/scan", json=body, headers=headers).status_code == 201
