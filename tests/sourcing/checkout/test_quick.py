"""The hot path: the same answers as the ordinary path, without its work."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from msgspec.structs import replace
from sqlalchemy import event, text

from fulfillment.inventory import availability
from fulfillment.platform import clock, direct
from fulfillment.platform.context import Role
from fulfillment.platform.db import db, transaction
from fulfillment.platform.keys import create, revoke
from fulfillment.sourcing.checkout import quick, state, worlds
from fulfillment.sourcing.prices import outlooks
from fulfillment.sourcing.prices.outlooks import Baskets, SkuOutlook
from tests.rivals import alone, at_once
from tests.world import shares, world

__all__ = ["world"]


@pytest.fixture
def ordinary(world):
    """The statements of the ordinary path since the last look; the hot path has none."""
    world.get("facilities")  # the key is known from now on
    seen = []

    def see(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", see)
    yield seen
    event.remove(db.engine, "before_cursor_execute", see)


def test_an_ordinary_reservation_takes_the_hot_path_alone(stocked, ordinary):
    answer = stocked.reserve("c", {"S1": 2, "S2": 1}, channel="web", ttl_seconds=60)
    assert answer.status_code == 201
    assert ordinary == []
    assert shares(answer.get_json()) == {"W1": {"S1": 2, "S2": 1}}
    assert stocked.level("S1", "W1")["reserved"] == 3


@pytest.mark.engine("postgresql")
def test_postgresql_plans_a_reservation_once_and_not_each_time(stocked):
    for number in range(16):
        if number == 6:
            with transaction() as session:
                session.execute(text("ANALYZE"))
        assert stocked.reserve(f"c{number}", {"S1": 1}).status_code == 201
    with direct.line() as to:
        told = direct.rows(to, "SELECT custom_plans, generic_plans FROM pg_prepared_statements", ())
    assert max(int(custom) for custom, _ in told) == 0
    assert max(int(generic) for _, generic in told) > 5


@pytest.mark.engine("postgresql")
def test_a_plan_made_while_tables_are_empty_does_not_read_them_whole_later(stocked):
    with transaction() as session:
        session.execute(text("ANALYZE"))
    db.engine.dispose()  # what comes next is planned anew
    for cart, sku in (("looked at", "S2"), ("by memory", "S1")):
        assert stocked.reserve(cart, {sku: 1}).status_code == 201
    with direct.line() as to:
        known = direct.rows(to, "SELECT statement FROM pg_prepared_statements", ())
        plans = [plan_of(to, statement) for (statement,) in known if "stock_levels" in statement]
    assert len(plans) == 3
    assert [name for name in GROWING for plan in plans if f"Seq Scan on {name} " in plan] == []


@pytest.mark.engine("postgresql")
def test_dead_holds_are_found_by_their_own_index_before_postgresql_has_counted(stocked):
    """Any other index would read all promises of the SKU, and a hash of SKUs those of all."""
    with transaction() as session:
        session.execute(text(MANY_LIVE_HOLDS))
    db.engine.dispose()  # what comes next is planned anew
    assert stocked.reserve("looked at", {"S2": 1}).status_code == 201
    for cart, lines in (("by memory", {"S1": 1}), ("all by memory", {"S1": 1, "S2": 1})):
        assert stocked.reserve(cart, lines).status_code == 201
    with direct.line() as to:
        known = direct.rows(to, "SELECT statement FROM pg_prepared_statements", ())
        plans = [plan_of(to, statement) for (statement,) in known]
    reads = [line for plan in plans for line in plan.splitlines() if DEAD_HOLDS in line]
    with transaction() as session:
        session.execute(text("DELETE FROM promises WHERE reference = 'one of many'"))
    assert len(reads) == 3
    assert len([statement for (statement,) in known if "seen.told" in statement]) == 2
    assert [plan for plan in plans if "hashed SubPlan" in plan] == []


@pytest.mark.engine("postgresql")
def test_a_choice_by_memory_reads_the_items_of_its_cart_alone(stocked):
    """To make a hash of all looks cheaper to PostgreSQL where many facilities have levels."""
    with transaction() as session:
        session.execute(text(MORE_ITEMS))
        session.execute(text("ANALYZE items"))
    db.engine.dispose()  # what comes next is planned anew
    for cart in ("looked at", "by memory"):
        assert stocked.reserve(cart, {"S1": 1, "S2": 1}).status_code == 201
    with direct.line() as to:
        known = direct.rows(to, "SELECT statement FROM pg_prepared_statements", ())
        (plan,) = [plan_of(to, statement) for (statement,) in known if "seen.told" in statement]
    assert "using pk_items on items i" in plan
    assert "Hash" not in plan


MORE_ITEMS = """
INSERT INTO items (sku, name, weight_g, pack_size, tags, created_at, updated_at, version)
SELECT 'more ' || n, 'more', 100, 1, '[]', now(), now(), 1 FROM generate_series(1, 60) n
"""
MANY_LIVE_HOLDS = """
INSERT INTO promises (id, owner_kind, owner_id, hold_id, reference, sku, facility, quantity,
                      at_risk, actor, created_at, expires_at)
SELECT gen_random_uuid(), owner_kind, owner_id, hold_id, 'one of many', sku, facility, quantity,
       at_risk, actor, created_at, expires_at
FROM promises, generate_series(1, 600)
"""
DEAD_HOLDS = "using ix_promises_without_outcome_sku_expires_at on promises p"
GROWING = ("holds", "idempotency_keys", "promises", "stock_levels")


def plan_of(to, statement):
    """Return the plan that holds for any values."""
    told = to.driver.pgconn.exec_(f"EXPLAIN (GENERIC_PLAN) {statement}".encode())
    return "\n".join(direct.text_at(told, row, 0) for row in range(told.ntuples))


def test_both_paths_answer_alike(stocked, ordinary, monkeypatch):
    own = ("id", "cart_ref", "expires_at", "created_at")
    with time_machine.travel("2026-03-04T12:00:00Z", tick=False):
        quickly = stocked.reserve("a", {"S2": 1, "S1": 3})
        read_quickly = stocked.get(f"reservations/{quickly.get_json()['id']}")
        stocked.delete(f"reservations/{quickly.get_json()['id']}")
        monkeypatch.setattr(quick, "reserved", lambda *_: None)
        slowly = stocked.reserve("b", {"S2": 1, "S1": 3})
        read_slowly = stocked.get(f"reservations/{slowly.get_json()['id']}")
    assert quickly.status_code == slowly.status_code == 201
    for one, other in ((quickly.get_json(), slowly.get_json()), (read_quickly, read_slowly)):
        assert one.keys() == other.keys()
        assert {**one, **dict.fromkeys(own)} == {**other, **dict.fromkeys(own)}
    assert set(quickly.headers.keys()) == set(slowly.headers.keys())
    assert quickly.content_type == slowly.content_type


def test_prices_of_stock_are_known_on_the_hot_path(stocked, ordinary, monkeypatch):
    expected = [SkuOutlook("S1", {"W1": 20.0, "W2": 0.1}, {"W1": date(2026, 3, 9)}, 1.5)]
    with transaction():
        baskets = Baskets((0.5, 0.5), 900.0, {"W1": 1.0, "W2": 0.5})
        outlooks.publish(expected, baskets, datetime(2026, 3, 4, tzinfo=UTC))
    with time_machine.travel("2026-03-04T12:00:00Z", tick=False):
        stocked.delete(f"reservations/{stocked.reserve('new world', {'S1': 1}).get_json()['id']}")
        ordinary.clear()
        quickly = stocked.reserve("a", {"S1": 3}).get_json()
        assert ordinary == []
        stocked.delete(f"reservations/{quickly['id']}")
        monkeypatch.setattr(quick, "reserved", lambda *_: None)
        slowly = stocked.reserve("b", {"S1": 3}).get_json()
    priced = [stocked.get(f"reservations/{one['id']}")["explanation"] for one in (quickly, slowly)]
    assert priced[0] == priced[1]
    near = next(one for one in priced[0]["candidates"] if one["facility"] == "W1")
    assert near["prices"]["S1"] > 0


def test_the_same_key_has_one_effect_and_one_answer(stocked, ordinary):
    body = {"cart_ref": "c", "destination": {"lat": 30, "lng": -90}}
    body["lines"] = [{"sku": "S1", "quantity": 2}]
    first = stocked.post("reservations", body, Idempotency_Key="k")
    assert ordinary == []
    second = stocked.post("reservations", body, Idempotency_Key="k")
    assert second.headers["Idempotency-Replayed"] == "true"
    assert (first.data, first.headers["Location"]) == (second.data, second.headers["Location"])
    other = stocked.post("reservations", {**body, "cart_ref": "d"}, Idempotency_Key="k")
    assert other.status_code == 422
    assert stocked.level("S1", "W1")["reserved"] == 3


def test_a_cart_that_holds_something_is_given_the_new_in_place_of_the_old(stocked):
    first = stocked.reserve("c", {"S1": 5}).get_json()
    second = stocked.reserve("c", {"S1": 2}).get_json()
    assert first["id"] == second["id"]
    assert stocked.level("S1", "W1")["reserved"] == 3


def test_a_hold_that_has_expired_counts_as_gone_before_the_sweep(stocked, ordinary):
    with time_machine.travel("2026-03-04T12:00:00Z", tick=False) as clock:
        stocked.reserve("old", {"S2": 9}, ttl_seconds=60)
        clock.shift(61)
        assert stocked.reserve("new", {"S2": 9}).status_code == 201


def test_what_is_not_there_is_refused_in_the_ordinary_words(stocked):
    refused = stocked.reserve("c", {"S2": 10})
    assert refused.status_code == 409
    assert refused.get_json()["shortages"] == [{"sku": "S2", "asked": 10, "promisable": 9}]
    assert stocked.reserve("c", {"S3": 1}).status_code == 422


def test_a_revoked_key_is_refused_at_once(app, client, stocked):
    with transaction():
        secret = create(Role.STOREFRONT)
    mine = {"Authorization": f"Bearer {secret}"}
    body = {"cart_ref": "c", "destination": {"lat": 30, "lng": -90}}
    body["lines"] = [{"sku": "S1", "quantity": 1}]
    for cart in ("one", "two"):
        answer = client.post("/v1/reservations", json={**body, "cart_ref": cart}, headers=mine)
        assert answer.status_code == 201
    with transaction():
        revoke(secret[:11])
    assert client.post("/v1/reservations", json=body, headers=mine).status_code == 401


def test_another_role_is_refused(app, client, stocked):
    with transaction():
        mine = {"Authorization": f"Bearer {create(Role.WAREHOUSE)}"}
    client.get("/v1/facilities", headers=mine)
    body = {"cart_ref": "c", "destination": {"lat": 30, "lng": -90}}
    body["lines"] = [{"sku": "S1", "quantity": 1}]
    assert client.post("/v1/reservations", json=body, headers=mine).status_code == 403


def test_changes_of_the_network_are_seen_at_once(stocked):
    assert shares(stocked.reserve("a", {"S1": 1}).get_json()) == {"W1": {"S1": 1}}
    near = {"name": "W1", "timezone": "America/Chicago", "lat": 30, "lng": -90, "active": False}
    answer = stocked.client.put("/v1/facilities/W1", json=near, headers=stocked.headers)
    assert answer.status_code == 200
    assert shares(stocked.reserve("b", {"S1": 1}).get_json()) == {"W2": {"S1": 1}}


def test_the_network_is_read_as_it_is_now_whatever_this_request_has_read_before(app, stocked):
    db.session.scalar(text("SELECT count(*) FROM facilities"))

    def close():
        with app.app_context(), transaction() as session:
            session.execute(text("UPDATE facilities SET active = false, version = version + 1"))

    alone(close)
    with direct.line() as to:
        found = state.read(to, state.Asked("", "", None, "", ["S1"]), clock.now())
        world = worlds.read(to.engine, found)
    assert [site.active for site in world.sites] == [False, False]


def test_a_facility_that_is_full_for_the_day_is_passed_by_on_the_hot_path(world, ordinary):
    world.has(
        {"W1": {"S1": 9}, "W2": {"S1": 9}},
        km={"W1": 10, "W2": 900},
        W1={"daily_order_capacity": 2},
    )
    assert world.reserve("first", {"S1": 1}).status_code == 201
    ordinary.clear()
    chosen = [shares(world.reserve(f"c{n}", {"S1": 1}).get_json()) for n in range(2)]
    assert chosen == [{"W1": {"S1": 1}}, {"W2": {"S1": 1}}]
    assert ordinary == []


def test_what_is_booked_is_counted_as_the_ordinary_path_counts_it(world):
    world.has({"W1": {"S1": 9}, "W2": {"S1": 9}}, km={"W1": 10, "W2": 900})
    with time_machine.travel("2026-03-04T12:00:00Z", tick=False) as time:
        world.reserve("soon over", {"S1": 9}, ttl_seconds=60)
        world.reserve("far", {"S1": 2})
        time.shift(120)
        world.reserve("near", {"S1": 1})
        now, codes = clock.now(), ["W1", "W2"]
        with direct.line() as to:
            told = state.booked(to, codes, now)
        assert told == availability.booked(codes, (now - timedelta(days=1)).date())
        assert told.total() == 2


@pytest.mark.parametrize("kept", [True, False])
def test_the_last_units_go_to_as_many_as_there_are(app, stocked, kept):
    stocked.has({"W3": {"S9": 10}})

    def one(number):
        def ask():
            key = {"Idempotency_Key": f"k{number}"} if kept else {}
            lines = [{"sku": "S9", "quantity": 1}]
            body = {
                "cart_ref": f"c{number}",
                "destination": {"lat": 30, "lng": -90},
                "lines": lines,
            }
            with app.app_context():
                client = app.test_client()
                mine = stocked.headers | {n.replace("_", "-"): v for n, v in key.items()}
                return client.post("/v1/reservations", json=body, headers=mine).status_code

        return ask

    assert sorted(at_once([one(n) for n in range(24)])) == [201] * 10 + [409] * 14
    assert stocked.level("S9", "W3")["reserved"] == 10


def test_twins_have_one_effect(app, stocked):
    body = {"cart_ref": "c", "destination": {"lat": 30, "lng": -90}}
    body["lines"] = [{"sku": "S1", "quantity": 1}]

    def ask():
        with app.app_context():
            mine = stocked.headers | {"Idempotency-Key": "twin"}
            return app.test_client().post("/v1/reservations", json=body, headers=mine).data

    assert len(set(at_once([ask] * 8))) == 1
    assert stocked.level("S1", "W1")["reserved"] == 2


def test_a_hold_may_be_acknowledged_before_it_is_on_the_disk_where_the_setting_says_so(
    app, stocked
):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], holds_synchronous_commit="off")
    assert stocked.reserve("c", {"S1": 2}).status_code == 201
    assert stocked.level("S1", "W1")["reserved"] == 3
