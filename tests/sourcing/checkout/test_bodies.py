"""The plain reader and the schema judge the same bodies alike."""

import json
from copy import deepcopy

from hypothesis import example, given, settings
from hypothesis import strategies as st
from marshmallow import RAISE, ValidationError

from fulfillment.sourcing.checkout.bodies import plain
from fulfillment.sourcing.schemas import ReservationIn

SCHEMA = ReservationIn(unknown=RAISE)

NAMES = ["cart_ref", "destination", "lines", "ttl_seconds", "channel", "max_shipments"]
NAMES += ["deliver_by", "strategy", "options", "x"]
TEXTS = st.sampled_from(
    ["S1", "", " a", "a ", "a\nb", "é", "x" * 64, "x" * 65, "y" * 200, "y" * 201]
)
NUMBERS = st.sampled_from([0, 1, -1, 1.0, 1.5, 10**9, 10**9 + 1, 91, -90.5, 180, True, False])
ODD = st.one_of(TEXTS, NUMBERS, st.none(), st.just([]), st.just({}), st.just("30"))

PLACES = st.fixed_dictionaries(
    {},
    optional={
        "lat": st.one_of(st.floats(-90, 90), ODD),
        "lng": st.one_of(st.integers(-180, 180), ODD),
        "country": st.one_of(st.sampled_from(["US", "us", "USA", "ÜS", "US\n"]), ODD),
        "postal_code": st.one_of(st.just("10001"), ODD),
        "kind": st.one_of(st.just("residence"), ODD),
        "name": ODD,
        "street": ODD,
        "city": ODD,
        "state": ODD,
    },
)
LINES = st.lists(
    st.fixed_dictionaries(
        {"sku": st.one_of(st.just("S1"), ODD), "quantity": st.one_of(st.just(2), ODD)},
        optional={"x": ODD},
    ),
    max_size=3,
)
GOOD = {
    "cart_ref": "c",
    "destination": {"lat": 30.0, "lng": -90},
    "lines": [{"sku": "S1", "quantity": 1}],
}
CHANGES = st.dictionaries(
    st.sampled_from(NAMES), st.one_of(PLACES, LINES, ODD, st.just("2030-01-31")), max_size=3
)


def judged(body):
    """What the schema loads; None for what it refuses."""
    try:
        return SCHEMA.load(deepcopy(body))
    except ValidationError:
        return None


@settings(max_examples=600, deadline=None)
@given(changes=CHANGES, left_out=st.sets(st.sampled_from(NAMES[:3]), max_size=1))
@example(changes={"lines": [{"sku": "S1", "quantity": True}]}, left_out=set())
@example(changes={"destination": {"lat": True, "lng": 1}}, left_out=set())
@example(changes={"ttl_seconds": None}, left_out=set())
def test_what_is_plain_is_good_and_means_the_same(changes, left_out):
    body = {name: value for name, value in (GOOD | changes).items() if name not in left_out}
    read = plain(body)
    assert read is None or read == judged(body)


@settings(max_examples=200, deadline=None)
@given(
    quantity=st.integers(1, 10**9),
    sku=st.text("abcXYZ019-_/ é", min_size=1, max_size=64).filter(
        lambda text: text == text.strip()
    ),
    lat=st.floats(-90, 90),
    ttl=st.integers(1, 10**9),
)
def test_ordinary_bodies_are_plain(quantity, sku, lat, ttl):
    body = {
        "cart_ref": sku,
        "destination": {"country": "DE", "lat": lat, "lng": 8, "postal_code": "10115"},
        "lines": [{"sku": sku, "quantity": quantity}] * 3,
        "ttl_seconds": ttl,
        "channel": "web",
        "max_shipments": 2,
    }
    assert plain(json.loads(json.dumps(body))) == judged(body)


def test_what_is_no_object_is_the_schema_s_to_judge():
    assert [plain(body) for body in (None, [], "x", 1)] == [None] * 4
