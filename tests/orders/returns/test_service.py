"""What comes back is tied to what was shipped, and no unit comes back twice."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fulfillment.platform.db import db, transaction
from fulfillment.platform.outbox import Event
from tests.orders.returns.conftest import pieces, refused
from tests.rivals import at_once
from tests.world import World


def come_back(world, lines, facility="W1", **named):
    return world.post("returns", {"facility": facility, "lines": lines, **named})


def announce(world, order, lines, facility="W1", **more):
    answer = world.post(
        f"orders/{order['id']}/returns", {"facility": facility, "lines": lines, **more}
    )
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def receive(world, expected, *lines, **more):
    return world.post(f"returns/{expected['id']}/receive", {"lines": list(lines), **more})


def line_of(order, sku="S1"):
    return next(line for line in order["lines"] if line["sku"] == sku)


def units(found, *names):
    return [tuple(line[name] for name in names) for line in found["lines"]]


def news(kind):
    db.session.rollback()
    return db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)).all()


def test_units_that_can_be_sold_are_promisable_where_they_were_received(world, order):
    answer = come_back(world, pieces(S1=2), "W2", order_id=order["id"], external_ref="RMA-7")
    found = answer.get_json()
    assert answer.status_code == 201, found
    assert (found["status"], found["external_ref"]) == ("received", "RMA-7")
    assert units(found, "quantity", "received", "unavailable") == [(2, 2, 0)]
    assert world.level(facility="W2")["promisable"] == 2
    assert world.level(facility="W1")["on_hand"] == 7
    now = world.get(f"orders/{order['id']}")
    assert (line_of(now)["shipped"], line_of(now)["returned"]) == (3, 2)


def test_a_damaged_unit_is_on_hand_and_cannot_be_sold(world, order):
    lines = pieces(S1=2) + pieces("unavailable", "cracked", S1=1)
    found = come_back(world, lines, order_ref="o-1").get_json()
    assert units(found, "received", "unavailable", "reason") == [(3, 1, "cracked")]
    level = world.level()
    assert (level["on_hand"], level["unavailable"], level["promisable"]) == (10, 1, 9)
    ledger = world.get("stock/movements?sku=S1")["items"][-3:]
    assert [(m["kind"], m["cause"], m["cause_id"]) for m in ledger] == [
        ("return", "return", found["id"]),
        ("return", "return", found["id"]),
        ("hold", "return", found["id"]),
    ]


def test_a_damaged_unit_takes_nothing_from_promises_that_a_count_put_at_risk(world, order):
    assert world.order("o-2", {"S1": 7}).status_code == 201
    world.move({"kind": "count", "sku": "S1", "facility": "W1", "quantity": 2})
    assert (
        come_back(world, pieces("unavailable", "wet", S1=1), order_id=order["id"]).status_code
        == 201
    )
    level = world.level()
    assert (level["on_hand"], level["unavailable"], level["reserved"]) == (3, 1, 7)


@pytest.mark.parametrize("name", ["order_id", "order_ref", "shipment_id"])
def test_the_parcel_may_be_named_by_its_order_or_its_shipment(world, order, name):
    named = {
        "order_id": order["id"],
        "order_ref": "o-1",
        "shipment_id": order["shipments"][0]["id"],
    }
    found = come_back(world, pieces(S1=1), **{name: named[name]}).get_json()
    assert found["lines"][0]["shipment_id"] == order["shipments"][0]["id"]


def test_what_is_named_must_be_there_and_be_named_once(world, order):
    nothing = "00000000-0000-7000-8000-000000000000"
    line = pieces(S1=1)
    refused(come_back(world, line, order_ref="o-9"), 422, "order_ref")
    refused(come_back(world, line, shipment_id=nothing), 422, "shipment_id")
    refused(come_back(world, line, tracking_number="X1"), 422, "tracking_number")
    refused(come_back(world, line, order_id=nothing), 404)
    refused(come_back(world, line), 422, "order_id")
    refused(come_back(world, line, order_id=order["id"], order_ref="o-1"), 422, "order_id")
    refused(come_back(world, line, "W9", order_ref="o-1"), 422, "facility")
    refused(come_back(world, pieces(S2=1), order_ref="o-1"), 422, "lines.0.sku")
    refused(come_back(world, pieces("unavailable", S1=1), order_ref="o-1"), 422, "lines.0.reason")


def test_no_more_comes_back_than_was_shipped(world, order):
    refused(come_back(world, pieces(S1=4), order_ref="o-1"), 409)
    assert come_back(world, pieces(S1=2), order_ref="o-1").status_code == 201
    told = refused(come_back(world, pieces(S1=2), order_ref="o-1"), 409)["detail"]
    assert "S1: 2 given, 1 possible" in told
    refused(come_back(world, pieces(S1=1) + pieces(S1=1), order_ref="o-1"), 409)
    assert line_of(world.get(f"orders/{order['id']}"))["returned"] == 2


def test_what_has_not_left_cannot_come_back(world, send):
    world.has({"W1": {"S1": 10}})
    packed = send(until="pack")
    refused(come_back(world, pieces(S1=1), order_id=packed["id"]), 422, "lines.0.sku")


def test_units_of_an_order_in_two_parcels_belong_to_the_first_that_left(world, send):
    world.has({"W1": {"S1": 2}, "W2": {"S1": 2}}, km={"W1": 10, "W2": 900})
    split = send("o-2", {"S1": 4})
    first, second = sorted(split["shipments"], key=lambda one: one["facility"])
    found = come_back(world, pieces(S1=3), order_ref="o-2").get_json()
    by_shipment = {line["shipment_id"]: line["received"] for line in found["lines"]}
    assert by_shipment == {first["id"]: 2, second["id"]: 1}
    refused(come_back(world, pieces(S1=1), shipment_id=first["id"]), 409)
    assert come_back(world, pieces(S1=1), shipment_id=second["id"]).status_code == 201


def test_a_return_that_was_announced_comes_in_parts_and_ends_short(world, order):
    expected = announce(world, order, [{"sku": "S1", "quantity": 3, "reason": "too small"}])
    assert expected["status"] == "expected"
    part = receive(world, expected, *pieces(S1=1)).get_json()
    assert part["status"] == "partly_received"
    assert units(part, "received", "outstanding", "reason") == [(1, 2, "too small")]
    refused(receive(world, expected, *pieces(S1=3)), 409)
    end = receive(world, expected, *pieces(S1=1), complete=True).get_json()
    assert end["status"] == "received"
    assert units(end, "received", "short", "outstanding") == [(2, 1, 0)]
    refused(receive(world, expected, *pieces(S1=1)), 409)
    # The customer kept one: it may still come.
    assert come_back(world, pieces(S1=1), order_ref="o-1").status_code == 201


def test_units_that_a_return_expects_come_back_by_that_return_only(world, order):
    expected = announce(world, order, [{"sku": "S1", "quantity": 2}])
    refused(come_back(world, pieces(S1=2), order_ref="o-1"), 409)
    assert come_back(world, pieces(S1=1), order_ref="o-1").status_code == 201
    cancelled = world.post(f"returns/{expected['id']}/cancel").get_json()
    assert (cancelled["status"], units(cancelled, "short")) == ("cancelled", [(2,)])
    assert come_back(world, pieces(S1=2), order_ref="o-1").status_code == 201
    refused(world.post(f"returns/{expected['id']}/cancel"), 409)


def test_nothing_can_be_complete_of_which_nothing_came(world, order):
    expected = announce(world, order, [{"sku": "S1", "quantity": 1}])
    refused(receive(world, expected, complete=True), 422, "complete")
    refused(receive(world, expected), 422, "lines")
    assert world.get(f"returns/{expected['id']}")["status"] == "expected"


def test_a_retry_is_the_same_receipt(world, order):
    body = {"facility": "W1", "lines": pieces(S1=1), "order_ref": "o-1"}
    first, second = (world.post("returns", body, Idempotency_Key="k") for _ in range(2))
    assert second.headers["Idempotency-Replayed"] == "true"
    assert first.get_json() == second.get_json()
    assert line_of(world.get(f"orders/{order['id']}"))["returned"] == 1


def test_a_return_is_told_of_with_what_came_in_which_condition(world, order):
    expected = announce(world, order, [{"sku": "S1", "quantity": 1}], external_ref="RMA-1")
    receive(world, expected, *pieces("unavailable", "wet", S1=1))
    [first] = news("return.expected")
    [event] = news("return.received")
    assert first.payload["return_id"] == event.payload["return_id"] == expected["id"]
    assert (event.subject, event.payload["external_ref"]) == (order["id"], "RMA-1")
    [line] = event.payload["lines"]
    assert (line["quantity"], line["condition"], line["reason"]) == (1, "unavailable", "wet")


def test_returns_are_listed_by_what_people_look_for(world, order, client):
    first = announce(world, order, [{"sku": "S1", "quantity": 1}], external_ref="RMA-1")
    second = come_back(world, pieces(S1=1), "W2", order_ref="o-1").get_json()

    def ids(query):
        return [one["id"] for one in world.get(f"returns?{query}")["items"]]

    assert ids("") == [first["id"], second["id"]]
    assert ids("status=expected") == ids("external_ref=RMA-1") == ids("facility=W1")
    assert ids(f"order_id={order['id']}&facility=W2") == [second["id"]]
    page = world.get("returns?limit=1")
    assert ids(f"limit=1&cursor={page['next_cursor']}") == [second["id"]]
    table = client.get("/v1/returns", headers={**world.headers, "Accept": "text/csv"}).text
    assert table.startswith("id,order_id,order_ref,facility,external_ref,status")


def test_a_return_has_an_etag_that_moves_with_it(world, order, client):
    expected = announce(world, order, [{"sku": "S1", "quantity": 2}])
    url = f"/v1/returns/{expected['id']}"
    tag = client.get(url, headers=world.headers).headers["ETag"]
    same = client.get(url, headers={**world.headers, "If-None-Match": tag})
    assert same.status_code == 304
    receive(world, expected, *pieces(S1=1))
    assert client.get(url, headers=world.headers).headers["ETag"] != tag


def test_a_warehouse_receives_at_its_own_facilities_only(world, order, client, auth):
    mine = auth("warehouse", facilities=["W2"])
    body = {"facility": "W1", "lines": pieces(S1=1), "order_ref": "o-1"}
    assert client.post("/v1/returns", json=body, headers=mine).status_code == 403
    assert (
        client.post("/v1/returns", json=body | {"facility": "W2"}, headers=mine).status_code == 201
    )
    expected = announce(world, order, [{"sku": "S1", "quantity": 1}])
    url = f"/v1/returns/{expected['id']}/receive"
    assert client.post(url, json={"lines": pieces(S1=1)}, headers=mine).status_code == 403
    assert len(client.get("/v1/returns", headers=mine).get_json()["items"]) == 1
    assert client.post(url, json={}, headers=auth("storefront")).status_code == 403


def test_many_docks_at_once_receive_each_unit_once(app, world, send):
    world.has({"W1": {"S1": 10}, "W2": {"S1": 1}})
    order = send("o-1", {"S1": 4})
    docks = [World(app.test_client(), world.headers) for _ in range(8)]

    def work(n):
        if n % 2:
            return lambda: come_back(docks[n], pieces(S1=1), f"W{1 + n % 4 // 2}", order_ref="o-1")
        line = pieces("unavailable", "wet", S1=1)
        return lambda: come_back(docks[n], line, shipment_id=order["shipments"][0]["id"])

    answers = at_once([work(n) for n in range(8)])
    assert sorted(answer.status_code for answer in answers) == [201] * 4 + [409] * 4
    assert line_of(world.get(f"orders/{order['id']}"))["returned"] == 4
    assert world.level(facility="W1")["on_hand"] + world.level(facility="W2")["on_hand"] == 11


def test_one_return_received_twice_at_once_comes_once(app, world, order):
    expected = announce(world, order, [{"sku": "S1", "quantity": 2}])
    docks = [World(app.test_client(), world.headers) for _ in range(4)]
    answers = at_once([lambda d=d: receive(d, expected, *pieces(S1=2)) for d in docks])
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert world.level()["on_hand"] == 9


def test_the_database_itself_refuses_more_back_than_was_shipped(world, order):
    with pytest.raises(DBAPIError, match="returned"), transaction() as session:
        session.execute(text("UPDATE shipment_lines SET returned = 4"))


def test_the_audit_finds_units_that_no_return_received(app, world, order, client):
    with transaction() as session:
        session.execute(text("UPDATE shipment_lines SET returned = 1"))
    found = world.get("audit?invariant=5")
    assert not found["ok"]
    with transaction() as session:
        session.execute(text("UPDATE shipment_lines SET returned = 0"))


def test_a_parcel_that_its_carrier_sent_back_is_received_by_its_number(fast, ship, tell):
    shipment = ship()
    tell(shipment, ("return_to_sender", 0))
    assert fast.get(f"shipments/{shipment['id']}")["status"] == "returned"
    number = {"tracking_number": shipment["tracking_number"]}
    found = come_back(fast, pieces(S1=1), **number).get_json()
    assert found["lines"][0]["shipment_id"] == shipment["id"]
    assert fast.level()["promisable"] == 1000
    refused(come_back(fast, pieces(S1=1), **number), 409)
