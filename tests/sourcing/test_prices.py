"""Prices online: they steer orders off stock that others near it will want, as strategies say."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from fulfillment.platform import clock
from fulfillment.platform.db import transaction
from fulfillment.sourcing.prices import outlooks, shadow_prices
from fulfillment.sourcing.prices.outlooks import Baskets, SkuOutlook
from tests.rivals import at_once
from tests.world import shares

WEDNESDAY = datetime(2026, 7, 15, 15, tzinfo=UTC)
ALONE = Baskets(companions=(0.0,) * 5, line_weight_g=1000.0, cover={})


@pytest.fixture
def follow(world):
    def follow(**prices):
        document = {"prices": prices}
        answer = world.client.put("/v1/strategies/mine", json=document, headers=world.headers)
        assert answer.status_code == 201, answer.get_json()
        assert world.post("strategies/mine/activate").status_code == 200

    return follow


@pytest.fixture
def expect(world):
    """Publish what is expected: `expect({"W1": 3.0})` is 3 units of S1 a day in the zone of W1."""

    def publish(per_day, receipts=None, sku="S1"):
        row = SkuOutlook(sku, per_day, receipts or {})
        with transaction():
            outlooks.publish([row], ALONE, clock.now())

    return publish


@pytest.fixture
def wave(world):
    """Publish a wave's prices of S1 by facility, and of a place in a facility's day."""

    def publish(stock=None, shipments=None, plan_id=None):
        stock = [("stock", at, "S1", price) for at, price in (stock or {}).items()]
        places = [("shipments", at, None, price) for at, price in (shipments or {}).items()]
        names = ("kind", "facility", "sku", "price")
        rows = [dict(zip(names, row, strict=True)) for row in [*stock, *places]]
        with transaction():
            shadow_prices.publish(plan_id or uuid4(), clock.now(), rows)

    return publish


@pytest.fixture
def busy(world):
    """The customer between two facilities, a little nearer to the one whose zone is busy."""
    world.has(
        {"BUSY": {"S1": 1}, "CALM": {"S1": 20}},
        km={"BUSY": 900, "CALM": -1000},
        weight_g=20_000,
    )
    return world


def chosen(world, units=1, **more):
    answer = world.source({"S1": units}, options=1, **more)
    assert answer.status_code == 200, answer.get_json()
    return list(shares(answer.get_json()["options"][0]))


def explained(world, facility, **more):
    option = world.source({"S1": 1}, **more).get_json()["options"][0]
    found = {c["facility"]: c for c in option["explanation"]["candidates"]}
    return found[facility]


def test_without_an_outlook_nothing_has_a_price(busy):
    assert chosen(busy) == ["BUSY"]
    assert explained(busy, "BUSY")["terms"]["price"] == 0


def test_the_last_unit_of_a_busy_zone_is_spared(busy, expect):
    expect({"BUSY": 2.0})
    assert chosen(busy) == ["CALM"]
    reservation = busy.reserve("cart", {"S1": 1}).get_json()
    assert list(shares(reservation)) == ["CALM"]


def test_the_price_moves_as_stock_moves(busy, expect):
    expect({"BUSY": 2.0})
    last = explained(busy, "BUSY")["prices"]["S1"]
    busy.has({"BUSY": {"S1": 10}})
    more = explained(busy, "BUSY")["prices"]["S1"]
    assert 0 < more < last
    busy.has({"BUSY": {"S1": 500}})
    assert explained(busy, "BUSY")["prices"] == {}
    assert chosen(busy) == ["BUSY"]


def test_what_a_cart_holds_itself_is_no_scarcity_to_it(busy, expect):
    busy.has({"BUSY": {"S1": 29}})
    first = busy.reserve("cart", {"S1": 30})
    assert list(shares(first.get_json())) == ["BUSY"]
    expect({"BUSY": 1.0})
    assert list(shares(busy.reserve("cart", {"S1": 1}).get_json())) == ["BUSY"]


@pytest.mark.parametrize("prices", [{"source": "none"}, {"weight": 0}, {"source": "wave"}])
def test_a_strategy_may_do_without_the_marginal_value(busy, expect, follow, prices):
    expect({"BUSY": 2.0})
    follow(**prices)
    assert chosen(busy) == ["BUSY"]


def test_the_weight_multiplies_the_price(busy, expect, follow):
    expect({"BUSY": 2.0})
    whole = explained(busy, "BUSY")["terms"]["price"]
    follow(weight=0.25)
    assert explained(busy, "BUSY")["terms"]["price"] == pytest.approx(whole / 4, abs=1e-3)


def test_a_receipt_ends_what_stock_must_last_for(busy, expect):
    with time_machine.travel(WEDNESDAY, tick=False):
        expect({"BUSY": 0.2})
        far = explained(busy, "BUSY")["priced_by"][0]
        expect({"BUSY": 0.2}, {"BUSY": date(2026, 7, 16)})
        soon = explained(busy, "BUSY")["priced_by"][0]
        expect({"BUSY": 0.2}, {"BUSY": date(2026, 7, 14)})
        overdue = explained(busy, "BUSY")["priced_by"][0]
    assert far["demand"] == pytest.approx(0.2 * 7, abs=0.01)
    assert soon["demand"] == pytest.approx(0.2 * (1 + 9 / 24), abs=0.01)
    assert overdue["demand"] == far["demand"]
    assert soon["price"] < far["price"]


def test_the_horizon_is_the_strategys(busy, expect, follow):
    expect({"BUSY": 0.2})
    follow(horizon_days=14)
    assert explained(busy, "BUSY")["priced_by"][0]["demand"] == pytest.approx(2.8, abs=0.01)


def test_an_explanation_tells_what_a_price_was_made_from(busy, expect):
    with time_machine.travel(WEDNESDAY, tick=False):
        expect({"BUSY": 0.1})
        told = explained(busy, "BUSY")
    (why,) = told["priced_by"]
    assert why == {
        "sku": "S1",
        "price": told["prices"]["S1"],
        "source": "marginal",
        "stock": 1,
        "demand": 0.7,
        "probability": 0.5034,  # 1 - exp(-0.7)
        "as_of": WEDNESDAY.isoformat(),
    }
    assert told["terms"]["price"] == why["price"]


def test_a_plan_costs_real_money_whatever_its_prices(busy, expect):
    before = busy.source({"S1": 1}).get_json()["options"]
    expect({"BUSY": 2.0})
    after = busy.source({"S1": 1}).get_json()["options"]
    money = {tuple(shares(o)): o["cost"] for o in before}
    assert {tuple(shares(o)): o["cost"] for o in after}.items() <= money.items()
    terms = after[0]["explanation"]["terms"]
    assert terms["total"] == pytest.approx(after[0]["explanation"]["objective"], abs=1e-3)


def test_a_price_never_keeps_stock_back(world, expect):
    world.has({"W1": {"S1": 1}})
    expect({"W1": 500.0})
    assert chosen(world) == ["W1"]
    partial = world.source({"S1": 5}, ship_complete=False).get_json()["options"][0]
    assert shares(partial) == {"W1": {"S1": 1}}


def test_facilities_that_nobody_can_locate_have_no_price(world, expect):
    world.has(
        {"W1": {"S1": 5}, "LOST": {"S1": 5}, "SHUT": {"S1": 5}},
        km={"LOST": None},
        SHUT={"active": False},
    )
    expect({"W1": 5.0})
    assert explained(world, "LOST")["prices"] == {}
    assert explained(world, "SHUT")["priced_by"] == []


def test_the_network_is_read_anew_when_a_facility_moves(busy, expect):
    expect({"BUSY": 2.0})
    before = explained(busy, "BUSY")["prices"]["S1"]
    body = {"name": "CALM", "timezone": "America/Chicago", "lat": -30.0, "lng": -90.0}
    assert (
        busy.client.put("/v1/facilities/CALM", json=body, headers=busy.headers).status_code == 200
    )
    assert explained(busy, "BUSY")["prices"]["S1"] > before


def test_a_waves_price_steers_where_the_strategy_asks_for_it(busy, wave, follow):
    wave({"BUSY": 30.0})
    assert chosen(busy) == ["BUSY"]
    follow(source="wave")
    assert chosen(busy) == ["CALM"]


def test_a_waves_price_goes_before_the_marginal_value_in_a_blend(busy, expect, wave, follow):
    expect({"BUSY": 2.0, "CALM": 100.0})
    follow(source="blend")
    wave({"BUSY": 0.01})
    assert chosen(busy) == ["BUSY"]
    told = {at: explained(busy, at)["priced_by"][0]["source"] for at in ("BUSY", "CALM")}
    assert told == {"BUSY": "wave", "CALM": "marginal"}


def test_a_waves_price_says_which_plan_and_how_old(busy, wave, follow):
    plan_id = uuid4()
    follow(source="wave", weight=2)
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        wave({"BUSY": 3.0}, {"BUSY": 1.5}, plan_id)
        traveller.shift(timedelta(minutes=12))
        told = explained(busy, "BUSY")
    by = {"source": "wave", "plan_id": str(plan_id), "age_minutes": 12.0}
    assert told["priced_by"] == [
        {"sku": "S1", "price": 3.0, **by},
        {"kind": "shipments", "price": 1.5, **by},
    ]
    assert told["terms"]["price"] == 2 * (3.0 + 1.5)


def test_a_place_in_a_full_day_has_a_price_once_a_shipment(busy, wave, follow):
    busy.has({"BUSY": {"S1": 19, "S2": 5}, "CALM": {"S2": 5}}, weight_g=1)
    follow(source="wave")
    wave(shipments={"BUSY": 2.5})
    option = busy.source({"S1": 4, "S2": 2}).get_json()["options"][0]
    found = {c["facility"]: c for c in option["explanation"]["candidates"]}
    assert found["BUSY"]["terms"]["price"] == 2.5
    assert option["explanation"]["terms"]["price"] == 2.5 * ("BUSY" in shares(option))


def test_an_expired_price_has_no_effect(busy, wave, follow):
    follow(source="wave", ttl_minutes=30)
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        wave({"BUSY": 30.0})
        traveller.shift(timedelta(minutes=30))
        assert chosen(busy) == ["CALM"]
        traveller.shift(timedelta(seconds=1))
        assert chosen(busy) == ["BUSY"]
        assert "prices" not in explained(busy, "BUSY")


def test_in_a_blend_the_marginal_value_comes_back_when_a_price_expires(busy, expect, wave, follow):
    follow(source="blend", ttl_minutes=30)
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        expect({"BUSY": 2.0})
        wave({"BUSY": 0.01})
        assert chosen(busy) == ["BUSY"]
        traveller.shift(timedelta(minutes=31))
        assert chosen(busy) == ["CALM"]


def test_prices_are_replaced_as_a_whole(busy, wave, follow):
    follow(source="wave")
    wave({"BUSY": 30.0})
    assert chosen(busy) == ["CALM"]
    wave({"CALM": 0.0})
    assert chosen(busy) == ["BUSY"]


def test_of_two_waves_that_publish_at_once_one_stands_as_a_whole(app, busy, wave, follow):
    follow(source="wave")
    plans = [uuid4(), uuid4()]
    prices = [{"BUSY": 1.0, "CALM": 1.0}, {"BUSY": 2.0, "CALM": 2.0}]

    def publish(plan_id, stock):
        with app.app_context():
            wave(stock, plan_id=plan_id)

    works = [lambda p=p, s=s: publish(p, s) for p, s in zip(plans, prices, strict=True)]
    for _ in range(3):
        at_once(works)
        told = [explained(busy, at)["priced_by"] for at in ("BUSY", "CALM")]
        assert all(len(why) == 1 for why in told)
        (first,), (second,) = told
        assert (first["price"], first["plan_id"]) == (second["price"], second["plan_id"])
        assert first["plan_id"] == str(plans[int(first["price"]) - 1])


def test_of_two_outlooks_published_at_once_one_stands(app, busy, expect):
    def publish(per_day):
        with app.app_context():
            expect(per_day)

    at_once([lambda n=n: publish({"BUSY": n, "CALM": n}) for n in (0.1, 0.2)])
    expected = outlooks.find(["S1"])["S1"].per_day
    assert expected in ({"BUSY": 0.1, "CALM": 0.1}, {"BUSY": 0.2, "CALM": 0.2})
