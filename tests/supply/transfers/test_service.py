"""Transfers up to their departure."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from fulfillment.inventory.models import Promise
from fulfillment.platform.db import db, transaction
from fulfillment.platform.ids import new_id
from fulfillment.supply.transfers import service
from fulfillment.supply.transfers.models import Transfer


def rows():
    return [db.session.scalar(select(func.count()).select_from(t)) for t in (Transfer, Promise)]


def test_a_transfer_reserves_its_units_at_the_sender(house, create, client, auth):
    answer = create({"S1": 4, "S2": 1}, reference="T-7")
    assert (answer.status_code, answer.json["status"]) == (201, "ready")
    assert answer.headers["Location"] == f"/v1/transfers/{answer.json['id']}"
    assert (house.level("S1", "W1").reserved, house.level("S2", "W1").reserved) == (4, 1)
    read = client.get(answer.headers["Location"], headers=auth("viewer"))
    assert read.json == answer.json
    assert read.headers["ETag"] == answer.headers["ETag"]
    assert house.broken() == []


def test_case_13_more_than_the_sender_has_is_refused_and_nothing_moves(house, create):
    for lines in ({"S1": 11}, {"S1": 4, "S2": 5}):
        answer = create(lines)
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/insufficient-stock")
        assert house.level("S1", "W1").reserved == house.level("S2", "W1").reserved == 0
    assert answer.json["shortages"] == [{"sku": "S2", "asked": 5, "promisable": 4}]
    assert rows() == [0, 0]


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ({"S1": 0}, "lines.0.quantity"),
        ({"S1": -5}, "lines.0.quantity"),
        ({"S1": 10**12}, "lines.0.quantity"),
        ({"S1": "5"}, "lines.0.quantity"),
        ({"S1": 1, "S9": 1}, "lines.1.sku"),
        ([{"sku": "S1", "quantity": 1}, {"sku": "S1", "quantity": 1}], "lines.1.sku"),
        ([{"sku": "S1", "quantity": 1, "colour": "red"}], "lines.0.colour"),
        ([], "lines"),
        (None, "lines"),
    ],
)
def test_case_13_lines_that_make_no_sense_are_refused_by_field(house, create, lines, field):
    answer = create(lines)
    assert answer.status_code == 422
    assert field in answer.json["errors"]
    assert rows() == [0, 0]


def test_a_transfer_goes_from_a_known_facility_to_another(house, create):
    assert list(create({"S1": 1}, end="W1").json["errors"]) == ["to_facility"]
    assert list(create({"S1": 1}, end="W9").json["errors"]) == ["to_facility"]
    assert list(create({"S1": 1}, start="W9").json["errors"]) == ["from_facility"]


def test_a_proposal_reserves_nothing_until_it_is_approved(house, create, send, auth):
    proposed = create({"S1": 10}, propose=True).json
    assert proposed["status"] == "proposed"
    assert house.level("S1", "W1").reserved == 0
    assert send(proposed["id"], "ship").status_code == 409
    assert send(proposed["id"], "approve", headers=auth("warehouse")).status_code == 403
    assert send(proposed["id"], "approve").json["status"] == "ready"
    assert house.level("S1", "W1").reserved == 10
    assert send(proposed["id"], "approve").status_code == 409
    assert house.broken() == []


def test_a_proposal_without_stock_stays_a_proposal(house, create, send):
    first, second = (create({"S1": 6}, propose=True).json["id"] for _ in range(2))
    assert send(first, "approve").status_code == 200
    refused = send(second, "approve")
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/insufficient-stock")
    assert send(second, "cancel").json["status"] == "cancelled"
    assert house.level("S1", "W1").reserved == 6


def test_what_leaves_the_sender_is_expected_at_the_receiver(house, create, send):
    transfer_id = create({"S1": 4, "S2": 1}).json["id"]
    answer = send(transfer_id, "ship")
    assert answer.json["status"] == "in_transit"
    assert [line["in_transit"] for line in answer.json["lines"]] == [4, 1]
    sender, receiver = house.level("S1", "W1"), house.level("S1", "W2")
    assert (sender.on_hand, sender.reserved) == (6, 0)
    assert (receiver.on_hand, receiver.incoming, receiver.promisable) == (10, 4, 10)
    assert house.level("S2", "W2").incoming == 1
    assert send(transfer_id, "ship").status_code == 409
    assert house.level("S1", "W1").on_hand == 6
    assert house.broken() == []


def test_cancelling_gives_back_exactly_its_own_units_once(house, create, send):
    kept, gone = create({"S1": 3}).json["id"], create({"S1": 4}).json["id"]
    assert send(gone, "cancel").json["status"] == "cancelled"
    assert send(gone, "cancel").status_code == 409
    assert house.level("S1", "W1").reserved == 3
    send(kept, "ship")
    answer = send(kept, "cancel")
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/wrong-status")
    assert answer.json["allowed"] == ["proposed", "ready"]
    assert house.broken() == []


def test_a_bound_key_moves_what_is_at_its_own_end(house, create, send, auth):
    transfer_id = create({"S1": 3}).json["id"]
    sender, receiver = (auth("warehouse", facilities=[code]) for code in ("W1", "W2"))
    assert send(transfer_id, "ship", headers=receiver).status_code == 403
    assert send(transfer_id, "ship", headers=sender).status_code == 200
    assert send(transfer_id, "receive", headers=sender).status_code == 403
    assert send(transfer_id, "receive", headers=receiver).status_code == 200


def test_opposite_transfers_leave_at_once_without_a_deadlock(app, house, create, auth):
    ids = [create({"S1": 2}).json["id"], create({"S1": 2}, "W2", "W1").json["id"]] * 2
    headers, start = auth("warehouse"), Barrier(4)

    def ship(transfer_id):
        with app.app_context():
            start.wait()
            path = f"/v1/transfers/{transfer_id}/ship"
            return app.test_client().post(path, headers=headers).status_code

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(ship, ids)) == [200, 200, 409, 409]
    assert (house.level("S1", "W1").on_hand, house.level("S1", "W2").on_hand) == (8, 8)
    assert house.broken() == []


def test_transfers_are_listed_by_what_they_are(house, create, send, client, auth):
    first = create({"S1": 1}).json["id"]
    second = create({"S1": 1}, "W2", "W3", reference="R2").json["id"]
    send(second, "ship")
    headers = auth("viewer")

    def listed(query):
        answer = client.get(f"/v1/transfers?{query}", headers=headers)
        return [item["id"] for item in answer.json["items"]]

    assert listed("") == [first, second]
    assert listed("status=in_transit") == listed("reference=R2") == [second]
    assert listed("from_facility=W1") == listed("to_facility=W2") == [first]
    table = client.get("/v1/transfers", headers=headers | {"Accept": "text/csv"})
    assert table.text.count("\r\n") == 3
    assert client.get("/v1/transfers?status=lost", headers=headers).status_code == 422


def test_an_unknown_transfer_is_not_found(house, send):
    for step in ("approve", "ship", "receive", "cancel"):
        assert send(str(uuid4()), step).status_code == 404


def test_a_part_of_a_proposal_is_approved_and_the_rest_is_dropped(house, create, send):
    proposed = create({"S1": 10, "S2": 4}, propose=True).json
    part = {"lines": [{"sku": "S1", "quantity": 3}]}
    told = send(proposed["id"], "approve", part).json
    assert [(line["sku"], line["quantity"]) for line in told["lines"]] == [("S1", 3)]
    assert (house.level("S1", "W1").reserved, house.level("S2", "W1").reserved) == (3, 0)
    assert house.broken() == []


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"sku": "S2", "quantity": 1}, "lines.0.sku"),
        ({"sku": "S1", "quantity": 11}, "lines.0.quantity"),
    ],
)
def test_what_was_not_proposed_cannot_be_approved(house, create, send, line, field):
    proposed = create({"S1": 10}, propose=True).json
    refused = send(proposed["id"], "approve", {"lines": [line]})
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
    assert house.level("S1", "W1").reserved == 0


def test_a_transfer_says_which_plan_proposed_it(house, client, auth):
    plan_id = new_id()
    with transaction():
        lines = [{"sku": "S1", "quantity": 1}]
        service.create("W1", "W2", lines, propose=True, plan_id=plan_id)
        service.create("W1", "W2", lines)
    listed = client.get(f"/v1/transfers?plan_id={plan_id}", headers=auth("planner")).json["items"]
    assert [one["plan_id"] for one in listed] == [str(plan_id)]
