"""A call with many carts does what the same carts do one by one, in the order given."""

import os

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.world import CUSTOMER, lines_of, world

__all__ = ["world"]

EXAMPLES = int(os.environ.get("FULFILLMENT_TEST_EXAMPLES", "12"))
NOON = "2026-03-04T12:00:00Z"
PLACES = {"W1": 10, "W2": 10, "W3": 400, "W4": 900, "W5": None}
SKUS = ("S1", "S2", "HOT")
CARTS = ("a", "b", "c", "d", "e")
OWN = ("id", "expires_at", "created_at", "cart_ref", "status")

some_lines = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 4), min_size=1)
bad = st.sampled_from(
    [
        {"lines": [{"sku": "S1", "quantity": 0}]},
        {"lines": lines_of({"S1": 1, "S9": 1, "S8": 1})},
        {"destination": {"postal_code": "00000"}},
        {"destination": {"lat": 30}},
        {"ttl_seconds": 10**9},
        {"surplus": 1},
        {"cart_ref": 7},
    ]
)
limits = st.sampled_from(
    [
        {},
        {},
        {},
        {"max_shipments": 1},
        {"deliver_by": "2026-03-06"},
        {"channel": "web", "ttl_seconds": 60},
        {"destination": {"lat": 31.0, "lng": -91.0, "country": "CA", "kind": "business"}},
        {"destination": {"postal_code": "70112"}},
    ]
)
wishes = st.builds(
    lambda cart, lines, more, wrong: {
        "cart_ref": cart,
        "destination": CUSTOMER,
        "lines": lines_of(lines),
        **more,
        **wrong,
    },
    st.sampled_from(CARTS),
    some_lines,
    limits,
    st.one_of(st.just({}), st.just({}), st.just({}), bad),
)
stock = st.fixed_dictionaries(
    {(sku, place): st.sampled_from([0, 1, 2, 5]) for sku in SKUS for place in PLACES}
)


class House:
    """A world that is put in the same state before each run."""

    def __init__(self, world):
        self.world = world

    def set(self, levels, capacity):
        rows = [
            {"kind": "count", "sku": sku, "facility": place, "quantity": n}
            for (sku, place), n in levels.items()
        ]
        assert self.world.move(*rows).status_code == 201
        near = {"name": "W1", "timezone": "America/Chicago", "lat": 30.1, "lng": -90}
        answer = self.world.client.put(
            "/v1/facilities/W1",
            json={**near, "daily_order_capacity": capacity},
            headers=self.world.headers,
        )
        assert answer.status_code == 200

    def free(self, ids):
        for hold in ids:
            assert self.world.delete(f"reservations/{hold}").status_code == 204

    def levels(self):
        return self.world.get("stock?limit=500")["items"]

    def read(self, ids):
        return [told(self.world.get(f"reservations/{hold}")) for hold in ids]


def told(row):
    """Return what is told of a cart, without what is its own."""
    return {name: value for name, value in row.items() if name not in OWN}


def told_alone(answer):
    """Return what is told of a cart by itself, as a call of many has it."""
    if answer.status_code == 201:
        return told(answer.get_json())
    about = ("instance", "request_id")
    return {"problem": {n: v for n, v in answer.get_json().items() if n not in about}}


def named(cart, run):
    ref = cart["cart_ref"]
    return {**cart, "cart_ref": f"{run} {ref}"} if isinstance(ref, str) else cart


@pytest.fixture
def house(world):
    world.has(
        {place: dict.fromkeys(SKUS, 1) for place in PLACES},
        km=PLACES,
        HOT={"tags": ["hazmat"]},
        W2={"tags": ["hazmat"]},
    )
    return House(world)


def one_by_one(house, asked):
    """Reserve the carts one by one; return what became of each, the levels, and what GET says."""
    answers = [house.world.post("reservations", cart) for cart in asked]
    held = [a.get_json()["id"] for a in answers if a.status_code == 201]
    outcomes = [told_alone(answer) for answer in answers]
    return outcomes, held


def in_bulk(house, asked):
    answer = house.world.post("reservations/bulk", {"reservations": asked})
    rows = answer.get_json()["reservations"]
    assert answer.status_code == (201 if any(r["status"] == "held" for r in rows) else 200)
    return [told(row) for row in rows], [r["id"] for r in rows if r["status"] == "held"]


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    levels=stock,
    capacity=st.sampled_from([None, None, 1, 2]),
    before=st.lists(wishes, max_size=2),
    asked=st.lists(wishes, min_size=1, max_size=8),
)
def test_the_outcomes_are_those_of_one_by_one(house, levels, capacity, before, asked):
    refs = set()
    asked = [c for c in asked if c["cart_ref"] not in refs and not refs.add(c["cart_ref"])]
    found = []
    with time_machine.travel(NOON, tick=False):
        house.set(levels, capacity)
        for run, reserve in (("one", one_by_one), ("all", in_bulk)):
            first = one_by_one(house, [named(cart, run) for cart in before])[1]
            outcomes, ids = reserve(house, [named(cart, run) for cart in asked])
            found.append((outcomes, house.levels(), house.read(ids)))
            house.free({*first, *ids})
    for one, other in zip(*found, strict=True):
        assert one == other
