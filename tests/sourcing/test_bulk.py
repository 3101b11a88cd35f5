"""Many carts in one call: what becomes of each, and what is written."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event

from fulfillment.platform.context import Role
from fulfillment.platform.db import db, transaction
from fulfillment.platform.keys import create
from tests.attack.wires import tap
from tests.rivals import alone, at_once
from tests.world import CUSTOMER, lines_of, shares, world

__all__ = ["world"]


def cart(name, lines, **more):
    return {"cart_ref": name, "destination": CUSTOMER, "lines": lines_of(lines), **more}


def body(*carts):
    return {"reservations": list(carts)}


@pytest.fixture
def compiled():
    """The driver is heard at the dialect, so each application has one of its own."""
    return {}


@pytest.fixture
def bulk(world):
    """Return a function that reserves carts in one call and returns what became of each."""

    def reserve(*carts):
        answer = world.post("reservations/bulk", body(*carts))
        assert answer.status_code in (200, 201), answer.get_json()
        return answer.get_json()["reservations"]

    return reserve


def test_each_cart_has_its_own_outcome_in_the_order_given(world, bulk):
    world.has({"W1": {"S1": 3}, "W2": {"S1": 1}}, km={"W1": 10, "W2": 900})
    a, b, c = bulk(cart("a", {"S1": 3}), cart("b", {"S1": 2}), cart("c", {"S1": 1}))
    assert [row["status"] for row in (a, b, c)] == ["held", "refused", "held"]
    assert [row["cart_ref"] for row in (a, b, c)] == ["a", "b", "c"]
    assert (shares(a), shares(c)) == ({"W1": {"S1": 3}}, {"W2": {"S1": 1}})
    assert b["problem"]["shortages"] == [{"sku": "S1", "asked": 2, "promisable": 1}]
    assert world.get(f"reservations/{a['id']}")["status"] == "live"
    assert world.level("S1", "W1")["reserved"] == 3


def test_a_cart_with_a_bad_body_is_refused_alone(world, bulk):
    world.has({"W1": {"S1": 3}})
    bad, unreadable, unknown, good = bulk(
        cart("a", {"S1": 0}), 7, cart("b", {"S1": 1, "S9": 1}), cart("c", {"S1": 1})
    )
    assert bad["problem"]["status"] == 422
    assert list(bad["problem"]["errors"]) == ["lines.0.quantity"]
    assert (unreadable["status"], unreadable["cart_ref"]) == ("refused", None)
    assert unknown["problem"]["errors"] == {"lines.1.sku": ["Unknown SKU."]}
    assert good["status"] == "held"


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"reservations": []},
        {"reservations": {"cart_ref": "a"}},
        {"reservations": [cart(str(n), {"S1": 1}) for n in range(1001)]},
        {"reservations": [cart("a", {"S1": 1})], "atomic": False},
    ],
)
def test_a_call_that_is_no_list_of_carts_is_refused_as_a_whole(world, wrong):
    world.has({"W1": {"S1": 3}})
    answer = world.post("reservations/bulk", wrong)
    assert answer.status_code == 422
    assert answer.get_json()["errors"]
    assert world.level("S1", "W1")["reserved"] == 0


def test_a_cart_stands_once_in_a_call(world, bulk):
    world.has({"W1": {"S1": 3}})
    _, first, second = bulk(cart("b", {"S1": 1}), cart("a", {"S1": 1}), cart("a", {"S1": 2}))
    assert (first["status"], second["status"]) == ("held", "refused")
    assert "reservations.1" in second["problem"]["errors"]["cart_ref"][0]
    assert world.level("S1", "W1")["reserved"] == 2


def test_a_call_of_which_nothing_is_held_answers_200(world):
    world.has({"W1": {"S1": 3}})
    assert world.post("reservations/bulk", body(cart("a", {"S1": 4}))).status_code == 200
    assert world.post("reservations/bulk", body(cart("a", {"S1": 3}))).status_code == 201


def test_another_role_is_refused(client, world):
    world.has({"W1": {"S1": 3}})
    with transaction():
        mine = {"Authorization": f"Bearer {create(Role.WAREHOUSE)}"}
    asked = body(cart("a", {"S1": 1}))
    assert client.post("/v1/reservations/bulk", json=asked, headers=mine).status_code == 403


def test_a_cart_is_given_the_new_in_place_of_what_it_holds(world, bulk):
    world.has({"W1": {"S1": 3}})
    before = world.reserve("a", {"S1": 2}).get_json()
    first, second = bulk(cart("b", {"S1": 1}), cart("a", {"S1": 1}))
    assert (second["id"], second["created_at"]) == (before["id"], before["created_at"])
    assert first["status"] == "held"
    assert world.get(f"reservations/{before['id']}")["shipments"] == second["shipments"]
    assert world.level("S1", "W1")["reserved"] == 2


def test_a_cart_that_cannot_have_the_new_keeps_what_it_holds(world, bulk):
    world.has({"W1": {"S1": 3}})
    world.reserve("a", {"S1": 2})
    refused, other = bulk(cart("a", {"S1": 4}), cart("b", {"S1": 2}))
    assert refused["problem"]["shortages"] == [{"sku": "S1", "asked": 4, "promisable": 3}]
    assert other["problem"]["shortages"] == [{"sku": "S1", "asked": 2, "promisable": 1}]
    assert world.level("S1", "W1")["reserved"] == 2


def test_holds_that_have_expired_count_as_gone_before_the_sweep(world, bulk):
    world.has({"W1": {"S1": 3}})
    with time_machine.travel("2026-03-04T12:00:00Z", tick=False) as clock:
        world.reserve("a", {"S1": 2}, ttl_seconds=60)
        world.reserve("old", {"S1": 1}, ttl_seconds=60)
        clock.shift(timedelta(seconds=61))
        one, other = bulk(cart("a", {"S1": 1}), cart("b", {"S1": 2}))
        assert (one["status"], other["status"]) == ("held", "held")
        assert world.level("S1", "W1")["reserved"] == 3


def test_the_same_key_has_one_effect_and_one_answer(world):
    world.has({"W1": {"S1": 3}})
    asked = body(cart("a", {"S1": 1}), cart("b", {"S1": 5}))
    first = world.post("reservations/bulk", asked, Idempotency_Key="k")
    second = world.post("reservations/bulk", asked, Idempotency_Key="k")
    assert second.headers["Idempotency-Replayed"] == "true"
    assert (first.status_code, first.data) == (second.status_code, second.data)
    other = world.post("reservations/bulk", body(cart("c", {"S1": 1})), Idempotency_Key="k")
    assert other.status_code == 422
    assert world.level("S1", "W1")["reserved"] == 1


def test_as_many_statements_are_sent_for_few_carts_as_for_many(world, bulk):
    world.has({"W1": {f"S{n}": 9 for n in range(60)}})
    sent = []
    bulk(cart("first", {"S1": 1}))

    def see(_connection, _cursor, statement, *_):
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", see)
    counts = []
    for count in (2, 60):
        sent.clear()
        bulk(*[cart(f"{count} {n}", {f"S{n}": 1}) for n in range(count)])
        counts.append(len(sent))
    event.remove(db.engine, "before_cursor_execute", see)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("taken", [1, 2, 3])
def test_a_rival_between_look_and_write_makes_the_rest_look_again(app, world, taken, monkeypatch):
    world.has({"W1": {"S1": 3}, "W2": {"S1": 2}}, km={"W1": 10, "W2": 900})
    world.reserve("first", {"S1": 1})
    wire, rival = tap(db.engine, monkeypatch), []

    def before(number):
        is_write = wire.sent[number].startswith(("BEGIN IMMEDIATE", "INSERT INTO idempotency_keys"))
        if is_write and not rival:
            rival.append(alone(lambda: world.reserve("rival", {"S1": taken}).status_code))

    world.get("stock")
    wire.listen(before)
    asked = body(*[cart(name, {"S1": 1}) for name in "abcde"])
    answer = world.post("reservations/bulk", asked, Idempotency_Key="k")
    wire.stop()
    rows = answer.get_json()["reservations"]
    assert rival == [201]
    assert [row["status"] for row in rows] == ["held"] * (4 - taken) + ["refused"] * (1 + taken)
    assert world.level("S1", "W1")["promisable"] == world.level("S1", "W2")["promisable"] == 0


def test_rivals_get_no_more_than_there_is(app, world):
    world.has({"W1": {"S1": 7, "S2": 5}, "W2": {"S1": 3}})

    def one(number):
        def ask():
            with app.app_context():
                lines = [{"S1": 1}, {"S1": 1, "S2": 1}, {"S2": 1}]
                carts = [cart(f"{number} {n}", some) for n, some in enumerate(lines)]
                answer = world.client.application.test_client().post(
                    "/v1/reservations/bulk", json=body(*carts), headers=world.headers
                )
                return [row["status"] for row in answer.get_json()["reservations"]]

        return ask

    outcomes = at_once([one(number) for number in range(8)])
    held = sum(row == "held" for rows in outcomes for row in rows)
    reserved = [world.level(*key)["reserved"] for key in (("S1", "W1"), ("S1", "W2"), ("S2", "W1"))]
    assert reserved == [7, 3, 5]
    assert held <= 15


def test_twins_have_one_effect(app, world):
    world.has({"W1": {"S1": 9}})
    asked = body(cart("a", {"S1": 2}), cart("b", {"S1": 1}))

    def ask():
        with app.app_context():
            return (
                app.test_client()
                .post("/v1/reservations/bulk", json=asked, headers=world.headers)
                .status_code
            )

    assert set(at_once([ask] * 6)) <= {201, 409}
    assert world.level("S1", "W1")["reserved"] == 3
