"""What keeps a better plan from happening is told by name, with what it would save."""

from datetime import date

import pytest

from fulfillment.network.models import Facility
from fulfillment.platform.db import transaction


@pytest.fixture
def binding(world):
    def binding(lines, **more):
        answer = world.source(lines, **more)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()["options"][0]["explanation"]["binding"]

    return binding


@pytest.fixture
def follow(world):
    def follow(**document):
        answer = world.client.put("/v1/strategies/mine", json=document, headers=world.headers)
        assert answer.status_code == 201, answer.get_json()
        assert world.post("strategies/mine/activate").status_code == 200

    return follow


NEAR_AND_FAR = {"NEAR": 10, "FAR": 3000}


def test_nothing_binds_where_the_best_facility_has_it_all(world, binding):
    world.has({"NEAR": {"S1": 9}, "FAR": {"S1": 9}}, km=NEAR_AND_FAR)
    assert binding({"S1": 2}) == []


@pytest.mark.parametrize("units", [0, 1])
def test_stock_binds_where_more_of_it_would_make_the_plan_cheaper(world, binding, units):
    world.has({"NEAR": {"S1": units}, "FAR": {"S1": 9}}, km=NEAR_AND_FAR)
    (limit,) = binding({"S1": 2})
    assert limit.pop("saves") > 0
    assert limit == {"kind": "stock", "facility": "NEAR", "sku": "S1", "promisable": units}


def test_what_stock_would_save_is_what_the_plan_then_costs_less(world, binding):
    world.has({"NEAR": {"S1": 1}, "FAR": {"S1": 9}}, km=NEAR_AND_FAR)
    before = world.source({"S1": 2}).get_json()["options"][0]["explanation"]["objective"]
    (limit,) = binding({"S1": 2})
    world.has({"NEAR": {"S1": 5}})
    after = world.source({"S1": 2}).get_json()["options"][0]["explanation"]["objective"]
    assert limit["saves"] == pytest.approx(before - after, abs=1e-3)


def test_the_one_sku_that_is_short_is_named(world, binding):
    world.has({"NEAR": {"S1": 9, "S2": 0}, "FAR": {"S1": 9, "S2": 9}}, km=NEAR_AND_FAR)
    limits = binding({"S1": 1, "S2": 1})
    assert [(limit["kind"], limit["facility"], limit["sku"]) for limit in limits] == [
        ("stock", "NEAR", "S2")
    ]


def test_two_skus_that_only_help_together_say_so(world, binding):
    world.has({"NEAR": {"S1": 0, "S2": 0}, "FAR": {"S1": 9, "S2": 9}}, km=NEAR_AND_FAR)
    limits = binding({"S1": 1, "S2": 1})
    assert [(limit["sku"], limit["together"]) for limit in limits] == [("S1", True), ("S2", True)]


def test_a_full_facility_binds(world, binding):
    world.has(
        {"NEAR": {"S1": 9}, "FAR": {"S1": 9}}, km=NEAR_AND_FAR, NEAR={"daily_order_capacity": 0}
    )
    (limit,) = binding({"S1": 1})
    assert (limit["kind"], limit["facility"]) == ("capacity", "NEAR")


def test_a_rule_binds(world, binding, follow):
    world.has({"NEAR": {"S1": 9}, "FAR": {"S1": 9}}, km=NEAR_AND_FAR)
    follow(eligibility=[{"facilities": ["FAR"]}])
    (limit,) = binding({"S1": 1})
    assert (limit["kind"], limit["facility"]) == ("not-eligible", "NEAR")


def test_the_most_shipments_bind(world, binding):
    stock = {"A": {"S1": 1}, "B": {"S2": 1}, "FAR": {"S1": 9, "S2": 9}}
    world.has(stock, km={"A": 10, "B": 10, "FAR": 4000}, weight_g=9000)
    limits = binding({"S1": 1, "S2": 1}, max_shipments=1)
    assert ("max_shipments", 1) in [(limit["kind"], limit.get("limit")) for limit in limits]
    assert "max_shipments" not in [limit["kind"] for limit in binding({"S1": 1, "S2": 1})]


def test_a_facility_that_is_too_late_binds_where_it_would_be_cheaper(world, binding):
    world.has({"NEAR": {"S1": 9}, "FAR": {"S1": 9}}, km=NEAR_AND_FAR)
    with transaction() as session:
        session.get(Facility, "NEAR").handling_days = 20
    options = world.source({"S1": 1}, options=2).get_json()["options"]
    days = {o["shipments"][0]["facility"]: o["deliver_by"] for o in options}
    (limit,) = binding({"S1": 1}, deliver_by=days["FAR"])
    assert (limit["kind"], limit["facility"], limit["deliver_by"]) == ("late", "NEAR", days["NEAR"])
    assert date.fromisoformat(days["FAR"]) < date.fromisoformat(days["NEAR"])


def test_by_rules_what_would_be_better_by_them_binds(world, binding, follow):
    stock = {"A": {"S1": 1}, "B": {"S1": 0, "S2": 1}}
    world.has(stock, km={"A": 10, "B": 2000})
    follow(stages=["shipments"])
    limits = binding({"S1": 1, "S2": 1})
    told = {(limit["kind"], limit["facility"], limit["sku"]) for limit in limits}
    assert told == {("stock", "A", "S2"), ("stock", "B", "S1")}


def test_what_a_facility_may_not_hold_is_not_told_as_missing(world, binding):
    world.has(
        {"NEAR": {"ACID": 0}, "FAR": {"ACID": 9}},
        km=NEAR_AND_FAR,
        ACID={"tags": ["hazmat"]},
        FAR={"tags": ["hazmat"]},
    )
    assert binding({"ACID": 1}) == []


@pytest.mark.engine("sqlite")
def test_an_order_that_is_too_large_to_try_says_nothing(world, binding):
    skus = {f"S{n:02}": 1 for n in range(60)}
    world.has({f"W{n:02}": skus for n in range(12)})
    assert binding(skus) is None
