"""What the database refuses by itself, whoever writes to it and however."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from fulfillment.platform.db import db
from tests.world import CUSTOMER, lines_of


@pytest.fixture
def ledger(world):
    """A stock level of 10 with 4 of them promised to an order for 4, and a hold for 2."""
    world.has({"W1": {"S1": 10}})
    world.order("o1", {"S1": 4})
    world.reserve("c1", {"S1": 2})


def attack(statement):
    """Run raw SQL in a transaction of its own."""
    with db.engine.connect() as connection:
        connection.execution_options(writes=True)
        connection.execute(text(statement))
        connection.commit()


REWRITING = [
    "UPDATE movements SET quantity = 11",
    "UPDATE movements SET reference = 'nothing of substance'",
    "UPDATE movements SET actor = actor",
    "DELETE FROM movements",
    "DELETE FROM movements WHERE entry = 1",
]


@pytest.mark.usefixtures("ledger")
def test_the_ledger_cannot_be_rewritten(world):
    for statement in REWRITING:
        with pytest.raises(DatabaseError, match="append-only"):
            attack(statement)
    [row] = world.get("stock/movements")["items"]
    assert (row["quantity"], row["balance_after"], row["reference"]) == (10, 10, None)


@pytest.mark.usefixtures("ledger")
@pytest.mark.engine("postgresql")
def test_the_ledger_cannot_be_emptied(world):
    with pytest.raises(DatabaseError, match="append-only"):
        attack("TRUNCATE movements")
    assert len(world.get("stock/movements")["items"]) == 1


REFUSED = {
    "UPDATE stock_levels SET reserved = 11": "not_oversold",
    "UPDATE stock_levels SET on_hand = 5": "not_oversold",
    "UPDATE stock_levels SET on_hand = -1, reserved = 0": "not_oversold",
    "UPDATE stock_levels SET unavailable = 5": "not_oversold",
    "UPDATE stock_levels SET reserved = -1": "ck_stock_levels_reserved",
    "UPDATE stock_levels SET unavailable = -1": "ck_stock_levels_unavailable",
    "UPDATE stock_levels SET incoming = -1": "ck_stock_levels_incoming",
    "UPDATE stock_levels SET safety_stock = -1": "ck_stock_levels_safety_stock",
    "UPDATE stock_levels SET at_risk = -1": "ck_stock_levels_at_risk",
    "UPDATE promises SET quantity = 0": "ck_promises_quantity",
    "UPDATE promises SET closed_at = created_at": "ck_promises_closed_with_outcome",
    "UPDATE promises SET expires_at = created_at": "ck_promises_holds_expire",
    "UPDATE order_lines SET cancelled = 5": "ck_order_lines_cancelled",
    "UPDATE order_lines SET cancelled = -1": "ck_order_lines_cancelled",
    "UPDATE promises SET quantity = 5 WHERE owner_kind = 'order'": "more promised than ordered",
    "UPDATE promises SET sku = 'S9' WHERE owner_kind = 'hold'": "(?i)foreign key",
    "DELETE FROM stock_levels": "(?i)foreign key",
    "DELETE FROM holds": "(?i)foreign key",
}


@pytest.mark.usefixtures("ledger")
def test_what_must_never_be_false_is_refused():
    for statement, rule in REFUSED.items():
        with pytest.raises(DatabaseError, match=rule):
            attack(statement)


PROMISE_AGAIN = """
    INSERT INTO promises (id, owner_kind, owner_id, reference, sku, facility, quantity, at_risk,
                          actor, created_at, closed_at, outcome)
    SELECT h.id, 'order', p.owner_id, 'forged', 'S1', 'W1', 1, p.at_risk, 'a rogue', p.created_at,
           {ending}
    FROM promises p, holds h WHERE p.owner_kind = 'order'
"""


@pytest.mark.usefixtures("ledger")
def test_an_order_is_never_promised_more_than_it_asked_for():
    for ending in ("NULL, NULL", "p.created_at, 'shipped'"):
        with pytest.raises(DatabaseError, match="more promised than ordered"):
            attack(PROMISE_AGAIN.format(ending=ending))


@pytest.mark.usefixtures("ledger")
def test_what_was_cancelled_cannot_be_promised_again(world):
    body = {"order_ref": "o2", "destination": CUSTOMER, "lines": lines_of({"S1": 2})}
    order = world.post("orders", body).get_json()
    world.post(f"orders/{order['id']}/cancel")
    with pytest.raises(DatabaseError, match="more promised than ordered"):
        attack("UPDATE promises SET closed_at = NULL, outcome = NULL WHERE outcome = 'released'")


@pytest.mark.usefixtures("ledger")
def test_a_cart_has_one_live_hold():
    with pytest.raises(DatabaseError, match=r"cart_ref"):
        attack(
            "INSERT INTO holds (id, cart_ref, status, expires_at, plan, actor, created_at) "
            "SELECT owner_id, 'c1', 'live', created_at, '{}', 'a rogue', created_at "
            "FROM promises WHERE owner_kind = 'order'"
        )
