"""Receiving purchase orders."""

import pytest
from sqlalchemy import select

from fulfillment.inventory.models import Movement
from fulfillment.platform.db import db
from fulfillment.supply.suppliers.models import LeadTime


def line(sku, quantity, **more):
    return {"sku": sku, "quantity": quantity} | more


def counts(answer):
    names = ("received", "outstanding", "short", "over")
    return {one["sku"]: tuple(one[name] for name in names) for one in answer.json["lines"]}


def test_an_order_is_received_in_parts_and_counted_once(house, sent, step):
    order_id = sent({"S1": 6, "S2": 2}, reference="PO-3")
    part = step(order_id, "receive", {"lines": [line("S1", 4)]})
    assert (part.status_code, part.json["status"]) == (200, "partly_received")
    level = house.level("S1", "W1")
    assert (level.on_hand, level.incoming) == (14, 2)
    assert house.broken() == []

    rest = step(order_id, "receive", {"lines": [line("S1", 2), line("S2", 2)]})
    assert rest.json["status"] == "received"
    level = house.level("S1", "W1")
    assert (level.on_hand, level.incoming) == (16, 0)
    came = db.session.scalars(select(Movement).where(Movement.cause == "purchase_order")).all()
    assert sorted((one.sku, one.quantity) for one in came) == [("S1", 2), ("S1", 4), ("S2", 2)]
    assert {(one.kind, one.reference, one.cause_id) for one in came} == {
        ("receipt", "PO-3", order_id)
    }
    assert house.broken() == []


def test_without_lines_all_that_is_outstanding_arrived(house, sent, step):
    order_id = sent({"S1": 6, "S2": 2})
    step(order_id, "receive", {"lines": [line("S2", 2)]})
    answer = step(order_id, "receive")
    assert answer.json["status"] == "received"
    assert counts(answer) == {"S1": (6, 0, 0, 0), "S2": (2, 0, 0, 0)}
    assert step(order_id, "receive").json["type"] == "/problems/wrong-status"


def test_what_is_short_is_expected_no_more(house, sent, step):
    order_id = sent({"S1": 6, "S2": 2})
    lines = [line("S1", 4, short=2, reason="out of stock"), line("S2", 2)]
    answer = step(order_id, "receive", {"lines": lines, "complete": True})
    assert answer.json["status"] == "received"
    assert counts(answer)["S1"] == (4, 0, 2, 0)
    assert answer.json["lines"][0]["discrepancy_reason"] == "out of stock"
    assert (house.level("S1", "W1").on_hand, house.level("S1", "W1").incoming) == (14, 0)
    assert house.broken() == []


def test_more_than_was_ordered_is_booked_with_a_reason_up_to_the_tolerance(house, sent, step):
    order_id = sent({"S1": 20})
    bare = step(order_id, "receive", {"lines": [line("S1", 22)]})
    assert (bare.status_code, list(bare.json["errors"])) == (422, ["lines.0.reason"])
    too_many = step(order_id, "receive", {"lines": [line("S1", 23, reason="a full pallet")]})
    assert too_many.status_code == 409
    assert house.level("S1", "W1").on_hand == 10
    answer = step(order_id, "receive", {"lines": [line("S1", 22, reason="a full pallet")]})
    assert (answer.json["status"], counts(answer)) == ("received", {"S1": (22, 0, 0, 2)})
    assert (house.level("S1", "W1").on_hand, house.level("S1", "W1").incoming) == (32, 0)
    assert house.broken() == []


def test_the_tolerance_is_of_the_whole_line_not_of_each_receipt(house, sent, step):
    order_id = sent({"S1": 20, "S2": 1})
    step(order_id, "receive", {"lines": [line("S1", 19)]})
    step(order_id, "receive", {"lines": [line("S1", 2, reason="a gift")]})
    again = step(order_id, "receive", {"lines": [line("S1", 2, reason="a gift")]})
    assert again.status_code == 409
    answer = step(order_id, "receive", {"lines": [line("S1", 1, reason="a gift")]})
    assert counts(answer) == {"S1": (22, 0, 0, 2), "S2": (0, 1, 0, 0)}
    assert house.broken() == []


def test_more_short_than_is_outstanding_is_refused(sent, step):
    order_id = sent({"S1": 20})
    for over in (line("S1", 0, short=21, reason="x"), line("S1", 20, short=1, reason="x")):
        assert step(order_id, "receive", {"lines": [over]}).status_code == 409


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([line("S1", 4), line("S2", 2)], "lines.0.short"),
        ([line("S1", 4, short=1, reason="x"), line("S2", 2)], "lines.0.short"),
        ([line("S1", 6)], "lines"),
        ([line("S1", 4, short=2), line("S2", 2)], "lines.0.reason"),
        ([line("S1", 0)], "lines.0.quantity"),
        ([line("S1", -1)], "lines.0.quantity"),
        ([line("S9", 1)], "lines.0.sku"),
        ([line("S1", 1), line("S1", 1)], "lines.1.sku"),
    ],
)
def test_what_does_not_explain_all_units_is_refused_by_field(house, sent, step, lines, field):
    order_id = sent({"S1": 6, "S2": 2})
    answer = step(order_id, "receive", {"lines": lines, "complete": True})
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]
    assert house.level("S1", "W1").incoming == 6


def test_an_order_that_never_came_is_closed(house, sent, step):
    order_id = sent({"S1": 6})
    lost = [line("S1", 0, short=6, reason="the ship sank")]
    assert step(order_id, "receive", {"lines": lost}).json["status"] == "received"
    assert db.session.scalars(select(LeadTime)).all() == []
    assert house.broken() == []


def test_two_orders_of_one_sku_do_not_mix(house, sent, step):
    first, second = sent({"S1": 6}), sent({"S1": 5})
    assert house.level("S1", "W1").incoming == 11
    step(second, "receive")
    assert house.level("S1", "W1").incoming == 6
    step(first, "cancel")
    assert (house.level("S1", "W1").on_hand, house.level("S1", "W1").incoming) == (15, 0)
    assert house.broken() == []
