"""Where a shipment stands, as a function of what was told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.shipping.models import Status
from fulfillment.tracking.derivation import Told, standing_of
from fulfillment.tracking.vocabularies import Word

START = datetime(2026, 11, 20, tzinfo=UTC)


def told(word, hour, event_id=None, **more):
    moment = START + timedelta(hours=hour)
    return Told("FAST", event_id or f"{word} {hour}", Word(word), moment, **more)


def stands(*events, parcels=()):
    return str(standing_of(events, parcels).status)


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([], "handed_over"),
        ([("pre_transit", 0), ("unknown", 9)], "handed_over"),
        ([("in_transit", 1)], "in_transit"),
        ([("out_for_delivery", 2), ("in_transit", 3)], "out_for_delivery"),
        ([("available_for_pickup", 2)], "out_for_delivery"),
        ([("out_for_delivery", 2), ("attempt_failed", 3)], "attempted"),
        ([("attempt_failed", 3), ("out_for_delivery", 20)], "out_for_delivery"),
        ([("failure", 3), ("in_transit", 2)], "exception"),
        ([("failure", 3), ("in_transit", 4)], "in_transit"),
        ([("delivered", 5), ("in_transit", 9), ("failure", 9)], "delivered"),
        ([("return_to_sender", 5), ("delivered", 9)], "returned"),
        ([("in_transit", 4), ("failure", 4)], "exception"),
    ],
)
def test_the_state_goes_forward(events, status):
    assert stands(*(told(word, hour) for word, hour in events)) == status


def test_a_shipment_is_where_its_parcels_are():
    first, second = told("delivered", 5, sscc="1"), told("failure", 6, sscc="2")
    assert stands(first, parcels=["1", "2"]) == "in_transit"
    assert stands(first, second, parcels=["1", "2"]) == "exception"
    assert stands(told("delivered", 7), parcels=["1", "2"]) == "delivered"
    last = told("delivered", 9, sscc="2")
    assert standing_of([first, last], ["1", "2"]).delivered_at == last.occurred_at
    back = told("return_to_sender", 9, sscc="2")
    assert stands(first, back, parcels=["1", "2"]) == "returned"


def test_a_correction_voids_an_event_of_its_own_carrier_only():
    wrong = told("delivered", 5, "x")
    assert stands(wrong, told("unknown", 6, corrects="x")) == "handed_over"
    other = Told("SLOW", "y", Word.UNKNOWN, START, corrects="x")
    assert stands(wrong, other) == "delivered"


EVENTS = st.builds(
    told,
    st.sampled_from([str(word) for word in Word]),
    st.integers(0, 9),
    st.uuids().map(str),
    sscc=st.sampled_from([None, "1", "2"]),
)


@given(st.lists(EVENTS, max_size=9).flatmap(lambda e: st.tuples(st.just(e), st.permutations(e))))
def test_the_order_of_arrival_says_nothing(both):
    as_happened, as_arrived = both
    assert standing_of(as_happened, ["1", "2"]) == standing_of(as_arrived, ["1", "2"])


@given(st.lists(EVENTS, max_size=9))
def test_a_moment_of_delivery_is_known_exactly_when_it_is_delivered(events):
    standing = standing_of(events, ["1", "2"])
    assert (standing.delivered_at is not None) == (standing.status is Status.DELIVERED)
