"""A day in a warehouse: goods come in, are counted, picked, packed, and leave."""

import pytest

pytestmark = pytest.mark.usefixtures("network")

NEW_YORK = {"postal_code": "10001"}


def received(*rows):
    return [
        {"kind": "receipt", "sku": sku, "facility": facility, "quantity": units}
        for sku, facility, units in rows
    ]


def test_goods_come_in_are_sold_and_leave_the_ledger_at_the_handover(user, world):
    staff, shop = user("warehouse", facilities=["COLUMBUS"]), user("storefront")
    delivery = received(("MUG", "COLUMBUS", 40), ("TEAPOT", "COLUMBUS", 10))
    posted = staff.posts("/stock/movements", {"movements": delivery}, 201)
    assert [row["balance_after"] for row in posted["movements"]] == [40, 10]

    broken = {"kind": "hold", "sku": "TEAPOT", "facility": "COLUMBUS", "quantity": 2}
    staff.posts("/stock/movements", {"movements": [broken | {"reason": "chipped lids"}]}, 201)
    assert staff.reads("/stock/COLUMBUS/TEAPOT")["promisable"] == 8

    lines = [{"sku": "MUG", "quantity": 4}, {"sku": "TEAPOT", "quantity": 1}]
    order = shop.posts(
        "/orders", {"order_ref": "1001", "destination": NEW_YORK, "lines": lines}, 201
    )

    [work] = staff.reads("/shipments?facility=COLUMBUS")["items"]
    assert (work["order_ref"], work["status"], work["late"]) == ("1001", "planned", False)
    assert staff.posts("/shipments/release", {"facility": "COLUMBUS"})["released"] == 1
    staff.posts(f"/shipments/{work['id']}/pick")
    packed = staff.posts(f"/shipments/{work['id']}/pack", {"packages": 1})
    assert packed["weight_g"] == 4 * 350 + 1200
    assert staff.reads("/stock/COLUMBUS/MUG")["on_hand"] == 40

    gone = staff.posts(f"/shipments/{work['id']}/handover")
    assert gone["tracking_number"].startswith("PP")
    level = staff.reads("/stock/COLUMBUS/MUG")
    assert (level["on_hand"], level["reserved"]) == (36, 0)
    assert shop.reads(f"/orders/{order['id']}")["status"] == "shipped"
    assert staff.reads("/shipments?facility=COLUMBUS")["items"] == []

    ledger = staff.reads("/stock/movements?sku=MUG&facility=COLUMBUS")["items"]
    assert [(row["kind"], row["quantity"]) for row in ledger] == [("receipt", 40), ("shipment", -4)]
    assert ledger[1]["cause_id"] == work["id"]


def test_a_short_pick_is_counted_and_the_customer_is_served_from_elsewhere(user, world):
    staff, shop = user("warehouse"), user("storefront")
    stock = received(("MUG", "COLUMBUS", 6), ("MUG", "RENO", 6))
    staff.posts("/stock/movements", {"movements": stock}, 201)
    body = {"order_ref": "1002", "destination": NEW_YORK, "lines": [{"sku": "MUG", "quantity": 3}]}
    order = shop.posts("/orders", body, 201)

    [shipment] = order["shipments"]
    assert shipment["facility"] == "COLUMBUS"
    found = {"lines": [{"sku": "MUG", "quantity": 1}]}
    staff.posts(f"/shipments/{shipment['id']}/pick", found)

    served = shop.reads(f"/orders/{order['id']}")
    units = {s["facility"]: s["lines"][0]["quantity"] for s in served["shipments"]}
    assert units == {"COLUMBUS": 1, "RENO": 2}
    assert staff.reads("/stock/COLUMBUS/MUG")["on_hand"] == 4

    count = {"kind": "count", "sku": "MUG", "facility": "COLUMBUS", "quantity": 3}
    stale = {"movements": [count | {"expected_on_hand": 6}]}
    refused = staff.posts("/stock/movements", stale, 409)
    assert refused["on_hand"] == 4
    staff.posts("/stock/movements", {"movements": [count | {"expected_on_hand": 4}]}, 201)
    assert staff.reads("/stock/COLUMBUS/MUG")["on_hand"] == 3


def test_units_travel_between_facilities_and_what_is_lost_on_the_way_is_told(user, world):
    staff = user("warehouse")
    stock = received(("MUG", "RENO", 20))
    staff.posts("/stock/movements", {"movements": stock}, 201)
    body = {"from_facility": "RENO", "to_facility": "COLUMBUS"}
    transfer = staff.posts("/transfers", body | {"lines": [{"sku": "MUG", "quantity": 8}]}, 201)
    staff.posts(f"/transfers/{transfer['id']}/ship")
    assert staff.reads("/stock/COLUMBUS/MUG")["incoming"] == 8

    arrived = {"sku": "MUG", "quantity": 7, "discrepancy": 1, "reason": "broken in transit"}
    staff.posts(f"/transfers/{transfer['id']}/receive", {"lines": [arrived]})
    there, here = staff.reads("/stock/COLUMBUS/MUG"), staff.reads("/stock/RENO/MUG")
    assert (here["on_hand"], there["on_hand"], there["incoming"]) == (12, 7, 0)


def test_a_key_bound_to_one_facility_moves_nothing_elsewhere(user, world):
    staff = user("warehouse", facilities=["RENO"])
    staff.posts("/stock/movements", {"movements": received(("MUG", "RENO", 5))}, 201)
    staff.posts("/stock/movements", {"movements": received(("MUG", "COLUMBUS", 5))}, 403)
    staff.reads("/shipments?facility=COLUMBUS", 403)
    staff.posts("/orders", {"order_ref": "mine"}, 403)


def test_rows_that_are_all_refused_create_nothing_and_say_so(user, world):
    staff = user("warehouse")
    wrong = [{**row, "quantity": 0} for row in received(("MUG", "RENO", 1), ("TEAPOT", "RENO", 1))]
    each = {"atomic": False, "movements": wrong}
    report = staff.posts("/stock/movements", each, 200)
    assert [row["status"] for row in report["movements"]] == ["refused", "refused"]
    some = {"atomic": False, "movements": wrong + received(("MUG", "RENO", 1))}
    report = staff.posts("/stock/movements", some, 201)
    assert [row["status"] for row in report["movements"]] == ["refused", "refused", "posted"]
