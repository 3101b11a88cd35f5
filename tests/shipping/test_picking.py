"""Picking, short picks and rejections."""

import pytest
from sqlalchemy import select

from fulfillment.inventory.models import Movement
from fulfillment.platform.db import db
from fulfillment.platform.outbox import Event


def news(kind):
    return [e.payload for e in db.session.scalars(select(Event).where(Event.kind == kind))]


def adjustments():
    rows = db.session.scalars(select(Movement).where(Movement.kind == "adjustment")).all()
    return {row.sku: (row.quantity, row.reason) for row in rows}


def test_picking_without_lines_picks_everything_as_asked(house, send):
    shipment_id = house.shipment({"S1": 3, "S2": 1})
    send(shipment_id, "release")
    answer = send(shipment_id, "pick")
    assert (answer.status_code, answer.json["status"]) == (200, "picked")
    assert [line["picked"] for line in answer.json["lines"]] == [3, 1]
    assert house.level().reserved == 3


def test_picking_a_planned_shipment_releases_it_at_once(house, send):
    shipment_id = house.shipment({"S1": 3})
    picked = send(shipment_id, "pick", {"lines": [{"sku": "S1", "quantity": 3}]}).json
    assert picked["released_at"] is not None
    assert picked["picked_at"] is not None
    assert [len(news(f"shipment.{step}")) for step in ("released", "picked")] == [1, 1]


def test_a_short_pick_books_the_missing_units_and_sends_them_back(house, send):
    shipment_id = house.shipment({"S1": 5, "S2": 2})
    answer = send(shipment_id, "pick", {"lines": [{"sku": "S1", "quantity": 3}]})
    assert answer.json["status"] == "picked"
    assert [(line["sku"], line["quantity"], line["picked"]) for line in answer.json["lines"]] == [
        ("S1", 3, 3),
        ("S2", 2, 2),
    ]
    level = house.level()
    assert (level.on_hand, level.reserved) == (98, 3)
    assert adjustments() == {"S1": (-2, "short_pick")}
    [told] = news("shipment.rejected")
    assert told["lines"] == {"S1": 2}
    assert (told["facility"], told["reason"]) == ("W1", "short_pick")
    [count] = news("count.requested")
    assert (count["sku"], count["facility"]) == ("S1", "W1")
    assert house.broken() == []


def test_a_line_of_which_nothing_was_found_leaves_the_shipment(house, send):
    shipment_id = house.shipment({"S1": 5, "S2": 2})
    send(shipment_id, "pick", {"lines": [{"sku": "S1", "quantity": 0}]})
    assert house.lines(shipment_id) == {"S2": 2}
    assert house.find(shipment_id).status == "picked"
    assert house.level("S1").on_hand == 95
    assert house.broken() == []


def test_a_shipment_of_which_nothing_was_found_is_rejected_once(house, send):
    shipment_id = house.shipment({"S1": 5, "S2": 2})
    nothing = [{"sku": "S1", "quantity": 0}, {"sku": "S2", "quantity": 0}]
    answer = send(shipment_id, "pick", {"lines": nothing})
    assert (answer.json["status"], answer.json["reject_reason"]) == ("rejected", "short_pick")
    assert house.level("S1").reserved == house.level("S2").reserved == 0
    [told] = news("shipment.rejected")
    assert told["lines"] == {"S1": 5, "S2": 2}
    assert news("shipment.picked") == []
    assert send(shipment_id, "pick").status_code == 409
    assert house.broken() == []


def test_a_short_pick_of_units_that_a_count_missed_before_is_not_booked_twice(
    house, send, client, auth
):
    shipment_id = house.shipment({"S1": 5})
    count = {"kind": "count", "sku": "S1", "facility": "W1", "quantity": 3}
    client.post("/v1/stock/movements", json={"movements": [count]}, headers=auth("warehouse"))
    send(shipment_id, "pick", {"lines": [{"sku": "S1", "quantity": 3}]})
    level = house.level()
    assert (level.on_hand, level.reserved, level.at_risk) == (3, 3, 0)
    assert adjustments() == {}


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([{"sku": "S9", "quantity": 1}], "lines.0.sku"),
        ([{"sku": "S1", "quantity": 6}], "lines.0.quantity"),
        ([{"sku": "S1", "quantity": -1}], "lines.0.quantity"),
        ([{"sku": "S1", "quantity": 1.5}], "lines.0.quantity"),
        ([{"sku": "S1", "quantity": "3"}], "lines.0.quantity"),
        ([{"sku": "S1", "quantity": 10**30}], "lines.0.quantity"),
        ([{"sku": "S1"}], "lines.0.quantity"),
        ([{"sku": "S1", "quantity": 1}, {"sku": "S1", "quantity": 1}], "lines.1.sku"),
        ([{"sku": "S1", "quantity": 1, "colour": "red"}], "lines.0.colour"),
        ("all", "lines"),
    ],
)
def test_what_cannot_be_picked_is_refused_by_field(house, send, lines, field):
    shipment_id = house.shipment({"S1": 5})
    answer = send(shipment_id, "pick", {"lines": lines})
    assert answer.status_code == 422
    assert field in answer.json["errors"]
    assert house.find(shipment_id).status == "planned"


def test_a_rejected_shipment_gives_its_units_back_and_tells_its_order(house, send):
    shipment_id = house.shipment({"S1": 5, "S2": 2})
    answer = send(shipment_id, "reject", {"reason": "conveyor down"})
    assert (answer.json["status"], answer.json["reject_reason"]) == ("rejected", "conveyor down")
    level = house.level()
    assert (level.on_hand, level.reserved) == (100, 0)
    assert adjustments() == {}
    [told] = news("shipment.rejected")
    assert told["lines"] == {"S1": 5, "S2": 2}
    assert house.broken() == []


@pytest.mark.parametrize("step", [None, "release", "pick", "pack"])
def test_a_line_is_rejected_alone_whatever_was_done_before(house, send, step):
    shipment_id = house.shipment({"S1": 5, "S2": 2})
    for done in {None: [], "pack": ["pick", "pack"]}.get(step, [step]):
        send(shipment_id, done)
    before = house.find(shipment_id).status
    answer = send(shipment_id, "reject", {"reason": "damaged", "lines": [{"sku": "S2"}]})
    assert answer.json["status"] == before
    assert house.lines(shipment_id) == {"S1": 5}
    assert (house.level("S1").reserved, house.level("S2").reserved) == (5, 0)
    [told] = news("shipment.rejected")
    assert told["lines"] == {"S2": 2}
    assert house.broken() == []


def test_part_of_a_picked_line_is_rejected(house, send):
    shipment_id = house.shipment({"S1": 5})
    send(shipment_id, "pick")
    lines = [{"sku": "S1", "quantity": 2}]
    answer = send(shipment_id, "reject", {"reason": "damaged", "lines": lines})
    assert [(line["quantity"], line["picked"]) for line in answer.json["lines"]] == [(3, 3)]
    assert house.level().reserved == 3


def test_units_rejected_for_want_of_stock_are_booked_as_missing(house, send):
    shipment_id = house.shipment({"S1": 5})
    answer = send(shipment_id, "reject", {"reason": "no_stock"})
    assert answer.json["status"] == "rejected"
    level = house.level()
    assert (level.on_hand, level.reserved) == (95, 0)
    assert len(news("count.requested")) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": ""}, "reason"),
        ({"reason": "x", "lines": [{"sku": "S2"}]}, "lines.0.sku"),
        ({"reason": "x", "lines": [{"sku": "S1", "quantity": 0}]}, "lines.0.quantity"),
        ({"reason": "x", "lines": [{"sku": "S1", "quantity": 9}]}, "lines.0.quantity"),
    ],
)
def test_a_rejection_that_makes_no_sense_is_refused_by_field(house, send, body, field):
    shipment_id = house.shipment({"S1": 5})
    answer = send(shipment_id, "reject", body)
    assert answer.status_code == 422
    assert field in answer.json["errors"]
    assert house.level().reserved == 5


def test_what_was_handed_over_is_not_rejected(house, packed, send):
    shipment_id = packed({"S1": 5})
    send(shipment_id, "handover")
    answer = send(shipment_id, "reject", {"reason": "damaged"})
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/wrong-status")
    assert answer.json["allowed"] == ["planned", "released", "picked", "packed"]
