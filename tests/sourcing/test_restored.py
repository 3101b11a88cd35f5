"""An order is restored as it stood: it is told what the same order placed directly is told."""

from datetime import time

import pytest

from tests.retellings import by_facility, follow, reserved, same, standing_clock

__all__ = ["follow", "reserved", "same", "standing_clock"]


def put(world, path, **document):
    answer = world.client.put(f"/v1/{path}", json=document, headers=world.headers)
    assert answer.status_code == 200, answer.get_json()


def test_a_plain_order_has_its_terms_its_runner_up_and_what_binds(world, same):
    world.has(
        {"NEAR": {"S1": 1}, "MID": {"S1": 9}, "FAR": {"S1": 9}, "EMPTY": {"S1": 0}},
        km={"NEAR": 10, "MID": 900, "FAR": 2000, "EMPTY": 5},
        weight_g=5000,
    )
    told = same({"S1": 3})
    assert told["runner_up"]["shipments"] == ["MID", "NEAR"]
    assert told["runner_up_costs"] == told["runner_up"]["costs_more"] > 0
    assert {limit["facility"] for limit in told["binding"]} == {"NEAR", "EMPTY"}
    assert by_facility(told)["EMPTY"]["terms"]["unfilled"] > 0


def test_a_plan_of_two_shipments_has_the_terms_of_both(world, same):
    world.has({"A": {"S1": 2}, "B": {"S1": 1, "S2": 4}, "C": {"S2": 1}}, km={"B": 300, "C": 900})
    told = same({"S1": 2, "S2": 3})
    assert told["terms"]["total"] == pytest.approx(told["objective"], abs=1e-3)
    chosen = [c["facility"] for c in told["candidates"] if c["status"] == "chosen"]
    assert chosen == ["A", "B"]


def test_an_order_for_one_facility_has_no_runner_up(world, same):
    world.has({"A": {"S1": 1}, "LOST": {"S1": 9}, "SHUT": {"S1": 9}}, km={"LOST": None})
    put(world, "facilities/SHUT", name="SHUT", timezone="America/Chicago", active=False)
    told = same({"S1": 1})
    assert (told["runner_up"], told["binding"]) == (None, [])
    assert by_facility(told)["LOST"]["terms"] is None


def test_what_kept_a_facility_out_binds(world, same):
    world.has(
        {"NEAR": {"S1": 9}, "FAR": {"S1": 9}},
        km={"NEAR": 10, "FAR": 2000},
        NEAR={"daily_order_capacity": 1},
        weight_g=5000,
    )
    world.reserve("another", {"S1": 1})
    told = same({"S1": 2})
    assert by_facility(told)["NEAR"]["reason"] == "capacity"
    assert [limit["kind"] for limit in told["binding"]] == ["capacity"]


def test_limits_of_the_request_are_kept_and_bind(world, same):
    world.has({"A": {"S1": 1}, "B": {"S1": 1}, "FAR": {"S1": 9}}, km={"FAR": 4000}, weight_g=20_000)
    told = same({"S1": 2}, max_shipments=1)
    assert "max_shipments" in [limit["kind"] for limit in told["binding"]]
    assert told["runner_up"] is None


def test_a_wanted_day_is_kept_and_binds(world, same):
    world.has(
        {"EARLY": {"S1": 9}, "LATE": {"S1": 9}},
        km={"EARLY": 900, "LATE": 10},
        LATE={"cutoff": time(0, 1), "handling_days": 5},
        weight_g=20_000,
    )
    told = same({"S1": 1}, deliver_by="2026-07-20")
    assert by_facility(told)["LATE"]["reason"] == "late"
    assert [limit["kind"] for limit in told["binding"]] == ["late"]


def test_days_late_are_a_term_where_the_strategy_lets_late_shipments_go(world, same, follow):
    world.has({"A": {"S1": 9}, "B": {"S1": 9}}, km={"A": 900, "B": 3000}, weight_g=5000)
    follow(late="penalty", weights={"late_cost_per_day": 2})
    told = same({"S1": 1}, deliver_by="2026-07-16")
    assert told["terms"]["late"] > 0


def test_stages_groups_and_limits_of_the_strategy_are_followed_again(world, same, follow):
    world.has(
        {"A": {"S1": 1}, "B": {"S2": 1}, "C": {"S3": 1}, "FAR": {"S1": 1, "S2": 1}},
        km={"A": 10, "B": 10, "C": 20, "FAR": 4000},
        weight_g=9000,
    )
    every = {"S1": 1, "S2": 1, "S3": 1}
    follow(stages=["shipments", "distance"], weights={"split": 2})
    by_rules = same(every)
    assert by_rules["runner_up"]["costs_more"] < 0
    follow(groups=[["A", "B", "C"]], weights={"distance_per_km": 0.01})
    assert same(every)["terms"]["split"] == 0
    follow(max_shipments=2)
    assert "max_shipments" in [limit["kind"] for limit in same(every)["binding"]]


def test_stock_that_a_rule_bars_is_told_of_by_its_limit(world, same, follow):
    world.has(
        {"NEAR": {"S1": 9, "S2": 9}, "FAR": {"S1": 9, "S2": 9}},
        km={"NEAR": 10, "FAR": 2000},
        weight_g=9000,
        S2={"tags": ["frozen"]},
    )
    follow(eligibility=[{"item_tags": ["frozen"], "facilities": ["FAR"]}])
    assert by_facility(same({"S2": 2}))["NEAR"]["promisable"] == {"S2": 0}
    assert [limit["kind"] for limit in same({"S2": 2})["binding"]] == ["not-eligible"]
    same({"S1": 1, "S2": 1})
    follow(eligibility=[{"channels": ["web"], "facilities": ["FAR"]}])
    told = same({"S1": 1}, channel="web")
    assert by_facility(told)["NEAR"]["reason"] == "not-eligible"


def test_a_large_order_is_told_its_terms_alone(world, same):
    skus = {f"S{n}": 2 for n in range(61)}
    world.has(dict.fromkeys(("A", "B", "C", "D"), skus), km={"A": 10})
    told = same(dict.fromkeys(skus, 1))
    assert (told["runner_up"], told["runner_up_costs"]) == (None, None)
    assert told["terms"]["total"] == pytest.approx(told["objective"], abs=1e-3)
