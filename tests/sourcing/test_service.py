"""Shipping strategies at work: what is asked over HTTP ships as the one in force says."""

from datetime import date
from uuid import UUID

import pytest

from fulfillment.orders import queries
from tests.world import shares

DEFAULT = {"name": "default", "version": 0}


@pytest.fixture
def follow(world):
    """Put a strategy in force."""

    def follow(name="mine", **document):
        answer = world.client.put(f"/v1/strategies/{name}", json=document, headers=world.headers)
        assert answer.status_code in (200, 201), answer.get_json()
        assert world.post(f"strategies/{name}/activate").status_code == 200

    return follow


def decision(order):
    """Return what is kept of how an order was decided."""
    return queries.get(UUID(order["id"])).decision


@pytest.fixture
def best(world):
    def best(lines, **more):
        answer = world.source(lines, **more)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()["options"][0]

    return best


@pytest.fixture
def pair_or_one(world):
    """Two near facilities that have half each, one far away that has all."""
    world.has(
        {"NEAR1": {"S1": 5}, "NEAR2": {"S2": 5}, "FAR": {"S1": 5, "S2": 5}},
        km={"NEAR1": 10, "NEAR2": 20, "FAR": 3000},
        weight_g=9000,
    )


BOTH = {"S1": 1, "S2": 1}
PAIR, ONE = {"NEAR1", "NEAR2"}, {"FAR"}


@pytest.mark.usefixtures("pair_or_one")
@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, PAIR),
        ({"weights": {"split": 50}}, ONE),
        ({"weights": {"split": 50, "distance_per_km": 1}}, PAIR),
        ({"weights": {"shipping": 0, "split": 1}}, ONE),
        ({"stages": ["shipments"]}, ONE),
        ({"stages": ["shipments", "distance", "cost"]}, ONE),
        ({"stages": ["distance", "shipments"]}, PAIR),
        ({"max_shipments": 1}, ONE),
        ({"groups": [["NEAR1", "NEAR2"]], "weights": {"split": 20}}, PAIR),
        ({"weights": {"split": 20}}, ONE),
        ({"eligibility": [{"facilities": ["FAR"]}]}, ONE),
    ],
)
def test_the_strategy_in_force_decides(follow, best, document, expected):
    follow(**document)
    plan = best(BOTH)
    assert set(shares(plan)) == expected
    assert plan["explanation"]["strategy"] == {"name": "mine", "version": 1}


@pytest.mark.usefixtures("pair_or_one")
def test_weights_decide_and_money_stays_money(follow, best):
    cost = {box["facility"]: box["cost"] for box in best(BOTH, max_shipments=1)["shipments"]}
    follow(weights={"shipping": 10, "split": 500, "distance_per_km": 0.001})
    assert {box["facility"]: box["cost"] for box in best(BOTH)["shipments"]} == cost


@pytest.mark.usefixtures("pair_or_one")
def test_another_strategy_can_be_tried_and_none_is_put_in_force(world, follow, best):
    follow("one", stages=["shipments"])
    follow("pair", stages=["distance"])
    follow("pair", weights={"split": 50})
    tried = best(BOTH, strategy="one")
    assert (set(shares(tried)), tried["explanation"]["strategy"]["name"]) == (ONE, "one")
    assert set(shares(best(BOTH))) == ONE
    assert set(shares(best(BOTH, strategy="pair", strategy_version=1))) == PAIR
    assert set(shares(best(BOTH, strategy="default"))) == PAIR
    for wrong in ({"strategy": "none"}, {"strategy": "one", "strategy_version": 9}):
        answer = world.source(BOTH, **wrong)
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, list(wrong)[-1:])
    assert world.source(BOTH, strategy_version=1).status_code == 422


@pytest.mark.parametrize(("price", "expected"), [("20.00", ONE), ("25.00", PAIR), (None, PAIR)])
def test_an_order_of_little_value_ships_in_one(world, follow, best, price, expected):
    world.has(
        {"NEAR1": {"S1": 5}, "NEAR2": {"S2": 5}, "FAR": {"S1": 5, "S2": 5}},
        km={"NEAR1": 10, "NEAR2": 20, "FAR": 3000},
        weight_g=9000,
    )
    for sku in BOTH:
        item = {"name": sku, "weight_g": 9000, "unit_price": price}
        put = world.client.put(f"/v1/items/{sku}", json=item, headers=world.headers)
        assert put.status_code == 200, put.get_json()
    follow(min_value_to_split="50.00")
    assert set(shares(best(BOTH))) == expected


def test_a_limit_of_the_strategy_is_told_in_the_refusal(world, follow):
    world.has({"W1": {"S1": 1}, "W2": {"S1": 1}})
    follow(max_shipments=1)
    refused = world.source({"S1": 2})
    assert refused.get_json()["type"] == "/problems/no-plan"
    assert "at most 1 shipment" in refused.get_json()["detail"]


def test_where_lateness_only_costs_it_is_weighed(world, follow, best):
    world.has({"NEAR": {"S1": 1}, "FAR": {"S1": 9}}, km={"NEAR": 10, "FAR": 4000})
    in_time = date.fromisoformat(best({"S1": 1})["deliver_by"])
    assert in_time >= date.today()
    asked = {"deliver_by": in_time.isoformat()}
    assert world.source({"S1": 2}, **asked).status_code == 409
    follow(late="penalty", weights={"late_cost_per_day": 100})
    plan = best({"S1": 2}, **asked)
    late = sum((date.fromisoformat(box["deliver_by"]) - in_time).days for box in plan["shipments"])
    assert plan["explanation"]["terms"]["late"] == 100 * late > 0
    assert set(shares(best({"S1": 1}, **asked))) == {"NEAR"}


def test_a_channel_counts_from_the_cart_to_the_order(world, follow):
    world.has({"SHOP": {"S1": 9}, "HUB": {"S1": 9}}, km={"SHOP": 10, "HUB": 900})
    follow(eligibility=[{"channels": ["web"], "facilities": ["HUB"]}])
    assert set(shares(world.reserve("c1", {"S1": 1}).get_json())) == {"SHOP"}
    held = world.reserve("c2", {"S1": 1}, channel="web").get_json()
    assert set(shares(held)) == {"HUB"}
    body = {"order_ref": "o1", "reservation_id": held["id"]}
    order = world.post("orders", body).get_json()
    assert order["channel"] == "web"
    assert decision(order)["strategy"] == {"name": "mine", "version": 1}
    direct = world.order("o2", {"S1": 1}, channel="web").get_json()
    assert set(shares(direct)) == {"HUB"}
    assert decision(direct)["strategy"] == {"name": "mine", "version": 1}


def test_what_a_facility_rejects_goes_on_by_the_rules_of_its_channel(world, follow):
    world.has({"HUB": {"S1": 9}, "SHOP": {"S1": 9}, "HUB2": {"S1": 9}}, km={"HUB": 10, "HUB2": 900})
    follow(eligibility=[{"channels": ["web"], "facilities": ["HUB", "HUB2"]}])
    order = world.order("o1", {"S1": 1}, channel="web").get_json()
    (box,) = order["shipments"]
    assert world.post(f"shipments/{box['id']}/reject", {"reason": "damaged"}).status_code == 200
    after = world.get(f"orders/{order['id']}")
    live = [s for s in after["shipments"] if s["status"] == "planned"]
    assert [s["facility"] for s in live] == ["HUB2"]


def test_a_question_may_be_answered_in_brief(world, best):
    world.has({"W1": {"S1": 5}})
    told = best({"S1": 1}, explain=False)["explanation"]
    assert told["strategy"] == DEFAULT
    assert told.keys().isdisjoint({"terms", "runner_up", "binding"})


def test_a_reservation_is_explained_in_brief_and_an_order_in_full(world):
    world.has({"W1": {"S1": 5}})
    held = world.reserve("c", {"S1": 1}).get_json()["explanation"]
    assert held["strategy"] == DEFAULT
    assert "terms" not in held
    order = world.order("o", {"S1": 1}).get_json()
    assert "terms" in decision(order)


def test_in_full_as_many_options_come_as_were_asked(world):
    world.has({f"W{n}": {"S1": 5} for n in range(5)})
    for asked in (1, 3, 5):
        options = world.source({"S1": 1}, options=asked).get_json()["options"]
        assert len(options) == asked
        assert [o["explanation"]["runner_up"] is None for o in options] == [
            n == 5 for n in range(1, asked + 1)
        ]
