"""Receiving transfers."""

import pytest
from sqlalchemy import select

from fulfillment.inventory.models import Movement
from fulfillment.platform.db import db


def line(sku, quantity, **more):
    return {"sku": sku, "quantity": quantity} | more


def test_a_transfer_is_received_in_parts(house, shipped, send):
    transfer_id = shipped({"S1": 6, "S2": 2})
    part = send(transfer_id, "receive", {"lines": [line("S1", 4)]})
    assert (part.status_code, part.json["status"]) == (200, "in_transit")
    level = house.level("S1", "W2")
    assert (level.on_hand, level.incoming) == (14, 2)
    assert house.broken() == []

    rest = send(transfer_id, "receive", {"lines": [line("S1", 2), line("S2", 2)]})
    assert rest.json["status"] == "received"
    level = house.level("S1", "W2")
    assert (level.on_hand, level.incoming) == (16, 0)
    moved = select(Movement.quantity).where(Movement.kind == "transfer_in").order_by(Movement.id)
    assert db.session.scalars(moved).all() == [4, 2, 2]
    assert house.broken() == []


def test_without_lines_all_that_is_in_transit_arrived(house, shipped, send):
    transfer_id = shipped({"S1": 6, "S2": 2})
    send(transfer_id, "receive", {"lines": [line("S2", 2)]})
    answer = send(transfer_id, "receive")
    assert answer.json["status"] == "received"
    assert [part["received"] for part in answer.json["lines"]] == [6, 2]
    assert (house.level("S1", "W2").on_hand, house.level("S2", "W2").on_hand) == (16, 2)


def test_more_than_is_in_transit_is_refused(house, shipped, send):
    transfer_id = shipped({"S1": 6})
    send(transfer_id, "receive", {"lines": [line("S1", 4)]})
    for over in (line("S1", 3), line("S1", 1, discrepancy=2, reason="lost")):
        assert send(transfer_id, "receive", {"lines": [over]}).status_code == 409
    assert house.level("S1", "W2").on_hand == 14
    send(transfer_id, "receive")
    assert send(transfer_id, "receive").json["type"] == "/problems/wrong-status"


def test_a_short_receipt_is_closed_with_a_reason(house, shipped, send):
    transfer_id = shipped({"S1": 6, "S2": 2})
    lines = [line("S1", 4, discrepancy=2, reason="crushed"), line("S2", 2)]
    answer = send(transfer_id, "receive", {"lines": lines, "complete": True})
    assert answer.json["status"] == "received"
    first = answer.json["lines"][0]
    assert (first["received"], first["discrepancy"]) == (4, 2)
    assert first["discrepancy_reason"] == "crushed"
    level = house.level("S1", "W2")
    assert (level.on_hand, level.incoming) == (14, 0)
    assert house.broken() == []


def test_a_transfer_that_was_lost_as_a_whole_is_closed(house, shipped, send):
    transfer_id = shipped({"S1": 6})
    lost = [line("S1", 0, discrepancy=6, reason="stolen")]
    assert send(transfer_id, "receive", {"lines": lost}).json["status"] == "received"
    assert (house.level("S1", "W2").on_hand, house.level("S1", "W2").incoming) == (10, 0)
    assert house.broken() == []


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([line("S1", 4), line("S2", 2)], "lines.0.discrepancy"),
        ([line("S1", 4, discrepancy=1, reason="x"), line("S2", 2)], "lines.0.discrepancy"),
        ([line("S1", 6)], "lines"),
        ([line("S1", 4, discrepancy=2), line("S2", 2)], "lines.0.reason"),
        ([line("S1", 0)], "lines.0.quantity"),
        ([line("S1", -1)], "lines.0.quantity"),
        ([line("S1", 1, discrepancy=-1)], "lines.0.discrepancy"),
        ([line("S9", 1)], "lines.0.sku"),
        ([line("S1", 1), line("S1", 1)], "lines.1.sku"),
    ],
)
def test_what_does_not_explain_all_units_is_refused_by_field(house, shipped, send, lines, field):
    transfer_id = shipped({"S1": 6, "S2": 2})
    answer = send(transfer_id, "receive", {"lines": lines, "complete": True})
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]
    assert house.level("S1", "W2").incoming == 6


def test_complete_alone_does_not_say_what_came(house, shipped, send):
    transfer_id = shipped({"S1": 6})
    answer = send(transfer_id, "receive", {"complete": True})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["lines"])
    assert house.level("S1", "W2").incoming == 6


def test_a_body_where_none_is_read_is_refused(house, create, send):
    transfer_id = create([line("S1", 4)]).json["id"]
    answer = send(transfer_id, "ship", {"lines": [line("S1", 3)]})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["lines"])
    assert house.level("S1", "W2").incoming == 0
