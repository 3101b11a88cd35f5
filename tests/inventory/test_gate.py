"""The gate by itself: takes what is promisable, all or nothing, and gives back."""

import pytest

from fulfillment.inventory import gate, promises
from fulfillment.inventory.gate import InsufficientStock
from fulfillment.inventory.models import Owner
from fulfillment.inventory.promises import Part
from fulfillment.platform import clock
from fulfillment.platform.db import db, transaction
from fulfillment.platform.ids import new_id


@pytest.fixture
def stock(stockroom):
    stockroom.has({"W1": {"S1": 5, "S2": 5}, "W2": {"S1": 5}})


pytestmark = pytest.mark.usefixtures("stock")


def hold(*parts):
    with transaction():
        owner = new_id()
        promises.make(Owner.TRANSFER, owner, "a transfer", [Part(*part) for part in parts])
    return owner


def reserved(stockroom, *keys):
    return [stockroom.level(*key)["reserved"] for key in keys]


def test_parts_of_one_level_are_summed_before_they_are_asked_for(stockroom):
    with pytest.raises(InsufficientStock) as refused:
        hold(("S1", "W1", 3), ("S1", "W1", 3))
    assert refused.value.data["shortages"] == [{"sku": "S1", "asked": 6, "promisable": 5}]
    assert reserved(stockroom, ("S1", "W1")) == [0]


def test_one_short_level_refuses_all_and_all_short_levels_are_named(stockroom):
    with pytest.raises(InsufficientStock) as refused:
        hold(("S2", "W1", 6), ("S1", "W2", 5), ("S1", "W1", 7))
    assert [row["sku"] for row in refused.value.data["shortages"]] == ["S1", "S2"]
    assert reserved(stockroom, ("S1", "W1"), ("S1", "W2"), ("S2", "W1")) == [0, 0, 0]


def test_a_level_that_is_not_there_has_nothing(stockroom):
    with pytest.raises(InsufficientStock) as refused:
        hold(("S2", "W2", 1))
    assert refused.value.data["shortages"] == [{"sku": "S2", "asked": 1, "promisable": 0}]


def test_safety_stock_is_kept_back(stockroom):
    body = {"safety_stock": 4}
    stockroom.client.put("/v1/stock/W1/S1", json=body, headers=stockroom.headers)
    with pytest.raises(InsufficientStock):
        hold(("S1", "W1", 2))
    hold(("S1", "W1", 1))
    assert reserved(stockroom, ("S1", "W1")) == [1]


def test_a_promise_is_given_back_once(stockroom):
    owner = hold(("S1", "W1", 3), ("S2", "W1", 1))
    ids = [promise.id for promise in promises.open_of(owner)]
    for freed in ({("S1", "W1"): 3, ("S2", "W1"): 1}, {}):
        with transaction():
            assert promises.release(ids) == freed
    assert reserved(stockroom, ("S1", "W1"), ("S2", "W1")) == [0, 0]


def test_part_of_a_promise_is_given_back_and_stays_readable(stockroom):
    owner = hold(("S1", "W1", 5))
    with transaction():
        [promise] = promises.open_of(owner)
        gate.lock([("S1", "W1")])
        promises.reduce(promise, 2)
    assert reserved(stockroom, ("S1", "W1")) == [3]
    assert [p.quantity for p in promises.open_of(owner)] == [3]


def test_giving_back_lets_what_is_at_risk_shrink_and_never_grow(stockroom):
    owner = hold(("S1", "W1", 5))
    stockroom.move({"kind": "count", "sku": "S1", "facility": "W1", "quantity": 3})
    assert stockroom.level()["at_risk"] == 2
    with transaction():
        [promise] = promises.open_of(owner)
        gate.lock([("S1", "W1")])
        promises.reduce(promise, 1)
    assert stockroom.level()["at_risk"] == 1
    with transaction():
        promises.release([promise.id for promise in promises.open_of(owner)])
    assert stockroom.level()["at_risk"] == 0


def test_levels_are_locked_in_the_order_of_their_keys():
    with transaction():
        locked = gate.lock([("S2", "W1"), ("S1", "W2"), ("S1", "W1"), ("S9", "W1")])
        assert [level.key for level in locked] == [("S1", "W1"), ("S1", "W2"), ("S2", "W1")]


def test_only_what_is_over_expires(stockroom):
    stockroom.reserve("cart", {"S2": 2})
    with transaction():
        assert gate.expire_at(("S2", "W1"), clock.now()) == 0
    db.session.rollback()
    assert reserved(stockroom, ("S2", "W1")) == [2]
