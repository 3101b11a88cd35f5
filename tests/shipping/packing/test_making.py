"""How a shipment is packed, over HTTP."""

import pytest

from fulfillment.catalog.models import Item
from fulfillment.network.models import CarrierRate
from fulfillment.platform.check_digits import is_checked
from fulfillment.platform.db import transaction


@pytest.fixture
def packages(client, auth):
    """Read the packages of a shipment whose labels count."""
    headers = auth("viewer")

    def read(shipment_id, voided=False):
        answer = client.get(f"/v1/shipments/{shipment_id}/packages", headers=headers)
        return [one for one in answer.json["items"] if bool(one["voided_at"]) is voided]

    return read


@pytest.fixture
def picked(house, send):
    def make(lines, **options):
        shipment_id = house.shipment(lines, **options)
        assert send(shipment_id, "pick").status_code == 200
        return shipment_id

    return make


def held(packages):
    return [{line["sku"]: line["quantity"] for line in one["lines"]} for one in packages]


def change(sku, **columns):
    with transaction() as session:
        for name, value in columns.items():
            setattr(session.get(Item, sku), name, value)


def test_the_rule_packs_what_nobody_told(picked, send, packages):
    change("S1", weight_g=30_000)
    shipment_id = picked({"S1": 3, "S2": 2})
    answer = send(shipment_id, "pack").json
    assert (answer["packages"], answer["weight_g"]) == (2, 90_600)
    made = packages(shipment_id)
    assert held(made) == [{"S1": 2, "S2": 2}, {"S1": 1}]
    assert [(one["number"], one["weight_g"]) for one in made] == [(1, 60_600), (2, 30_000)]


def test_every_package_has_an_sscc_of_its_own(picked, send, packages):
    numbers = []
    for _ in range(3):
        shipment_id = picked({"S1": 1})
        send(shipment_id, "pack", {"packages": 2})
        numbers += [one["sscc"] for one in packages(shipment_id)]
    assert len(set(numbers)) == 6
    assert all(len(n) == 18 and n[1:8] == "9521234" and is_checked(n) for n in numbers)


def test_the_heaviest_price_of_the_service_limits_its_packages(house, picked, send, packages):
    rates = [("ground", 500), ("ground", 900), ("other", 300)]
    with transaction() as session:
        session.add_all(
            CarrierRate(carrier="FAST", service=service, max_weight_g=most, price=1, transit_days=1)
            for service, most in rates
        )
    shipment_id = picked({"S1": 5}, carrier="FAST", service="ground")
    send(shipment_id, "pack")
    assert held(packages(shipment_id)) == [{"S1": 3}, {"S1": 2}]


def test_an_item_that_fits_no_package_is_refused_by_name(picked, send, packages):
    change("S1", weight_g=70_000)
    change("S2", length_mm=3_000, width_mm=10, height_mm=10)
    shipment_id = picked({"S1": 1, "S2": 1})
    answer = send(shipment_id, "pack")
    assert answer.status_code == 422
    told = answer.json["errors"]["packages"]
    assert told == [
        "S1 weighs 70000 g, a package at most 68000.",
        "S2 is 3000 mm long, a package at most 2740.",
    ]
    assert packages(shipment_id) == []
    assert send(shipment_id, "pack", {"packages": 1}).status_code == 200


def test_the_floor_tells_what_is_in_which_package(picked, send, packages):
    shipment_id = picked({"S1": 3, "S2": 1})
    box = {"length_mm": 300, "width_mm": 200, "height_mm": 100}
    first = {"lines": [{"sku": "S1", "quantity": 1}, {"sku": "S1", "quantity": 1}]}
    second = {"lines": [{"sku": "S2", "quantity": 1}, {"sku": "S1", "quantity": 1}]}
    told = [first, second | {"weight_g": 700, "dimensions": box}]
    answer = send(shipment_id, "pack", {"packages": told})
    assert (answer.json["packages"], answer.json["weight_g"]) == (2, 1300)
    one, other = packages(shipment_id)
    assert held([one, other]) == [{"S1": 2}, {"S1": 1, "S2": 1}]
    assert (one["weight_g"], one["dimensions"]) == (600, None)
    assert (other["weight_g"], other["dimensions"]) == (700, box)


def test_packages_that_hold_more_or_less_than_the_shipment_are_refused(picked, send):
    shipment_id = picked({"S1": 3, "S2": 1})
    told = [{"lines": [{"sku": "S1", "quantity": 4}, {"sku": "S9", "quantity": 1}]}]
    answer = send(shipment_id, "pack", {"packages": told})
    assert answer.status_code == 422
    assert answer.json["errors"]["packages"] == [
        "S1: 4 in packages, 3 in the shipment.",
        "S2: 0 in packages, 1 in the shipment.",
        "S9: 1 in packages, 0 in the shipment.",
    ]


@pytest.mark.parametrize("packages", [0, 1001, "2", [], [{}], [{"lines": []}], [7]])
def test_what_is_no_list_of_packages_is_refused(picked, send, packages):
    answer = send(picked({"S1": 1}), "pack", {"packages": packages})
    assert answer.status_code == 422
    assert next(iter(answer.json["errors"])).startswith("packages")


def test_of_packages_that_were_only_counted_the_contents_are_unknown(picked, send, packages):
    shipment_id = picked({"S1": 2})
    assert send(shipment_id, "pack", {"packages": 3}).json["weight_g"] == 600
    made = packages(shipment_id)
    assert held(made) == [{}, {}, {}]
    assert [one["weight_g"] for one in made] == [None] * 3


def test_the_weight_of_a_single_package_is_the_shipment_s(picked, send, packages):
    shipment_id = picked({"S1": 2})
    send(shipment_id, "pack", {"weight_g": 777})
    assert [one["weight_g"] for one in packages(shipment_id)] == [777]


def test_a_voided_label_counts_no_more_and_packing_anew_gives_new_numbers(picked, send, packages):
    shipment_id = picked({"S1": 2})
    send(shipment_id, "pack")
    answer = send(shipment_id, "void-label")
    assert (answer.status_code, answer.json["status"]) == (200, "picked")
    assert (answer.json["packages"], answer.json["packed_at"]) == (None, None)
    assert packages(shipment_id) == []
    send(shipment_id, "pack")
    [new], [old] = packages(shipment_id), packages(shipment_id, voided=True)
    assert (new["number"], old["number"]) == (1, 1)
    assert new["sscc"] != old["sscc"]


def test_a_label_is_voided_only_between_packing_and_handover(picked, send):
    shipment_id = picked({"S1": 1})
    assert send(shipment_id, "void-label").json["allowed"] == ["packed"]
    send(shipment_id, "pack")
    send(shipment_id, "handover")
    assert send(shipment_id, "void-label").status_code == 409


def test_what_is_rejected_after_packing_leaves_its_package(house, picked, send, packages):
    shipment_id = picked({"S1": 3, "S2": 1})
    boxes = [[("S1", 2)], [("S1", 1)], [("S2", 1)]]
    told = [{"lines": [{"sku": s, "quantity": n} for s, n in lines]} for lines in boxes]
    send(shipment_id, "pack", {"packages": told})
    back = {"reason": "damaged", "lines": [{"sku": "S1", "quantity": 2}]}
    answer = send(shipment_id, "reject", back).json
    assert (answer["status"], answer["packages"]) == ("packed", 2)
    assert held(packages(shipment_id)) == [{"S1": 1}, {"S2": 1}]
    assert send(shipment_id, "handover").status_code == 200
    assert house.broken() == []


def test_a_packed_shipment_that_is_rejected_has_no_label_any_more(picked, send, packages):
    shipment_id = picked({"S1": 1})
    send(shipment_id, "pack")
    send(shipment_id, "reject", {"reason": "damaged"})
    assert packages(shipment_id) == []
    assert len(packages(shipment_id, voided=True)) == 1


def test_a_repeated_pack_under_its_key_makes_the_same_packages(picked, send, packages, auth):
    shipment_id = picked({"S1": 1})
    headers = auth("warehouse") | {"Idempotency-Key": "pack-1"}
    first, second = (send(shipment_id, "pack", {}, headers=headers) for _ in range(2))
    assert first.json == second.json
    assert len(packages(shipment_id)) == 1


def test_the_list_of_packages_is_a_table_too(picked, send, client, auth):
    shipment_id = picked({"S1": 1})
    send(shipment_id, "pack")
    headers = auth("viewer") | {"Accept": "text/csv"}
    answer = client.get(f"/v1/shipments/{shipment_id}/packages", headers=headers)
    assert answer.mimetype == "text/csv"
    assert answer.text.splitlines()[0].startswith("id,shipment_id,number,sscc,weight_g")
