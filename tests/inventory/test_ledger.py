"""The ledger: what it writes, what it refuses, and in which company."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fulfillment.inventory import ledger
from fulfillment.inventory.entries import GIVES_REASON, Entry
from fulfillment.inventory.gate import InsufficientStock
from fulfillment.inventory.ledger import Posted, StaleCount
from fulfillment.inventory.models import Kind, Movement
from fulfillment.platform import clock
from fulfillment.platform.db import db, transaction
from fulfillment.platform.errors import Invalid


@pytest.fixture
def stock(world):
    """10 units of S1 in W1."""
    world.has({"W1": {"S1": 10}, "W2": {"S2": 0}})


pytestmark = pytest.mark.usefixtures("stock")


def entry(kind, quantity, sku="S1", **more):
    reason = "because" if kind in GIVES_REASON else None
    return Entry(kind, sku, "W1", quantity, **{"reason": reason, **more})


def post(*entries, **options):
    with transaction():
        return ledger.post(entries, **options)


MOVES = [
    (Kind.RECEIPT, 3, 13, 0),
    (Kind.RETURN, 3, 16, 0),
    (Kind.TRANSFER_IN, 3, 19, 0),
    (Kind.SHIPMENT, 4, 15, 0),
    (Kind.TRANSFER_OUT, 3, 12, 0),
    (Kind.SCRAP, 2, 10, 0),
    (Kind.ADJUSTMENT, 3, 13, 0),
    (Kind.ADJUSTMENT, -3, 10, 0),
    (Kind.HOLD, 3, 10, 3),
    (Kind.COUNT, 5, 5, 3),
    (Kind.COUNT, 5, 5, 3),
    (Kind.UNHOLD, 2, 5, 1),
]


def test_each_kind_moves_what_it_says(world):
    for kind, quantity, on_hand, unavailable in MOVES:
        [posted] = post(entry(kind, quantity))
        assert posted.movement["balance_after"] == on_hand
        level = world.level()
        assert (level["on_hand"], level["unavailable"]) == (on_hand, unavailable)


def test_units_that_are_put_on_hold_cannot_be_sold_until_they_are_freed(world):
    post(entry(Kind.HOLD, 8))
    assert world.reserve("c1", {"S1": 3}).status_code == 409
    post(entry(Kind.UNHOLD, 8))
    assert world.reserve("c1", {"S1": 3}).status_code == 201


def test_promised_units_do_not_leave_by_another_door(world):
    world.reserve("c1", {"S1": 3})
    doors = [(kind, 8) for kind in (Kind.SHIPMENT, Kind.TRANSFER_OUT, Kind.SCRAP, Kind.HOLD)]
    for kind, quantity in [*doors, (Kind.ADJUSTMENT, -8), (Kind.UNHOLD, 1)]:
        [refused] = post(entry(kind, quantity))
        assert isinstance(refused, InsufficientStock)
    assert world.level()["on_hand"] == 10


def test_balances_follow_the_order_of_recording_even_for_the_back_dated(world):
    yesterday = clock.now() - timedelta(days=1)
    post(entry(Kind.RECEIPT, 5), entry(Kind.SHIPMENT, 2))
    post(entry(Kind.RECEIPT, 1, occurred_at=yesterday))
    rows = db.session.scalars(select(Movement).order_by(Movement.entry)).all()
    assert [(row.entry, row.balance_after) for row in rows] == [(1, 10), (2, 15), (3, 13), (4, 14)]
    assert rows[-1].occurred_at == yesterday


def test_rows_of_one_request_see_each_other():
    outcomes = post(entry(Kind.SHIPMENT, 10), entry(Kind.SHIPMENT, 1), entry(Kind.RECEIPT, 1))
    assert [type(outcome) for outcome in outcomes] == [Posted, InsufficientStock, Posted]


def test_one_refusal_undoes_all_when_all_were_wanted(world):
    with pytest.raises(InsufficientStock), transaction():
        ledger.post_all([entry(Kind.RECEIPT, 5), entry(Kind.SHIPMENT, 99)])
    assert world.level()["on_hand"] == 10


def test_a_dry_run_tells_the_same_and_writes_nothing(world):
    asked = [entry(Kind.SHIPMENT, 10), entry(Kind.SHIPMENT, 1), entry(Kind.RECEIPT, 4, "S2")]
    would = post(*asked, dry_run=True)
    assert world.level()["on_hand"] == 10
    assert world.client.get("/v1/stock/W1/S2", headers=world.headers).status_code == 404
    did = post(*asked)
    told = [getattr(outcome, "movement", {}).get("balance_after") for outcome in would]
    assert told == [getattr(o, "movement", {}).get("balance_after") for o in did] == [0, None, 4]


def test_a_count_that_expects_another_stock_is_refused():
    [refused] = post(entry(Kind.COUNT, 9, expected_on_hand=11))
    assert isinstance(refused, StaleCount)
    assert refused.data == {"on_hand": 10, "expected_on_hand": 11}


def test_a_mistake_is_mended_once_by_its_opposite(world):
    [wrong] = post(entry(Kind.RECEIPT, 4))
    mended = entry(Kind.ADJUSTMENT, -4, reverses=wrong.movement["id"])
    [first] = post(mended)
    assert first.movement["cause"] == "reversal"
    [second] = post(mended)
    assert isinstance(second, Invalid)
    assert world.level()["on_hand"] == 10


def test_two_reversals_of_one_movement_in_one_request_are_one_too_many(world):
    [wrong] = post(entry(Kind.RECEIPT, 4))
    mended = entry(Kind.ADJUSTMENT, -4, reverses=wrong.movement["id"])
    outcomes = post(mended, mended)
    assert [type(outcome) for outcome in outcomes] == [Posted, Invalid]
    assert world.level()["on_hand"] == 10


def test_a_reversal_is_the_exact_opposite_or_none():
    [wrong] = post(entry(Kind.RECEIPT, 4))
    for other in ({"quantity": -3}, {"sku": "S2"}, {"kind": Kind.RECEIPT, "quantity": 4}):
        asked = {"kind": Kind.ADJUSTMENT, "quantity": -4, "sku": "S1"} | other
        [refused] = post(entry(**asked, reason="typing", reverses=wrong.movement["id"]))
        assert isinstance(refused, Invalid)


def test_a_hold_is_reversed_by_freeing_as_many():
    [held] = post(entry(Kind.HOLD, 4))
    [freed] = post(entry(Kind.UNHOLD, 4, reverses=held.movement["id"]))
    assert (freed.movement["quantity"], freed.movement["unavailable"]) == (0, -4)


def test_force_takes_promised_units_and_says_so(world):
    world.order("o1", {"S1": 9})
    [posted] = post(entry(Kind.SHIPMENT, 5, force=True, reason="recall"))
    assert posted.movement["forced"]
    assert (world.level()["on_hand"], world.level()["at_risk"]) == (5, 4)
    assert world.order("o2", {"S1": 1}).status_code == 409
    post(entry(Kind.RECEIPT, 4))
    assert world.level()["at_risk"] == 0


def test_one_request_takes_thousands_of_movements_and_not_one_beyond_the_limit(world):
    rows = [{"kind": "receipt", "sku": "S1", "facility": "W1", "quantity": 1}] * 10_001
    assert world.move(*rows[:2_000]).status_code == 201
    assert world.level()["on_hand"] == 2_010
    assert world.move(*rows).status_code == 422
