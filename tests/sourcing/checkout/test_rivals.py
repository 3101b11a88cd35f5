"""Carts that come for the same shelf at the same moment are written together, on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from fulfillment.inventory import holding_postgresql
from fulfillment.platform import convoys
from fulfillment.platform.db import db, transaction
from tests.rivals import wait_until

pytestmark = pytest.mark.engine("postgresql")

SHELF = text("SELECT FROM stock_levels WHERE sku = 'S1' AND facility = 'W1' FOR UPDATE")
TRANSACTIONS = text("SELECT count(DISTINCT xmin::text) FROM holds WHERE cart_ref LIKE 'rival %'")


@pytest.fixture
def at_a_busy_shelf(stocked, monkeypatch):
    """A function that sends carts while somebody has the shelf, and returns their answers."""
    monkeypatch.setattr(convoys, "PATIENCE_SECONDS", 30)

    def send(*carts):
        with ThreadPoolExecutor(len(carts)) as threads:
            with transaction() as session:
                session.execute(SHELF)
                sent = []
                for number, cart in enumerate(carts):
                    sent.append(threads.submit(stocked.reserve, *cart))
                    wait_until(lambda before=number: on_the_way() > before)
            return [one.result(30) for one in sent]

    return send


def on_the_way():
    places = holding_postgresql.rivals.waiting.values()
    return len(places) + sum(map(len, places))


def test_carts_that_wait_for_a_shelf_share_a_transaction(stocked, at_a_busy_shelf):
    answers = at_a_busy_shelf(*((f"rival {n}", {"S1": 1}) for n in range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert stocked.level("S1", "W1")["reserved"] == 5
    with db.engine.connect() as connection:
        assert connection.scalar(TRANSACTIONS) == 2  # the first alone, then the three that waited
    for answer in answers:
        told = stocked.get(f"reservations/{answer.get_json()['id']}")
        assert told["cart_ref"] == answer.get_json()["cart_ref"]


def test_the_last_units_go_to_those_who_came_first(stocked, at_a_busy_shelf):
    carts = [(f"rival {n}", {"S1": 4}) for n in range(5)]
    answers = at_a_busy_shelf(*carts)
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 201, 409]
    assert [answer.status_code for answer in answers[:2]] == [201, 201]
    assert [stocked.level("S1", place)["reserved"] for place in ("W1", "W2")] == [9, 8]


def test_a_cart_that_comes_twice_at_once_is_held_once(stocked, at_a_busy_shelf):
    answers = at_a_busy_shelf(
        ("rival 1", {"S1": 1}), ("rival 2", {"S1": 1}), ("rival 2", {"S1": 1})
    )
    assert [answer.status_code for answer in answers] == [201] * 3
    assert stocked.level("S1", "W1")["reserved"] == 3


def test_where_one_fails_the_others_are_written_alone(stocked, at_a_busy_shelf, monkeypatch):
    real = holding_postgresql.pipelines.rows_together

    def broken(to, work):
        return real(to, [*work, ("SELECT 1 / %s::int", (0,))])

    monkeypatch.setattr(holding_postgresql.pipelines, "rows_together", broken)
    answers = at_a_busy_shelf(*((f"rival {n}", {"S1": 1}) for n in range(3)))
    assert [answer.status_code for answer in answers] == [201] * 3
    assert stocked.level("S1", "W1")["reserved"] == 4
    with db.engine.connect() as connection:
        assert connection.scalar(TRANSACTIONS) == 3


def test_where_the_connection_breaks_the_others_are_written_alone(
    stocked, at_a_busy_shelf, monkeypatch
):
    def cut(to, work):
        to.driver.pgconn.finish()
        raise to.engine.dialect.loaded_dbapi.OperationalError("cut")

    monkeypatch.setattr(holding_postgresql.pipelines, "rows_together", cut)
    answers = at_a_busy_shelf(*((f"rival {n}", {"S1": 1}) for n in range(3)))
    assert [answer.status_code for answer in answers] == [201] * 3
    assert stocked.level("S1", "W1")["reserved"] == 4
