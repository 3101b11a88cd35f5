"""Suppliers and their terms."""

import pytest

PUT_AT = "/v1/suppliers/ACME"


@pytest.fixture
def planner(auth):
    return auth("planner")


def test_a_supplier_is_put_and_read(put, client, planner):
    told = put(
        "ACME",
        lead_time_days=4.5,
        lead_time_sd=1.5,
        minimum_value="250",
        order_days=[1, 4],
        cutoff="12:00:00",
        timezone="Europe/Paris",
        holidays={"country": "FR"},
        email="orders@acme.example",
    )
    assert told.status_code == 201
    assert (told.json["name"], told.json["order_days"]) == ("ACME", [1, 4])
    assert (told.json["minimum_value"], told.json["currency"]) == ("250.00", "USD")
    read = client.get(PUT_AT, headers=planner)
    assert read.json == told.json
    assert read.headers["ETag"] == told.headers["ETag"]


def test_a_put_replaces_the_whole_and_minds_if_match(put, client, planner):
    first = put("ACME", email="a@acme.example").headers["ETag"]
    second = put("ACME", lead_time_days=3)
    assert (second.status_code, second.json["email"]) == (200, None)
    stale = client.put(PUT_AT, json={"lead_time_days": 1}, headers=planner | {"If-Match": first})
    assert stale.status_code == 412


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"lead_time_days": None}, "lead_time_days"),
        ({"lead_time_days": -1}, "lead_time_days"),
        ({"lead_time_sd": -1}, "lead_time_sd"),
        ({"minimum_value": "-5"}, "minimum_value"),
        ({"order_days": []}, "order_days"),
        ({"order_days": [8]}, "order_days.0"),
        ({"working_days": [1]}, "working_days"),
        ({"timezone": "Mars"}, "timezone"),
        ({"email": "nobody"}, "email"),
        ({"holidays": {"country": "QQ"}}, "holidays.country"),
    ],
)
def test_a_supplier_that_makes_no_sense_is_refused_by_field(put, values, field):
    answer = put("ACME", **values)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_suppliers_are_listed_by_code(put, client, planner):
    put("B", active=False)
    put("A")
    listed = client.get("/v1/suppliers", headers=planner).json["items"]
    assert [one["code"] for one in listed] == ["A", "B"]
    listed = client.get("/v1/suppliers?active=true", headers=planner).json["items"]
    assert [one["code"] for one in listed] == ["A"]


def test_terms_are_put_row_by_row(put, offer, client, planner):
    put("ACME")
    rows = [
        {"sku": "S1", "unit_cost": "2.50", "pack_size": 12, "minimum_quantity": 24},
        {"sku": "S9", "unit_cost": "1"},
        {"sku": "S2", "unit_cost": "cheap"},
        {"sku": "S1", "unit_cost": "3"},
    ]
    report = offer("ACME", *rows).json
    assert (report["created"], report["refused"]) == (1, 3)
    assert [list(row["errors"]) for row in report["errors"]] == [["sku"], ["unit_cost"], ["sku"]]
    [kept] = client.get(f"{PUT_AT}/items", headers=planner).json["items"]
    assert (kept["sku"], kept["unit_cost"], kept["pack_size"]) == ("S1", "2.50", 12)
    assert (kept["minimum_quantity"], kept["rank"], kept["active"]) == (24, 1, True)


def test_known_terms_keep_what_a_row_does_not_give(put, offer, client, planner):
    put("ACME")
    offer("ACME", {"sku": "S1", "unit_cost": "2.50", "pack_size": 12})
    again = offer("ACME", {"sku": "S1", "unit_cost": "2.75"}).json
    assert (again["updated"], again["unchanged"]) == (1, 0)
    [kept] = client.get(f"{PUT_AT}/items?sku=S1", headers=planner).json["items"]
    assert (kept["unit_cost"], kept["pack_size"]) == ("2.75", 12)
    assert offer("ACME", {"sku": "S1", "unit_cost": "2.75"}).json["unchanged"] == 1


def test_terms_come_as_a_table_and_leave_as_one(put, client, planner):
    put("ACME")
    table = (
        "sku,unit_cost,pack_size,lead_time_days,active\r\nS1,2.50,12,3.5,true\r\nS2,4,,,false\r\n"
    )
    headers = planner | {"Content-Type": "text/csv"}
    report = client.post(f"{PUT_AT}/items", data=table, headers=headers).json
    assert (report["created"], report["refused"]) == (2, 0)
    told = client.get(f"{PUT_AT}/items", headers=planner | {"Accept": "text/csv"})
    assert told.text.splitlines() == [
        "supplier,sku,unit_cost,currency,pack_size,minimum_quantity,lead_time_days,rank,active",
        "ACME,S1,2.50,USD,12,1,3.5,1,true",
        "ACME,S2,4.00,USD,1,1,,1,false",
    ]


def test_a_bad_row_refuses_all_if_asked_to_and_a_dry_run_writes_nothing(
    put, offer, client, planner
):
    put("ACME")
    good, bad = {"sku": "S1", "unit_cost": "1"}, {"sku": "S9", "unit_cost": "1"}
    assert offer("ACME", good, bad, atomic="true").status_code == 422
    assert offer("ACME", good, dry_run="true").json["created"] == 1
    assert client.get(f"{PUT_AT}/items", headers=planner).json["items"] == []
    assert offer("NOBODY", good).status_code == 404


def test_what_we_pay_is_no_business_of_a_storefront(put, client, auth):
    put("ACME")
    for path in ("suppliers", "suppliers/ACME", "suppliers/ACME/items", "purchase-orders"):
        assert client.get(f"/v1/{path}", headers=auth("storefront")).status_code == 403
        assert client.get(f"/v1/{path}", headers=auth("viewer")).status_code == 200
    body = {"lead_time_days": 1}
    for role in ("warehouse", "viewer", "storefront"):
        assert client.put(PUT_AT, json=body, headers=auth(role)).status_code == 403
