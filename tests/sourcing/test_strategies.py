"""Strategies are kept in versions that never change; the activation that came last counts."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from fulfillment.platform.db import db, transaction
from fulfillment.sourcing import strategies
from fulfillment.sourcing.strategies.strategy import Strategy, Weights
from tests.rivals import alone, at_once

SPLIT = {"weights": {"split": 3.0}}
FEWEST = {"stages": ["shipments", "cost"]}


@pytest.fixture
def put(world):
    def put(name, document, **headers):
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        sent = {**world.headers, **named}
        return world.client.put(f"/v1/strategies/{name}", json=document, headers=sent)

    return put


@pytest.fixture
def activate(world):
    def activate(name, version=None):
        answer = world.post(f"strategies/{name}/activate", {"version": version})
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    return activate


@pytest.fixture
def rival(app):
    """Work in a transaction of its own, in a thread with the application's context."""

    def rival(work):
        def run():
            with app.app_context(), transaction():
                return work()

        return run

    return rival


def test_without_any_strategy_the_built_in_one_is_in_force(world):
    shown = world.get("strategies/active")
    assert (shown["name"], shown["version"], shown["active"]) == ("default", 0, True)
    assert shown == world.get("strategies/default")
    assert shown["document"]["weights"]["shipping"] == 1.0
    assert strategies.active() == Strategy()


def test_other_content_is_a_new_version_and_the_same_content_is_not(world, put):
    answers = [put("peak", SPLIT), put("peak", SPLIT), put("peak", FEWEST), put("peak", SPLIT)]
    told = [(a.status_code, a.get_json()["version"]) for a in answers]
    assert told == [(201, 1), (200, 1), (201, 2), (201, 3)]
    assert world.get("strategies/peak")["version"] == 3
    assert world.get("strategies/peak?version=2")["document"]["stages"] == ["shipments", "cost"]
    versions = world.get("strategies/peak/versions")["items"]
    assert [v["version"] for v in versions] == [1, 2, 3]


def test_what_is_shown_can_be_put_again_and_says_the_same(world, put):
    document = put("peak", FEWEST).get_json()["document"]
    assert put("peak", document).status_code == 200


def test_an_activation_counts_until_the_next_and_an_earlier_version_rolls_back(
    world, put, activate
):
    put("peak", SPLIT)
    put("peak", FEWEST)
    assert strategies.active() == Strategy()
    assert activate("peak")["version"] == 2
    assert alone_active(world) == ("peak", 2)
    assert activate("peak", 1)["active"] is True
    assert alone_active(world) == ("peak", 1)
    assert world.get("strategies/peak?version=2")["active"] is False
    activate("default", 0)
    assert alone_active(world) == ("default", 0)


def alone_active(world):
    shown = world.get("strategies/active")
    return shown["name"], shown["version"]


def test_another_process_sees_an_activation_at_its_next_order(world, put, activate, rival):
    put("peak", SPLIT)
    assert alone(rival(strategies.active)).version == 0
    activate("peak")
    active = alone(rival(strategies.active))
    assert (active.name, active.weights) == ("peak", Weights(split=3.0))
    assert alone(rival(strategies.active)) is active


def test_a_stored_default_takes_the_place_of_the_built_in_one(world, put, activate):
    assert put("default", SPLIT, If_Match='"0"').get_json()["version"] == 1
    assert world.get("strategies/default")["version"] == 1
    assert world.get("strategies/default?version=0")["document"]["weights"]["split"] == 0.0
    activate("default")
    assert world.get("strategies/active")["document"]["weights"]["split"] == 3.0


def test_the_list_shows_the_latest_of_each_and_which_is_in_force(world, put, activate):
    put("peak", SPLIT)
    put("peak", FEWEST)
    put("calm", FEWEST)
    activate("peak", 1)
    rows = world.get("strategies")["items"]
    told = [(r["name"], r["version"], r["active"], r["active_version"]) for r in rows]
    assert told == [
        ("calm", 1, False, None),
        ("default", 0, False, None),
        ("peak", 2, False, 1),
    ]


def test_the_list_comes_in_pages(world, put):
    put("peak", SPLIT)
    put("calm", SPLIT)
    first = world.get("strategies?limit=2")
    assert [row["name"] for row in first["items"]] == ["calm", "default"]
    second = world.get(f"strategies?limit=2&cursor={first['next_cursor']}")
    assert [row["name"] for row in second["items"]] == ["peak"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    "path", ["strategies/none", "strategies/none/versions", "strategies/default?version=7"]
)
def test_a_strategy_that_is_not_there_is_404(world, path):
    assert world.client.get(f"/v1/{path}", headers=world.headers).status_code == 404


def test_only_what_is_there_can_be_activated(world, put):
    put("peak", SPLIT)
    assert world.post("strategies/peak/activate", {"version": 2}).status_code == 404
    assert world.post("strategies/none/activate", {}).status_code == 404
    assert world.post("strategies/peak/activate", {"version": -1}).status_code == 422


def test_an_etag_names_the_version_and_if_match_keeps_to_it(put, world):
    answer = put("peak", SPLIT)
    assert answer.headers["ETag"] == '"1"'
    assert put("peak", FEWEST, If_Match='"1"').status_code == 201
    assert put("peak", SPLIT, If_Match='"1"').status_code == 412
    assert put("none", SPLIT, If_Match='"1"').status_code == 412


def test_facilities_must_exist_and_are_told_by_their_path(world, put):
    world.has({"W1": {"S1": 1}})
    document = {"eligibility": [{"facilities": ["W1", "NOPE"]}], "groups": [["W1", "GONE"]]}
    answer = put("peak", document)
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {
        "eligibility.0.facilities.1": ["Unknown facility."],
        "groups.0.1": ["Unknown facility."],
    }


@pytest.mark.parametrize("name", ["active", "with space", "x" * 33])
def test_some_names_are_no_names_of_strategies(put, name):
    assert put(name, {}).status_code in (404, 422)
    assert strategies.latest(name) is None


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        ("planner", 200, 201),
        ("storefront", 200, 403),
        ("viewer", 200, 403),
        ("warehouse", 403, 403),
    ],
)
def test_planners_write_and_those_who_ask_read(client, auth, role, reads, writes):
    headers = auth(role)
    assert client.get("/v1/strategies/active", headers=headers).status_code == reads
    assert client.get("/v1/strategies", headers=headers).status_code == reads
    assert client.put("/v1/strategies/peak", json={}, headers=headers).status_code == writes


def test_two_who_put_the_same_at_once_get_one_version(app, rival):
    work = rival(lambda: strategies.put("peak", Strategy(max_shipments=2)))
    results = at_once([work, work, work])
    assert sorted(created for _, created in results) == [False, False, True]
    assert {strategy.version for strategy, _ in results} == {1}


def test_two_who_put_different_content_at_once_get_a_version_each(app, rival):
    works = [
        rival(lambda n=n: strategies.put("peak", Strategy(max_shipments=n))) for n in (1, 2, 3, 4)
    ]
    results = at_once(works)
    assert sorted(strategy.version for strategy, _ in results) == [1, 2, 3, 4]
    for strategy, _ in results:
        assert strategies.find("peak", strategy.version) == strategy


def test_of_two_who_activate_at_once_one_is_in_force_and_both_are_on_record(app, rival):
    with transaction():
        strategies.put("peak", Strategy(max_shipments=1))
        strategies.put("peak", Strategy(max_shipments=2))
    at_once([rival(lambda n=n: strategies.activate("peak", n)) for n in (1, 2, 1, 2)])
    rows = db.session.execute(text("SELECT id, version FROM strategy_activations ORDER BY id"))
    recorded = rows.all()
    assert [row.id for row in recorded] == [1, 2, 3, 4]
    assert strategies.active().version == recorded[-1].version


@pytest.mark.parametrize("table", ["strategies", "strategy_activations"])
@pytest.mark.parametrize("change", ["UPDATE {} SET version = 9", "DELETE FROM {}"])
def test_the_database_refuses_to_rewrite_strategies(put, activate, table, change):
    put("peak", SPLIT)
    activate("peak")
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(text(change.format(table)))
