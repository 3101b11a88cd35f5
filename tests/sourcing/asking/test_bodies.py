"""The plain readers and the schemas judge the same questions alike."""

from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from fulfillment.sourcing.asking import bodies

TEXTS = st.sampled_from(["S1", "", " a", "a\nb", "é", "x" * 64, "x" * 65, "y" * 201])
NUMBERS = st.sampled_from([0, 1, -1, 1.0, 1.5, 10, 11, 10**9, 10**9 + 1, 91, True, False])
ODD = st.one_of(TEXTS, NUMBERS, st.none(), st.just([]), st.just({}))
PLACES = st.fixed_dictionaries(
    {"lat": st.one_of(st.just(30.0), ODD), "lng": st.one_of(st.just(-90), ODD)},
    optional={"country": st.one_of(st.just("DE"), ODD), "kind": ODD, "x": ODD},
)
LINES = st.lists(
    st.fixed_dictionaries(
        {"sku": st.one_of(st.just("S1"), ODD), "quantity": st.one_of(st.just(2), ODD)}
    ),
    max_size=3,
)
VALUES = {
    "destination": PLACES,
    "lines": LINES,
    "options": st.integers(-1, 12),
    "max_shipments": NUMBERS,
    "channel": TEXTS,
    "ship_complete": st.booleans(),
    "explain": st.booleans(),
    "deliver_by": st.just("2100-01-31"),
    "strategy": TEXTS,
    "skus": st.lists(st.one_of(st.just("S1"), ODD), max_size=3),
    "x": ODD,
}
CHANGES = st.fixed_dictionaries(
    {}, optional={name: st.one_of(values, ODD) for name, values in VALUES.items()}
)
PLACE = {"lat": 30.0, "lng": -90}
CART = {"destination": PLACE, "lines": [{"sku": "S1", "quantity": 1}]}


def judged(schema, body):
    """What the schema loads; None for what it refuses."""
    try:
        return schema.load(deepcopy(body))
    except ValidationError:
        return None


@settings(max_examples=300, deadline=None)
@given(changes=CHANGES)
def test_a_question_of_sourcing_is_read_as_by_its_schema(changes):
    body = CART | changes
    assert bodies.sourcing(deepcopy(body)) == judged(bodies.SOURCING, body)


@settings(max_examples=300, deadline=None)
@given(changes=CHANGES)
def test_a_question_of_availability_is_read_as_by_its_schema(changes):
    names = {"skus", "destination", "x"}
    body = {"skus": ["S1"]} | {name: changes[name] for name in names & changes.keys()}
    assert bodies.availability(deepcopy(body)) == judged(bodies.AVAILABILITY, body)


def test_ordinary_questions_are_plain():
    more = {"options": 2, "explain": False, "channel": "web", "max_shipments": 1}
    for body in (CART, CART | more):
        plain = bodies.plain_sourcing(body)
        assert plain is not None
        assert plain == judged(bodies.SOURCING, body)
    for asked in ({"skus": ["S1", "S2"]}, {"skus": ["S1"], "destination": PLACE}):
        plain = bodies.plain_availability(asked)
        assert plain is not None
        assert plain == judged(bodies.AVAILABILITY, asked)


def test_what_is_no_object_is_refused():
    for body in (None, [], "x", 1):
        assert bodies.sourcing(body) is None
        assert bodies.availability(body) is None
