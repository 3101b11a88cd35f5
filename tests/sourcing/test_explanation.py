"""An explanation's figures: they add up, and they are those of the plans they speak of."""

from uuid import UUID

import pytest

from fulfillment.orders import queries
from tests.world import shares


@pytest.fixture
def explained(world):
    def explained(lines, **more):
        answer = world.source(lines, **more)
        assert answer.status_code == 200, answer.get_json()
        return [option["explanation"] for option in answer.get_json()["options"]]

    return explained


@pytest.fixture
def follow(world):
    def follow(**document):
        answer = world.client.put("/v1/strategies/mine", json=document, headers=world.headers)
        assert answer.status_code == 201, answer.get_json()
        assert world.post("strategies/mine/activate").status_code == 200

    return follow


TERMS = {"shipping", "handling", "distance", "split", "late", "price", "unfilled", "total"}


def test_terms_add_up_to_the_objective(world, explained, follow):
    world.has({"W1": {"S1": 2}, "W2": {"S1": 2}, "W3": {"S1": 9}}, km={"W3": 3000})
    follow(weights={"distance_per_km": 0.002, "split": 0.5})
    for told in explained({"S1": 3}):
        terms = dict(told["terms"])
        assert terms.keys() == TERMS
        total = terms.pop("total")
        assert total == pytest.approx(sum(terms.values()), abs=1e-3)
        assert total == pytest.approx(told["objective"], abs=1e-3)


def test_a_candidate_has_the_terms_of_shipping_all_it_can_alone(world, explained):
    world.has({"W1": {"S1": 1}, "W2": {"S1": 9}}, km={"W1": 10, "W2": 2000})
    (told, *_) = explained({"S1": 2})
    first, second = [candidate["terms"] for candidate in told["candidates"]]
    assert first["unfilled"] > 60
    assert second["unfilled"] == 0
    assert second["total"] == pytest.approx(told["objective"], abs=1e-3)


def test_the_runner_up_is_the_next_option_and_says_what_it_costs_more(world, explained):
    world.has({"W1": {"S1": 9}, "W2": {"S1": 9}}, km={"W1": 10, "W2": 2000}, weight_g=5000)
    first, second = explained({"S1": 1}, options=2)
    up = first["runner_up"]
    assert up["shipments"] == ["W2"]
    assert up["costs_more"] == pytest.approx(second["objective"] - first["objective"], abs=1e-3)
    assert up["terms"] == {"shipping": pytest.approx(up["costs_more"])}
    assert second["runner_up"] is None or second["runner_up"]["shipments"] == ["W1", "W2"]


def test_by_rules_the_runner_up_may_cost_less(world, explained, follow):
    world.has(
        {"A": {"S1": 1}, "B": {"S2": 1}, "FAR": {"S1": 1, "S2": 1}},
        km={"A": 10, "B": 10, "FAR": 4000},
        weight_g=9000,
    )
    follow(stages=["shipments"])
    (told, *_) = explained({"S1": 1, "S2": 1})
    assert told["runner_up"]["shipments"] == ["A", "B"]
    assert told["runner_up"]["costs_more"] < 0


def test_a_group_pays_for_one_shipment_in_the_terms_too(world, explained, follow):
    world.has({"A": {"S1": 1}, "B": {"S2": 1}}, km={"A": 10, "B": 10})
    both = {"S1": 1, "S2": 1}
    (apart, *_) = explained(both)
    follow(groups=[["A", "B"]], weights={"split": 2})
    (together, *_) = explained(both)
    assert together["terms"]["split"] == 2
    assert together["terms"]["total"] == pytest.approx(together["objective"], abs=1e-3)
    assert apart["objective"] - together["objective"] == pytest.approx(6.5 - 2, abs=1e-3)


def test_an_order_s_decision_names_the_reason_of_each_facility(world, follow):
    world.has({"A": {"S1": 5}, "B": {"S1": 5}})
    follow(eligibility=[{"facilities": ["B"]}])
    order = world.order("o", {"S1": 1}).get_json()
    assert set(shares(order)) == {"B"}
    told = queries.get(UUID(order["id"])).decision["candidates"]
    reasons = {c["facility"]: (c["status"], c["reason"]) for c in told}
    assert reasons == {"A": ("out", "not-eligible"), "B": ("chosen", None)}
