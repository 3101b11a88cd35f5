"""Carts that wait for SQLite's one writer share a transaction."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import zip_longest

import pytest
from sqlalchemy import Connection, text

from fulfillment.platform import convoys, direct
from fulfillment.platform.db import db
from fulfillment.sourcing.checkout import quick
from tests.rivals import wait_until
from tests.world import admin_headers

pytestmark = pytest.mark.engine("sqlite")


@pytest.fixture
def trips(monkeypatch):
    """How many carts each transaction was for."""
    counted, real = [], quick.reserve_all

    def together(carts):
        counted.append(len(carts))
        return real(carts)

    monkeypatch.setattr(quick, "reserve_all", together)
    return counted


@pytest.fixture
def send(stocked, monkeypatch):
    """A function that sends carts while somebody else writes, and returns their answers."""
    monkeypatch.setattr(convoys, "PATIENCE_SECONDS", 30)

    def send(*carts, shops=()):
        with ThreadPoolExecutor(len(carts)) as threads:
            with writing():
                sent = []
                for number, (cart, shop) in enumerate(zip_longest(carts, shops, fillvalue=stocked)):
                    sent.append(threads.submit(shop.reserve, *cart))
                    wait_until(lambda before=number: on_the_way() > before)
            return [one.result(30) for one in sent]

    return send


def writing() -> Connection:
    connection = db.engine.connect()
    connection.execution_options(writes=True).execute(text("SELECT 1"))
    return connection


def on_the_way():
    places = quick.company.waiting.values()
    return len(places) + sum(map(len, places))


def statuses(answers):
    return [answer.status_code for answer in answers]


def test_carts_that_wait_for_the_writer_share_a_transaction(stocked, send, trips):
    answers = send(*((f"c{n}", {"S1": 1}) for n in range(4)))
    assert statuses(answers) == [201] * 4
    assert trips == [1, 3]
    assert stocked.level("S1", "W1")["reserved"] == 5
    for answer in answers:
        told = stocked.get(f"reservations/{answer.get_json()['id']}")
        assert told["cart_ref"] == answer.get_json()["cart_ref"]


def test_each_is_told_of_in_its_own_line_of_the_log(stocked, send, trips, capfd):
    shops = [replace(stocked, headers=admin_headers()) for _ in range(3)]
    for shop in shops:
        shop.get("facilities")  # its key is known from now on
    capfd.readouterr()
    answers = send(*((f"c{n}", {"S1": 1}) for n in range(3)), shops=shops)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    told = {line["request_id"]: (line["status"], line["actor"]) for line in lines}
    assert trips == [1, 2]
    assert [told[answer.headers["X-Request-ID"]] for answer in answers] == [
        (201, "key:" + shop.headers["Authorization"].removeprefix("Bearer ")[:11]) for shop in shops
    ]


def test_the_last_units_go_to_as_many_as_there_are(stocked, send, trips):
    answers = send(*((f"c{n}", {"S1": 4}) for n in range(5)))
    assert sorted(statuses(answers)) == [201, 201, 201, 201, 409]
    assert trips[:2] == [1, 4]
    assert [stocked.level("S1", place)["reserved"] for place in ("W1", "W2")] == [9, 8]


def test_what_one_lacks_of_several_lines_is_taken_from_nobody(stocked, send, trips):
    answers = send(("c1", {"S1": 1}), ("c2", {"S2": 8}), ("c3", {"S1": 2, "S2": 2}))
    assert trips[:2] == [1, 2]  # the last two are chosen for before either is written
    assert statuses(answers) == [201, 201, 409]
    assert stocked.level("S1", "W1")["reserved"] == 2
    assert stocked.level("S2", "W1")["reserved"] == 8


def test_a_cart_that_comes_twice_is_held_once(stocked, send):
    answers = send(("c1", {"S1": 1}), ("c2", {"S1": 1}), ("c2", {"S1": 1}))
    assert statuses(answers) == [201] * 3
    assert stocked.level("S1", "W1")["reserved"] == 3


def test_what_takes_a_search_is_done_alone(stocked, trips, monkeypatch):
    monkeypatch.setattr(quick, "plain_choice", lambda question: None)
    assert [stocked.reserve(cart, {"S1": 1}).status_code for cart in ("c1", "c2")] == [201] * 2
    assert trips == [1, 1]
    assert stocked.level("S1", "W1")["reserved"] == 3


def test_where_one_fails_nothing_of_it_is_left_and_the_others_are_written_alone(
    stocked, send, monkeypatch
):
    def broken(to, work):
        with direct.all_or_nothing(to):
            done = [quick.holding_sqlite.is_written(to, *one) for one in work]
            if len(work) > 1:
                raise to.engine.dialect.loaded_dbapi.OperationalError("disk I/O error")
        return done

    monkeypatch.setattr(quick.holding_sqlite, "write", broken)
    answers = send(*((f"c{n}", {"S1": 1}) for n in range(1, 5)))
    assert statuses(answers) == [201] * 4
    assert stocked.level("S1", "W1")["reserved"] == 5
