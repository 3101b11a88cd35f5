"""The plain choice is the one that the exact search makes, or none."""

import json
import random

import pytest

from fulfillment.network import destinations
from fulfillment.platform import clock
from fulfillment.sourcing import carts, service
from fulfillment.sourcing.candidates import Ask, Question, snapshot
from fulfillment.sourcing.checkout import texts
from fulfillment.sourcing.checkout.choice import plain_choice
from fulfillment.sourcing.strategies.strategy import Strategy, Weights
from tests.world import world

__all__ = ["world"]

BODY = {"destination": {"lat": 30.0, "lng": -90.0}}
STRATEGIES = [
    Strategy(),
    Strategy(weights=Weights(split=4.0)),
    Strategy(weights=Weights(shipping=0.5, handling=2.0, distance_per_km=0.01)),
]


def drawn(world, seed):
    """A question about one of many small worlds; some facilities are equally far."""
    draw = random.Random(seed)
    places = [f"W{n}" for n in range(draw.randint(1, 6))]
    skus = [f"S{n}" for n in range(draw.randint(1, 3))]
    world.has(
        {place: {sku: draw.choice([0, 1, 2, 5]) for sku in skus} for place in places},
        km={place: draw.choice([10, 10, 400, 900, 2000, None]) for place in places},
        **{
            place: {
                "fixed_cost": draw.choice([0, 0, 3]),
                "daily_order_capacity": draw.choice([None, None, 1, 0]),
            }
            for place in places
        },
    )
    lines = {sku: draw.randint(1, 4) for sku in skus}
    place = destinations.resolve({"lat": 30.0, "lng": -90.0})
    known = service.known_items(lines)
    ask = Ask(place, lines)
    return Question(ask, known, snapshot(lines, clock.now()), draw.choice(STRATEGIES))


@pytest.mark.parametrize("seed", range(60))
def test_the_plain_choice_is_that_of_the_search(world, seed):
    question = drawn(world, seed)
    plain = plain_choice(question)
    if plain is not None:
        told = json.loads(texts.kept(plain, BODY, texts.candidates(question, plain)))
        assert told == service.best_plan(question).document() | carts.asked_of(BODY)


def test_equal_facilities_are_chosen_by_distance_and_then_by_code(world):
    world.has({"W1": {"S1": 1}, "W2": {"S1": 1}, "W3": {"S1": 1}}, km={"W1": 50})
    ask = Ask(destinations.resolve({"lat": 30.0, "lng": -90.0}), {"S1": 1})
    known = service.known_items(ask.lines)
    plan = plain_choice(Question(ask, known, snapshot(ask.lines, clock.now()), Strategy()))
    assert plan is not None
    assert [s.facility for s in plan.shipments] == ["W1"]


def test_most_orders_are_plain(world):
    world.has(
        {f"W{n}": {"S1": 5, "S2": 5} for n in range(5)}, km={f"W{n}": 99 * n for n in range(5)}
    )
    place = destinations.resolve({"lat": 30.0, "lng": -90.0})
    for lines in ({"S1": 1}, {"S1": 3, "S2": 2}):
        known = service.known_items(lines)
        state = snapshot(lines, clock.now())
        assert plain_choice(Question(Ask(place, lines), known, state, Strategy())) is not None
