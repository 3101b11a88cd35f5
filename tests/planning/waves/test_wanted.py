"""Waves under a shipping strategy: its weights, its limits, who may ship, and what late means."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
import time_machine
from msgspec.structs import replace

from fulfillment.platform.db import transaction
from fulfillment.sourcing import strategies
from fulfillment.sourcing.strategies.strategy import PENALTY, Prices, Rule, Strategy, Weights
from tests.world import shares

# A Monday, hours before the cut-off.
MONDAY = "2026-03-02T15:00Z"
ON_TIME, TOO_LATE = date(2026, 3, 11), date(2026, 3, 3)


@pytest.fixture(autouse=True)
def on_monday():
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def follow(app):
    """Put a strategy in force."""

    def follow(strategy):
        with transaction():
            strategies.put("s", strategy)
            return strategies.activate("s", None)

    return follow


@pytest.fixture
def sent(world, plan):
    """Run a wave over one order, and return what each facility ships of it."""

    def sent(order):
        plan(apply=True)
        return shares(world.get(f"orders/{order['id']}"))

    return sent


def decision(world, order):
    return world.get(f"orders/{order['id']}/decision")["decision"]


def reasons(why):
    return {candidate["facility"]: candidate["reason"] for candidate in why["candidates"]}


def test_only_facilities_that_a_rule_names_ship_a_channel(world, wait, sent, follow):
    hub = {"HUB": {"tags": ["hub"]}}
    world.has({"NEAR": {"S1": 5}, "HUB": {"S1": 5}}, km={"NEAR": 10, "HUB": 900}, **hub)
    follow(Strategy(eligibility=(Rule(channels=("web",), facility_tags=("hub",)),)))
    web = wait("web", {"S1": 1}, channel="web")
    store = wait("store", {"S1": 1}, channel="store")
    assert (sent(web), sent(store)) == ({"HUB": {"S1": 1}}, {"NEAR": {"S1": 1}})
    assert reasons(decision(world, web)) == {"NEAR": "not-eligible", "HUB": None}
    assert decision(world, web)["strategy"] == {"name": "s", "version": 1}


def test_rules_about_items_bind_each_line_by_itself(world, wait, sent, follow):
    """No one facility may ship both, yet both are sent."""
    tags = {"COLD": {"tags": ["frozen"]}, "GLASS": {"tags": ["fragile"]}}
    stock = {"COLD": 5, "GLASS": 5}
    world.has({"A": stock, "B": stock, "C": stock}, km={"A": 10, "B": 20, "C": 30}, **tags)
    follow(
        Strategy(
            eligibility=(
                Rule(item_tags=("frozen",), facilities=("B",)),
                Rule(item_tags=("fragile",), facilities=("C",)),
            )
        )
    )
    order = wait("both", {"COLD": 1, "GLASS": 1})
    assert sent(order) == {"B": {"COLD": 1}, "C": {"GLASS": 1}}
    assert reasons(decision(world, order)) == {"A": "not-eligible", "B": None, "C": None}


def test_facilities_of_a_group_cost_one_box(world, wait, sent, follow):
    split = {"A": {"S1": 1}, "B": {"S2": 1}}
    world.has({**split, "C": {"S1": 9, "S2": 9}}, km={"A": 10, "B": 10, "C": 400})
    assert sent(wait("alone", {"S1": 1, "S2": 1})) == {"C": {"S1": 1, "S2": 1}}
    follow(Strategy(groups=(("A", "B"),)))
    together = wait("together", {"S1": 1, "S2": 1})
    assert sent(together) == split
    why = decision(world, together)
    assert why["terms"]["shipping"] < float(world.get(f"orders/{together['id']}")["cost"]["total"])


@pytest.mark.parametrize(
    ("strategy", "boxes"),
    [
        (Strategy(), 2),
        (Strategy(max_shipments=1), 1),
        (Strategy(min_value_to_split=Decimal("20.00")), 2),
        (Strategy(min_value_to_split=Decimal("20.01")), 1),
    ],
    ids=["as many as it takes", "one", "worth splitting", "not worth splitting"],
)
def test_an_order_has_no_more_boxes_than_allowed(world, wait, sent, follow, strategy, boxes):
    priced = {sku: {"unit_price": Decimal(10)} for sku in ("S1", "S2")}
    world.has({"A": {"S1": 1}, "B": {"S2": 1}}, **priced)
    follow(strategy)
    order = wait("o1", {"S1": 1, "S2": 1})
    assert len(sent(order)) == boxes


def test_the_weight_of_a_split_decides_for_one_box(world, wait, sent, follow):
    split = {"A": {"S1": 9}, "B": {"S2": 9}}
    far = {"FAR": {"S1": 9, "S2": 9}}
    world.has({**split, **far}, km={"A": 10, "B": 10, "FAR": 4000}, weight_g=20_000)
    without = wait("without", {"S1": 4, "S2": 4})
    assert sent(without).keys() == {"A", "B"}
    follow(Strategy(weights=Weights(split=500.0)))
    order = wait("with", {"S1": 4, "S2": 4})
    assert sent(order).keys() == {"FAR"}
    terms = decision(world, order)["terms"]
    assert terms["split"] == 500.0
    assert decision(world, order)["runner_up"]["terms"]["split"] == 500.0


SLOW = {"NEAR": {"handling_days": 8}}
LATE = pytest.mark.parametrize(
    ("strategy", "facility"),
    [
        (Strategy(), "FAR"),
        (Strategy(late=PENALTY, weights=Weights(late_cost_per_day=0.01)), "NEAR"),
        (Strategy(late=PENALTY, weights=Weights(late_cost_per_day=900.0)), "FAR"),
        (Strategy(late=PENALTY, stages=("late", "cost")), "FAR"),
    ],
    ids=["forbidden", "cheap", "dear", "a rule"],
)


@LATE
def test_what_late_means_is_the_strategy_s(world, wait, sent, follow, strategy, facility):
    world.has({"NEAR": {"S1": 9}, "FAR": {"S1": 9}}, km={"NEAR": 10, "FAR": 900}, **SLOW)
    follow(strategy)
    order = wait("o1", {"S1": 1}, requested_by=ON_TIME.isoformat())
    assert sent(order) == {facility: {"S1": 1}}
    forbidden = strategy.late != PENALTY
    assert reasons(decision(world, order))["NEAR"] == ("late" if forbidden else None)
    assert (decision(world, order)["terms"]["late"] > 0) == (facility == "NEAR")


def test_an_order_waits_for_a_facility_that_can_be_in_time(world, wait, sent):
    world.has({"NEAR": {"S1": 9}, "FAR": {"S1": 0}}, km={"NEAR": 10, "FAR": 900}, **SLOW)
    order = wait("o1", {"S1": 1}, requested_by=ON_TIME.isoformat())
    assert sent(order) == {}
    world.has({"FAR": {"S1": 1}})
    assert sent(order) == {"FAR": {"S1": 1}}


def test_a_day_that_nobody_can_keep_holds_nothing_back(world, wait, sent):
    world.has({"NEAR": {"S1": 9}, "FAR": {"S1": 9}}, km={"NEAR": 10, "FAR": 900}, **SLOW)
    order = wait("o1", {"S1": 1}, requested_by=TOO_LATE.isoformat())
    assert sent(order) == {"FAR": {"S1": 1}}
    assert decision(world, order)["terms"]["late"] > 0


def test_an_order_allocated_against_the_new_rules_stays_where_it_is(world, plan, follow):
    world.has({"NEAR": {"S1": 5}, "FAR": {"S1": 5}}, km={"NEAR": 10, "FAR": 900})
    order = world.order("o1", {"S1": 1}).get_json()
    follow(Strategy(eligibility=(Rule(facilities=("FAR",)),)))
    assert plan(apply=True)["summary"]["moves"]["reconsidered"] == 0
    assert shares(world.get(f"orders/{order['id']}")) == {"NEAR": {"S1": 1}}


def test_a_wave_tells_money_beside_what_it_weighs(app, world, plan, wait, follow):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], handling_per_unit=0.5)
    world.has({"A": {"S1": 9}, "B": {"S1": 9}}, km={"A": 10, "B": 900})
    follow(Strategy(weights=Weights(2.0, 3.0, distance_per_km=0.1, split=7.0)))
    order = wait("o1", {"S1": 2})
    summary = plan(apply=True)["summary"]
    paid = float(world.get(f"orders/{order['id']}")["cost"]["total"])
    assert summary["cost"] == pytest.approx(paid)
    terms = decision(world, order)["terms"]
    assert terms["handling"] == 3.0
    assert terms["shipping"] == pytest.approx(2 * (paid - 1.0), abs=0.01)
    assert (terms["distance"], terms["split"]) == (pytest.approx(1.0, abs=0.05), 7.0)
    assert summary["objective"] == pytest.approx(terms["total"], abs=1e-3)


FREE = Prices(source="none")
STRATEGIES = {
    "money": Strategy(prices=FREE),
    "weights": Strategy(
        weights=Weights(1.5, 2.0, distance_per_km=0.02, split=3.0, late_cost_per_day=4.0),
        late=PENALTY,
        prices=FREE,
    ),
    "limits": Strategy(max_shipments=2, min_value_to_split=Decimal(60), prices=FREE),
    "groups": Strategy(
        groups=(("F0", "F1"), ("F2", "F4")), weights=Weights(split=1.0), prices=FREE
    ),
    "rules": Strategy(
        eligibility=(Rule(countries=("US",), facilities=("F0", "F1", "F2", "F3")),),
        prices=FREE,
    ),
    "stages": Strategy(stages=("shipments", "distance", "cost"), prices=FREE),
}


@pytest.mark.parametrize("name", STRATEGIES)
def test_an_order_alone_in_a_wave_goes_as_it_would_online(app, world, plan, wait, follow, name):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], handling_per_unit=0.25)
    draw, skus = Random(7), [f"S{n}" for n in range(4)]
    stock = {f"F{n}": {sku: draw.choice([0, 0, 2, 4]) for sku in skus} for n in range(5)}
    stock["F3"] = dict.fromkeys(skus, 5)
    world.has(
        stock,
        km={code: draw.uniform(10, 3000) for code in stock},
        weight_g=900,
        F1={"handling_days": 2},
        **{sku: {"unit_price": Decimal(draw.randint(5, 30))} for sku in skus},
    )
    follow(STRATEGIES[name])
    wanted = date(2026, 3, 2) + timedelta(days=14)
    for n in range(4):
        cart = {sku: draw.randint(1, 3) for sku in draw.sample(skus, draw.randint(1, 4))}
        online = world.source(cart, deliver_by=wanted.isoformat()).get_json()["options"][0]
        order = wait(f"o{n}", cart, requested_by=wanted.isoformat())
        summary = plan(parameters={"reconsider": 0, "gap": 0}, apply=True)["summary"]
        assert shares(world.get(f"orders/{order['id']}")) == shares(online)
        assert summary["cost"] == pytest.approx(float(online["cost"]["total"]))
        if not STRATEGIES[name].stages:
            terms = online["explanation"]["terms"]
            assert summary["objective"] == pytest.approx(terms["total"], abs=1e-3)
            assert decision(world, order)["terms"] == pytest.approx(terms, abs=1e-3)
        world.post(f"orders/{order['id']}/cancel")
