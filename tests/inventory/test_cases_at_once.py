"""The cases 16 to 20, by threads that share one process; between processes: test_cases_killed."""

from collections import Counter
from functools import partial
from itertools import chain

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from fulfillment.platform.db import db
from fulfillment.sourcing import service
from fulfillment.sourcing.checkout import quick
from tests.rivals import alone, at_once
from tests.world import CUSTOMER, shares


@pytest.fixture
def shoppers(app, world):
    """Clients for rivals: `shoppers(n)` are n worlds that share nothing but the database."""
    return lambda n: [type(world)(app.test_client(), world.headers) for _ in range(n)]


def statuses(answers):
    return Counter(answer.status_code for answer in answers)


@pytest.mark.parametrize("promise", ["reserve", "order"])
def test_case_16_of_fifty_requests_for_ten_units_exactly_ten_are_accepted(world, shoppers, promise):
    world.has({"W1": {"S1": 6}, "W2": {"S1": 4}})
    asked = [
        lambda shop=shop, n=n: getattr(shop, promise)(f"ref {n}", {"S1": 1})
        for n, shop in enumerate(shoppers(50))
    ]
    assert statuses(at_once(asked)) == {201: 10, 409: 40}
    assert [world.level("S1", f)["available"] for f in ("W1", "W2")] == [0, 0]


def adjustment(units):
    row = {"kind": "adjustment", "sku": "S1", "facility": "W1", "quantity": units}
    return {**row, "reason": "found or lost"}


def test_case_17_no_update_is_lost(world, shoppers):
    world.has({"W1": {"S1": 10}})
    both = shoppers(2)
    for changes, left in (((-4, -6), 0), ((5, 5), 10)):
        done = at_once(
            [partial(shop.move, adjustment(n)) for shop, n in zip(both, changes, strict=True)]
        )
        assert statuses(done) == {201: 2}
        assert world.level()["on_hand"] == left


def test_case_17_two_first_receipts_of_a_new_stock_level_are_both_there(world, shoppers):
    world.has({"W1": {"S1": 0}})
    row = {"kind": "receipt", "sku": "S1", "facility": "W1", "quantity": 5}
    done = at_once([lambda shop=shop: shop.move(row) for shop in shoppers(6)])
    assert statuses(done) == {201: 6}
    assert world.level()["on_hand"] == 30
    entries = [row["entry"] for row in world.get("stock/movements")["items"]]
    assert sorted(entries) == [1, 2, 3, 4, 5, 6]


def test_case_18_orders_that_take_two_skus_crosswise_never_wait_in_a_ring(world, shoppers):
    world.has({"W1": {"S1": 1000, "S2": 1000}, "W2": {"S1": 1000, "S2": 1000}})
    ways = (["S1", "S2"], ["S2", "S1"])

    def shop_often(shop, number):
        return [
            shop.order(f"{number} {n}", dict.fromkeys(ways[number % 2], 1)).status_code
            for n in range(25)
        ]

    works = [lambda s=shop, n=n: shop_often(s, n) for n, shop in enumerate(shoppers(4))]
    assert Counter(chain.from_iterable(at_once(works))) == {201: 100}
    assert sum(world.level(s, f)["reserved"] for s in ("S1", "S2") for f in ("W1", "W2")) == 200


def test_case_18_carts_that_change_their_minds_crosswise_never_wait_in_a_ring(world, shoppers):
    world.has({"W1": {"S1": 100, "S2": 100}})

    def change_often(shop, number):
        return [
            shop.reserve(f"cart {number}", {f"S{(number + n) % 2 + 1}": 1}).status_code
            for n in range(12)
        ]

    works = [lambda s=shop, n=n: change_often(s, n) for n, shop in enumerate(shoppers(4))]
    assert Counter(chain.from_iterable(at_once(works))) == {201: 48}
    assert sum(world.level(sku)["reserved"] for sku in ("S1", "S2")) == 4


@pytest.mark.parametrize("promise", ["reserve", "order"])
def test_case_19_a_repeated_key_has_one_effect_and_says_that_it_is_a_replay(world, promise):
    world.has({"W1": {"S1": 10}})
    send = getattr(world, promise)
    body = {"destination": CUSTOMER, "lines": [{"sku": "S1", "quantity": 2}]}
    path, ref = {"reserve": ("reservations", "cart_ref"), "order": ("orders", "order_ref")}[promise]
    first, second = [world.post(path, {**body, ref: "a"}, Idempotency_Key="k") for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert first.headers["Location"] == second.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert world.post(path, {**body, ref: "b"}, Idempotency_Key="k").status_code == 422
    assert world.level()["reserved"] == 2
    assert send("b", {"S1": 1}).status_code == 201


def test_case_19_twins_under_one_key_have_one_effect(world, shoppers):
    world.has({"W1": {"S1": 10}})
    row = {"kind": "receipt", "sku": "S1", "facility": "W1", "quantity": 5}
    body = {"movements": [row]}
    twins = [
        lambda shop=shop: shop.post("stock/movements", body, Idempotency_Key="k")
        for shop in shoppers(8)
    ]
    answers = at_once(twins)
    assert statuses(answers) == {201: 8}
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7
    assert world.level()["on_hand"] == 15


def test_case_19_twins_that_ask_for_the_last_unit_both_get_it_once(world, shoppers):
    world.has({"W1": {"S1": 1}})
    body = {"order_ref": "o", "destination": CUSTOMER, "lines": [{"sku": "S1", "quantity": 1}]}
    twins = [lambda s=shop: s.post("orders", body, Idempotency_Key="k") for shop in shoppers(6)]
    assert statuses(at_once(twins)) == {201: 6}
    assert world.level()["reserved"] == 1


def test_case_19_a_refusal_is_not_kept_the_retry_is_tried_afresh(world):
    world.has({"W1": {"S1": 1}})
    body = {"cart_ref": "c", "destination": CUSTOMER, "lines": [{"sku": "S1", "quantity": 2}]}
    assert world.post("reservations", body, Idempotency_Key="k").status_code == 409
    world.has({"W1": {"S1": 1}})
    retried = world.post("reservations", body, Idempotency_Key="k")
    assert retried.status_code == 201
    assert "Idempotency-Replayed" not in retried.headers


@pytest.fixture
def rival(app, world, monkeypatch):
    """After each answer of the solver, and before the gate, `rival(lines)` takes these units."""
    robbed = [(service, "source"), (service, "best_plan"), (quick, "plain_choice")]

    def arrange(*takes):
        left, robbing = list(takes), []
        shop = type(world)(app.test_client(), world.headers)

        def and_be_robbed(solve):
            def solved(*asked, **how):
                found = solve(*asked, **how)
                if found and left and not robbing:
                    robbing.append(True)
                    answer = alone(lambda: shop.reserve(f"rival {len(left)}", left.pop(0)))
                    assert answer.status_code == 201
                    robbing.clear()
                return found

            return solved

        for room, name in robbed:
            monkeypatch.setattr(room, name, and_be_robbed(getattr(room, name)))

    return arrange


@pytest.mark.parametrize("promise", ["reserve", "order"])
def test_case_20_a_rival_between_our_look_and_our_grasp_gets_the_last_unit(world, rival, promise):
    world.has({"W1": {"S1": 1}})
    rival({"S1": 1})
    refused = getattr(world, promise)("late", {"S1": 1})
    assert refused.status_code == 409
    assert refused.get_json()["shortages"] == [{"sku": "S1", "asked": 1, "promisable": 0}]
    assert world.level()["reserved"] == 1


def test_case_20_we_look_again_when_a_rival_was_quicker(world, rival):
    world.has({"W1": {"S1": 1}, "W2": {"S1": 1}}, km={"W1": 10, "W2": 900})
    rival({"S1": 1})
    assert shares(world.reserve("late", {"S1": 1}).get_json()) == {"W2": {"S1": 1}}


def test_case_20_we_give_up_when_rivals_are_quicker_each_time(world, rival):
    world.has({f"W{n}": {"S1": 1} for n in range(5)})
    rival(*[{"S1": 1}] * 4)  # once on the hot path, three times on the ordinary one
    assert world.reserve("late", {"S1": 1}).status_code == 409
    assert world.reserve("patient", {"S1": 1}).status_code == 201


@pytest.fixture
def just_before_the_gate(app):
    """Run `work` once, right before the first statement that takes stock."""
    hooks = []

    def arrange(work):
        def on_statement(connection, cursor, statement, *rest):
            if statement.startswith("UPDATE stock_levels SET reserved") and hooks:
                hooks.clear()
                work()

        hooks.append(on_statement)
        event.listen(db.engine, "before_cursor_execute", on_statement)

    return arrange


TAKE = "UPDATE stock_levels SET reserved = reserved + 1, at_risk = 0 WHERE sku = 'S1'"
GIVE_BACK = "UPDATE stock_levels SET reserved = reserved - 1 WHERE sku = 'S1'"


@pytest.mark.engine("postgresql")
def test_case_20_a_rival_within_our_transaction_leaves_the_gate_nothing(
    app, world, just_before_the_gate
):
    world.has({"W1": {"S1": 1}})

    def write(statement):
        with db.engine.connect() as rival:
            rival.execute(text(statement))
            rival.commit()

    just_before_the_gate(lambda: write(TAKE))
    # The ordinary path: on the hot one there is nothing between look and grasp.
    assert world.reserve("late", {"S1": 1}, deliver_by=None).status_code == 409
    write(GIVE_BACK)
    assert world.level()["promisable"] == 1


@pytest.mark.engine("sqlite")
def test_case_20_nobody_can_write_within_our_transaction(app, world, just_before_the_gate):
    world.has({"W1": {"S1": 1}})
    locked_out = []

    def write():
        with db.engine.connect() as rival:
            rival.exec_driver_sql("PRAGMA busy_timeout = 50")
            try:
                rival.execute(text(TAKE))
            except OperationalError as error:
                locked_out.append(str(error.orig))
            rival.invalidate()

    just_before_the_gate(write)
    assert world.reserve("quick", {"S1": 1}, deliver_by=None).status_code == 201
    assert locked_out == ["database is locked"]
