"""The plain choice is the one that the exact search makes, or none."""

import json
import random
from uuid import uuid4

import pytest

from fulfillment.network import destinations
from fulfillment.platform import clock
from fulfillment.platform.db import transaction
from fulfillment.sourcing import carts, pricing, service
from fulfillment.sourcing.checkout import texts
from fulfillment.sourcing.checkout.choice import plain_choice
from fulfillment.sourcing.prices import outlooks, shadow_prices
from fulfillment.sourcing.prices.outlooks import Baskets, SkuOutlook
from fulfillment.sourcing.question import Ask, Question, snapshot
from fulfillment.sourcing.strategies.strategy import Prices, Strategy, Weights
from tests.world import world

__all__ = ["world"]

BODY = {"destination": {"lat": 30.0, "lng": -90.0}}
STRATEGIES = [
    Strategy(),
    Strategy(weights=Weights(split=4.0)),
    Strategy(weights=Weights(shipping=0.5, handling=2.0, distance_per_km=0.01)),
    Strategy(prices=Prices(source="blend", weight=0.7)),
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
    question = Question(ask, known, snapshot(lines, clock.now()), draw.choice(STRATEGIES))
    if seed % 2:
        publish(draw, places, skus)
    return pricing.with_prices(question, pricing.read(lines))


def publish(draw, places, skus):
    """What is expected of some SKUs, and at times the prices of a wave."""
    expected = [
        SkuOutlook(sku, {place: draw.choice([0.1, 0.5, 4.0]) for place in places}, {}, 1.2)
        for sku in skus[: draw.randint(1, 3)]
    ]
    scarce = [
        {"kind": kind, "facility": place, "sku": sku, "price": draw.choice([0.5, 2.0, 9.0])}
        for place in places[: draw.choice([0, 2])]
        for kind, sku in [("stock", skus[0]), ("units", None), ("shipments", None)]
    ]
    with transaction():
        outlooks.publish(expected, Baskets((0.6, 0.4), 900.0, {}), clock.now())
        shadow_prices.publish(uuid4(), clock.now(), scarce)


@pytest.mark.parametrize("seed", range(60))
def test_the_plain_choice_is_that_of_the_search(world, seed):
    question = drawn(world, seed)
    if chosen := plain_choice(question):
        told = json.loads(texts.kept(chosen.plan.document(), BODY, chosen.candidates))
        assert told == service.best_plan(question).document() | carts.asked_of(BODY)


def test_orders_with_prices_are_plain_too(world):
    questions = [drawn(world, seed) for seed in (1, 3, 5, 7, 9, 11, 13, 15)]
    chosen = [plain_choice(question) for question in questions if question.prices]
    assert sum(map(bool, chosen)) >= 3


def test_equal_facilities_are_chosen_by_distance_and_then_by_code(world):
    world.has({"W1": {"S1": 1}, "W2": {"S1": 1}, "W3": {"S1": 1}}, km={"W1": 50})
    ask = Ask(destinations.resolve({"lat": 30.0, "lng": -90.0}), {"S1": 1})
    known = service.known_items(ask.lines)
    chosen = plain_choice(Question(ask, known, snapshot(ask.lines, clock.now()), Strategy()))
    assert chosen is not None
    assert [s.facility for s in chosen.plan.shipments] == ["W1"]


def test_most_orders_are_plain(world):
    world.has(
        {f"W{n}": {"S1": 5, "S2": 5} for n in range(5)}, km={f"W{n}": 99 * n for n in range(5)}
    )
    place = destinations.resolve({"lat": 30.0, "lng": -90.0})
    for lines in ({"S1": 1}, {"S1": 3, "S2": 2}):
        known = service.known_items(lines)
        state = snapshot(lines, clock.now())
        assert plain_choice(Question(Ask(place, lines), known, state, Strategy())) is not None
