"""Which facilities may serve an order, and why the others may not."""

from datetime import date, timedelta

import pytest

from fulfillment.catalog import items
from fulfillment.network import destinations
from fulfillment.platform import clock
from fulfillment.sourcing.candidates import candidates
from fulfillment.sourcing.question import Ask, Question, may_hold, snapshot
from fulfillment.sourcing.strategies.strategy import Rule, Strategy
from tests.world import CUSTOMER

HOME = destinations.resolve(CUSTOMER)


def found(lines, strategy=None, **limits):
    ask = Ask(HOME, lines, **limits)
    state = snapshot(lines, clock.now(), ask.own)
    asked = Question(ask, items.find(lines), state, strategy or Strategy())
    return {c.facility: c for c in candidates(asked)}


def reasons(lines, **limits):
    return {code: candidate.out for code, candidate in found(lines, **limits).items()}


@pytest.fixture
def network(world):
    world.has(
        {code: {"S1": 5} for code in ("CLOSED", "FULL", "LOST", "OPEN")} | {"EMPTY": {"S1": 0}},
        km={"LOST": None},
        CLOSED={"active": False},
        FULL={"daily_order_capacity": 0},
    )


@pytest.mark.usefixtures("network")
def test_every_facility_is_told_with_the_reason_that_keeps_it_out():
    assert reasons({"S1": 1}) == {
        "CLOSED": "inactive",
        "EMPTY": "no-stock",
        "FULL": "capacity",
        "LOST": "no-coordinates",
        "OPEN": None,
    }


@pytest.mark.usefixtures("network")
def test_a_facility_that_rejected_the_only_line_is_out_for_it():
    assert reasons({"S1": 1}, excluded={"S1": ["OPEN"]})["OPEN"] == "rejected"


@pytest.mark.usefixtures("network")
def test_a_facility_that_would_arrive_too_late_is_out():
    assert reasons({"S1": 1}, deliver_by=date.today() - timedelta(days=1))["OPEN"] == "late"


def test_a_facility_that_rejected_one_line_still_serves_the_others(world):
    world.has({"W1": {"S1": 5, "S2": 5}})
    candidate = found({"S1": 1, "S2": 1}, excluded={"S1": ["W1"]})["W1"]
    assert (candidate.out, candidate.promisable) == (None, {"S1": 0, "S2": 5})


def test_safety_stock_is_not_offered(world):
    world.has({"W1": {"S1": 5}})
    body = {"safety_stock": 3}
    world.client.put("/v1/stock/W1/S1", json=body, headers=world.headers)
    assert found({"S1": 1})["W1"].promisable == {"S1": 2}


@pytest.mark.parametrize(
    ("item", "facility", "may"),
    [
        ([], [], True),
        (["hazmat"], [], False),
        (["hazmat"], ["hazmat"], True),
        ([], ["hazmat"], True),
    ],
)
def test_hazardous_goods_need_a_facility_for_them(item, facility, may):
    assert may_hold(item, facility) is may


def test_hazardous_goods_ship_only_from_where_they_may(world):
    world.has(
        {"W1": {"ACID": 5}, "W2": {"ACID": 5}},
        ACID={"tags": ["hazmat"]},
        W2={"tags": ["hazmat"]},
    )
    assert reasons({"ACID": 1}) == {"W1": "no-stock", "W2": None}


@pytest.mark.usefixtures("network")
def test_a_late_facility_stays_where_lateness_only_costs():
    over = {"deliver_by": date.today() - timedelta(days=1)}
    assert reasons({"S1": 1}, strategy=Strategy(late="penalty"), **over)["OPEN"] is None


def test_a_rule_about_a_channel_and_a_country_names_who_may_ship(world):
    world.has({"W1": {"S1": 5}, "W2": {"S1": 5}, "W3": {"S1": 5}}, W2={"tags": ["shop"]})
    rule = Rule(channels=("web",), countries=("US",), facilities=("W1",), facility_tags=("shop",))
    only = Strategy(eligibility=(rule,))
    out = {"W1": None, "W2": None, "W3": "not-eligible"}
    assert reasons({"S1": 1}, strategy=only, channel="web") == out
    assert set(reasons({"S1": 1}, strategy=only, channel="shop").values()) == {None}
    assert set(reasons({"S1": 1}, strategy=only).values()) == {None}
    abroad = Strategy(eligibility=(Rule(countries=("CA",), facilities=("W1",)),))
    assert set(reasons({"S1": 1}, strategy=abroad).values()) == {None}


def test_all_rules_that_hold_must_allow_a_facility(world):
    world.has({"W1": {"S1": 5}, "W2": {"S1": 5}})
    rules = (Rule(facilities=("W1", "W2")), Rule(facilities=("W2",)))
    assert reasons({"S1": 1}, strategy=Strategy(eligibility=rules)) == {
        "W1": "not-eligible",
        "W2": None,
    }


def test_a_rule_about_tagged_items_leaves_the_other_lines_alone(world):
    stock = {"S1": 5, "FROZEN": 5}
    world.has({"W1": stock, "W2": stock}, FROZEN={"tags": ["cold"]})
    rules = Strategy(eligibility=(Rule(item_tags=("cold",), facilities=("W2",)),))
    candidate = found({"S1": 1, "FROZEN": 1}, strategy=rules)["W1"]
    assert (candidate.out, candidate.promisable) == (None, {"S1": 5, "FROZEN": 0})
    assert reasons({"FROZEN": 1}, strategy=rules) == {"W1": "not-eligible", "W2": None}
