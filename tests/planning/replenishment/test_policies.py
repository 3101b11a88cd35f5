"""Replenishment policies, one by one and by the thousand."""

import pytest

PATH = "replenishment-policies/W1/S1"


@pytest.fixture
def shop(world):
    world.has({"W1": {"S1": 4}, "W2": {"S1": 0}})
    return world


def put(shop, path=PATH, **policy):
    return shop.client.put(f"/v1/{path}", json=policy, headers=shop.headers)


def test_a_policy_promises_a_service_and_leaves_the_levels_to_the_forecast(shop):
    made = put(shop)
    assert made.status_code == 201
    told = made.get_json()
    assert (told["kind"], told["service_measure"], told["service_level"]) == (
        "s_S",
        "cycle_service",
        0.95,
    )
    assert (told["reorder_point"], told["order_up_to"]) == (None, None)
    assert shop.get(PATH) == told


def test_a_put_replaces_the_whole_and_honours_if_match(shop):
    tag = put(shop, kind="min_max", reorder_point=3, order_up_to=9).headers["ETag"]
    again = put(shop, kind="R_Q", quantity=12, service_measure="fill_rate", service_level=0.98)
    assert (again.status_code, again.get_json()["order_up_to"]) == (200, None)
    stale = shop.client.put(f"/v1/{PATH}", json={}, headers=shop.headers | {"If-Match": tag})
    assert stale.status_code == 412


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ({"kind": "weekly"}, "kind"),
        ({"kind": "min_max", "reorder_point": 3}, "order_up_to"),
        ({"reorder_point": 9, "order_up_to": 9}, "order_up_to"),
        ({"service_level": 1}, "service_level"),
        ({"service_level": 0}, "service_level"),
        ({"review_days": 0}, "review_days"),
        ({"quantity": 0}, "quantity"),
        ({"source_facility": "W1"}, "source_facility"),
        ({"source_facility": "NONE"}, "source_facility"),
        ({"supplier": "NONE"}, "supplier"),
        ({"source_facility": "W2", "supplier": "NONE"}, "supplier"),
    ],
)
def test_a_policy_that_says_nothing_sensible_is_refused_by_its_field(shop, policy, field):
    refused = put(shop, **policy)
    assert refused.status_code == 422
    assert list(refused.get_json()["errors"]) == [field]


def test_a_policy_is_for_a_sku_and_a_facility_that_there_are(shop):
    assert put(shop, "replenishment-policies/W1/NONE").status_code == 404
    assert put(shop, "replenishment-policies/NONE/S1").status_code == 404


def test_policies_are_imported_row_by_row(shop):
    rows = [
        {"facility": "W1", "sku": "S1", "kind": "base_stock", "review_days": 7},
        {"facility": "W2", "sku": "S1", "source_facility": "W1"},
        {"facility": "W2", "sku": "S9"},
        {"facility": "W1", "sku": "S1", "source_facility": "W1"},
    ]
    report = shop.post("replenishment-policies/import", {"policies": rows}).get_json()
    assert (report["created"], report["refused"]) == (2, 2)
    assert [(e["row"], list(e["errors"])) for e in report["errors"]] == [
        (3, ["sku"]),
        (4, ["source_facility"]),
    ]
    found = shop.get("replenishment-policies?sku=S1")["items"]
    assert [(p["facility"], p["kind"], p["source_facility"]) for p in found] == [
        ("W1", "base_stock", None),
        ("W2", "s_S", "W1"),
    ]
