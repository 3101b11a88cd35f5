"""Stock levels by the thousand: the same few statements, however many there are."""

import pytest
from sqlalchemy import event

from fulfillment.inventory import balances, ledger
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.models import Kind
from fulfillment.platform.db import db, transaction
from tests.rivals import at_once

KEYS = [(f"S{n:03d}", "W1") for n in range(300)]


@pytest.fixture
def shelf(world):
    """300 SKUs in W1, none of which has a stock level yet."""
    world.has({"W1": dict.fromkeys((sku for sku, _ in KEYS), 0)})
    return world


def statements_of(work):
    heard = []

    def hear(_connection, _cursor, statement, *_):
        heard.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    with transaction():
        work()
    event.remove(db.engine, "before_cursor_execute", hear)
    return len(heard)


def receipts(keys):
    return [Entry(Kind.RECEIPT, sku, facility, 2) for sku, facility in keys]


def test_three_hundred_rows_take_as_many_statements_as_one(shelf):
    one = statements_of(lambda: ledger.post_all(receipts(KEYS[:1])))
    assert statements_of(lambda: ledger.post_all(receipts(KEYS))) == one <= 8


def test_counts_that_leave_nothing_at_risk_ask_for_no_promises(shelf):
    counts = [Entry(Kind.COUNT, sku, facility, 5) for sku, facility in KEYS]
    assert statements_of(lambda: ledger.post_all(counts)) <= 8


def test_what_is_made_twice_is_there_once_with_nothing_in_it(shelf):
    with transaction():
        balances.make(KEYS[:2])
        balances.make(KEYS[:3])
        made = balances.lock(KEYS)
    assert made == {key: balances.Balance(*key) for key in KEYS[:3]}


def test_two_that_make_and_fill_the_same_levels_wait_for_each_other(shelf, app):
    def fill(keys):
        def work():
            with app.app_context(), transaction():
                ledger.post_all(receipts(keys))

        return work

    at_once([fill(KEYS), fill(KEYS[::-1]), fill(KEYS[100:200])])
    with transaction():
        found = [balances.lock([key])[key].on_hand for key in (KEYS[0], KEYS[150])]
    assert found == [4, 6]


def test_a_request_that_names_a_level_twice_posts_in_its_order(shelf):
    here = {"sku": "S000", "facility": "W1"}
    told = shelf.move(
        {**here, "kind": "receipt", "quantity": 5},
        {**here, "kind": "shipment", "quantity": 2},
        {**here, "kind": "count", "quantity": 7, "expected_on_hand": 3},
    )
    rows = told.get_json()["movements"]
    assert [(row["entry"], row["balance_after"]) for row in rows] == [(1, 5), (2, 3), (3, 7)]
