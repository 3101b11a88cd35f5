"""The audit finds what somebody broke with direct access to the database, and says where."""

import pytest
from sqlalchemy import text

from fulfillment.inventory import audit as stock
from fulfillment.platform import audit
from fulfillment.platform.db import db, transaction
from tests.world import World, admin_headers


@pytest.fixture
def house(app, client):
    """A world that is not audited at the end: these tests break it."""
    world = World(client, admin_headers())
    world.has({"W1": {"S1": 10, "S2": 10}, "W2": {"S1": 10}})
    world.order("o1", {"S1": 4})
    world.reserve("c1", {"S2": 2})
    return world


def findings():
    report = audit.run()
    return {
        verdict.number: [finding["subject"] for finding in verdict.findings]
        for verdict in report.invariants
        if not verdict.ok
    }


HERE = "WHERE sku = 'S1' AND facility = 'W1'"
BROKEN = {
    f"UPDATE stock_levels SET on_hand = on_hand + 1 {HERE}": {1: ["S1 at W1"]},
    f"UPDATE stock_levels SET entries = entries + 1 {HERE}": {1: ["S1 at W1"]},
    f"UPDATE stock_levels SET unavailable = 1 {HERE}": {1: ["S1 at W1"]},
    f"UPDATE stock_levels SET reserved = reserved - 1 {HERE}": {2: ["S1 at W1"]},
    f"UPDATE stock_levels SET reserved = 11, at_risk = 1 {HERE}": {
        2: ["S1 at W1"],
        3: ["S1 at W1"],
    },
    "UPDATE stock_levels SET on_hand = -1, at_risk = 1 WHERE facility = 'W2'": {
        1: ["S1 at W2"],
        3: ["S1 at W2"],
        4: ["S1 at W2"],
    },
    "UPDATE holds SET status = 'released'": {2: ["S2 at W1"]},
    "UPDATE order_lines SET quantity = 5": {5: ["o1 S1"]},
}


@pytest.mark.usefixtures("house")
def test_each_broken_invariant_is_found_where_it_is_broken():
    assert findings() == {}
    for statement, found in BROKEN.items():
        db.session.execute(text(statement))
        assert findings() == found
        db.session.rollback()


def test_what_a_count_explains_is_no_finding(house):
    house.move({"kind": "count", "sku": "S1", "facility": "W1", "quantity": 1})
    assert house.level()["at_risk"] == 3
    assert findings() == {}


@pytest.mark.usefixtures("house")
def test_a_repair_says_what_ledger_and_promises_say_and_waits_to_be_told():
    with transaction() as session:
        session.execute(text(f"UPDATE stock_levels SET on_hand = 12, reserved = 3 {HERE}"))
    [repair] = stock.proposed_repairs()
    assert (repair.sku, repair.facility) == ("S1", "W1")
    assert (repair.before["on_hand"], repair.after["on_hand"]) == (12, 10)
    assert (repair.before["reserved"], repair.after["reserved"]) == (3, 4)
    assert set(findings()) == {1, 2}
    with transaction():
        stock.repair([repair])
    assert findings() == {}
    db.session.rollback()
    assert stock.proposed_repairs() == []
