"""Questions answered by one read: the same answers as by the ordinary path."""

import pytest
import time_machine
from sqlalchemy import event

from fulfillment.platform.context import Role
from fulfillment.platform.db import db, transaction
from fulfillment.platform.keys import create, revoke
from tests.world import CUSTOMER, lines_of, shares, world

__all__ = ["world"]

NOON = "2026-03-04T12:00:00Z"
STRATEGIES = [
    {},
    {"weights": {"split": 4.0, "distance_per_km": 0.01}},
    {"stages": ["shipments", "distance"]},
    {"groups": [["W1", "W2"]], "eligibility": [{"facilities": ["W1", "W2", "W3"]}]},
    {"max_shipments": 1},
]
QUESTIONS = [
    {"lines": {"S1": 2, "S2": 1}},
    {"lines": {"S1": 12}},
    {"lines": {"S1": 1}, "options": 10},
    {"lines": {"S1": 1, "S3": 1}, "explain": False},
    {"lines": {"S1": 99}, "ship_complete": False},
    {"lines": {"S1": 1}, "deliver_by": "2026-03-20", "channel": "web"},
    {"lines": {"S1": 5, "ACID": 1}, "max_shipments": 2},
]


@pytest.fixture
def stocked(world):
    """A world of every kind of facility, that knows the caller's key."""
    world.has(
        {
            "W1": {"S1": 9, "S2": 9},
            "W2": {"S1": 5, "S3": 4, "ACID": 1},
            "W3": {"S1": 3, "S2": 0, "S3": 1},
            "CLOSED": {"S1": 5},
            "LOST": {"S1": 5},
            "FULL": {"S1": 5},
        },
        km={"W1": 10, "W2": 900, "W3": 2500, "LOST": None, "FULL": 5},
        CLOSED={"active": False},
        FULL={"daily_order_capacity": 0},
        W2={"tags": ["hazmat"]},
        ACID={"tags": ["hazmat"]},
    )
    world.get("facilities")
    return world


@pytest.fixture
def ordinary(world):
    """The statements of the ordinary path since the last look."""
    seen = []

    def see(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", see)
    yield seen
    event.remove(db.engine, "before_cursor_execute", see)


def both_ways(world, path, body):
    """The answers of the quick path and of the ordinary one, which queries go, at one moment."""
    with time_machine.travel(NOON, tick=False):
        return world.post(path, body), world.post(f"{path}?ordinary", body)


def same(quickly, slowly):
    assert (quickly.status_code, quickly.content_type) == (200, slowly.content_type)
    assert quickly.get_json() == slowly.get_json()
    assert set(quickly.headers.keys()) == set(slowly.headers.keys())


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_both_paths_tell_the_same_plans(stocked, strategy):
    put = stocked.client.put("/v1/strategies/mine", json=strategy, headers=stocked.headers)
    assert put.status_code == 201, put.get_json()
    assert stocked.post("strategies/mine/activate").status_code == 200
    for asked in QUESTIONS:
        body = {"destination": CUSTOMER, **asked, "lines": lines_of(asked["lines"])}
        quickly, slowly = both_ways(stocked, "sourcing", body)
        assert quickly.status_code == slowly.status_code
        if quickly.status_code == 200:
            same(quickly, slowly)


@pytest.mark.parametrize("place", [{}, {"destination": CUSTOMER}, {"destination": None}])
def test_both_paths_promise_the_same(stocked, place):
    stocked.reserve("held", {"S1": 2})
    body = {"skus": ["S3", "S1", "ACID", "S2", "S1"], **place}
    same(*both_ways(stocked, "availability", body))


def test_one_read_answers(world, ordinary):
    world.has({"W1": {"S1": 5, "S2": 5}, "W2": {"S1": 5}}, km={"W1": 100})
    world.get("facilities")
    for path, body in (
        ("sourcing", {"destination": CUSTOMER, "lines": lines_of({"S1": 1, "S2": 2})}),
        ("availability", {"destination": CUSTOMER, "skus": ["S1", "S2"]}),
    ):
        assert world.post(path, body).status_code == 200  # what changes rarely is read once
        ordinary.clear()
        assert world.post(path, body).status_code == 200
        assert ordinary == []
        world.post(f"{path}?ordinary", body)
        assert ordinary != []


def test_a_hold_that_has_expired_counts_as_gone_before_the_sweep(stocked):
    with time_machine.travel(NOON, tick=False) as clock:
        stocked.reserve("old", {"S2": 9}, ttl_seconds=60)
        body = {"skus": ["S2"]}
        assert stocked.post("availability", body).get_json()["items"][0]["promisable"] == 0
        clock.shift(61)
        assert stocked.post("availability", body).get_json()["items"][0]["promisable"] == 9
        assert shares(stocked.source({"S2": 9}).get_json()["options"][0]) == {"W1": {"S2": 9}}


def test_refusals_are_in_the_ordinary_words(stocked):
    short = stocked.source({"S2": 10})
    assert (short.status_code, short.get_json()["shortages"][0]["promisable"]) == (409, 9)
    unknown = stocked.source({"S1": 1, "S9": 1})
    assert unknown.get_json()["errors"] == {"lines.1.sku": ["Unknown SKU."]}
    nobody = stocked.post("availability", {"skus": ["S1", "S9"]})
    assert nobody.get_json()["errors"] == {"skus.1": ["Unknown SKU."]}
    nowhere = {"destination": {"postal_code": "00000"}, "lines": lines_of({"S1": 1})}
    assert list(stocked.post("sourcing", nowhere).get_json()["errors"]) == [
        "destination.postal_code"
    ]


@pytest.mark.parametrize("path", ["sourcing", "availability"])
def test_only_live_keys_of_these_roles_are_answered(client, stocked, path):
    body = {"destination": CUSTOMER, "lines": lines_of({"S1": 1})}
    if path == "availability":
        body = {"skus": ["S1"]}
    with transaction():
        secret, other = create(Role.STOREFRONT), create(Role.WAREHOUSE)
    for key, expected in ((secret, 200), (secret, 200), (other, 403), (other, 403)):
        mine = {"Authorization": f"Bearer {key}"}
        assert client.post(f"/v1/{path}", json=body, headers=mine).status_code == expected
    with transaction():
        revoke(secret[:11])
    mine = {"Authorization": f"Bearer {secret}"}
    assert client.post(f"/v1/{path}", json=body, headers=mine).status_code == 401


def test_changes_of_the_network_are_seen_at_once(stocked):
    assert shares(stocked.source({"S2": 1}).get_json()["options"][0]) == {"W1": {"S2": 1}}
    closed = {"name": "W1", "timezone": "America/Chicago", "lat": 30, "lng": -90, "active": False}
    put = stocked.client.put("/v1/facilities/W1", json=closed, headers=stocked.headers)
    assert put.status_code == 200
    assert stocked.source({"S2": 1}).status_code == 409
    assert stocked.post("availability", {"skus": ["S2"]}).get_json()["items"][0]["promisable"] == 0
