"""The service that is promised is the cheapest for what is sent, and for the day it is wanted."""

from datetime import date, timedelta
from random import Random

import pytest

KM = {"NEAR": 10, "FAR": 60}


@pytest.fixture
def carrier(world):
    """`carrier(("LIGHT", {500: "2", 9000: "30"}, 4), ...)`: services, their bands, their days."""

    def carrier(*services):
        world.client.put("/v1/carriers/UP", json={}, headers=world.headers)
        rates = [
            {"service": name, "max_weight_g": grams, "price": price, "transit_days": days}
            for name, bands, days in services
            for grams, price in bands.items()
        ]
        assert world.post("carriers/UP/rates", {"rates": rates}).status_code == 200

    return carrier


def best(answer):
    assert answer.status_code in (200, 201), answer.get_json()
    told = answer.get_json()
    return told["options"][0] if "options" in told else told


def services(plan):
    return {one["facility"]: (one["service"], one["cost"]["shipping"]) for one in plan["shipments"]}


@pytest.fixture
def crossing(carrier):
    """By a line through the bands, LIGHT is the cheaper service of everything below 9 kg."""
    carrier(
        ("LIGHT", {1000: "2", 2000: "20", 9000: "21"}, 5),
        ("HEAVY", {1000: "8", 9000: "14"}, 2),
    )


@pytest.mark.parametrize("ask", ["source", "reserve"])
@pytest.mark.parametrize(
    ("units", "service", "price"), [(1, "LIGHT", "2.00"), (2, "HEAVY", "14.00")]
)
def test_what_is_heavier_goes_by_another_service(world, crossing, ask, units, service, price):
    world.has({"NEAR": {"S1": 9}, "FAR": {"S1": 9}}, km=KM)
    asked = world.source if ask == "source" else lambda lines: world.reserve("c", lines)
    plan = best(asked({"S1": units}))
    assert services(plan) == {"NEAR": (service, price)}


def test_what_a_plan_of_one_shipment_is_weighed_by_is_what_it_costs(world, crossing):
    world.has({"NEAR": {"S1": 9}}, km=KM)
    plan = best(world.source({"S1": 2}))
    terms = plan["explanation"]["terms"]
    assert terms["shipping"] + terms["handling"] == pytest.approx(float(plan["cost"]["total"]))


def test_each_shipment_of_a_split_order_goes_by_the_service_for_its_own_weight(world, crossing):
    world.has({"NEAR": {"S1": 1}, "FAR": {"S2": 3}}, km=KM)
    plan = best(world.source({"S1": 1, "S2": 3}))
    assert services(plan) == {"NEAR": ("LIGHT", "2.00"), "FAR": ("HEAVY", "14.00")}


@pytest.fixture
def fast_and_slow(carrier):
    carrier(("SLOW", {9000: "5"}, 6), ("FAST", {9000: "12"}, 1), ("FASTER", {9000: "40"}, 1))


@pytest.mark.parametrize("late", ["penalty", "forbid"])
def test_a_day_that_only_a_dearer_service_keeps_is_kept(world, fast_and_slow, late):
    world.has({"NEAR": {"S1": 9}}, km=KM)
    document = {"late": late}
    assert (
        world.client.put("/v1/strategies/s", json=document, headers=world.headers).status_code
        == 201
    )
    assert world.post("strategies/s/activate").status_code == 200
    usual = best(world.source({"S1": 1}))
    assert services(usual) == {"NEAR": ("SLOW", "5.00")}
    wanted = date.fromisoformat(usual["deliver_by"]) - timedelta(days=1)
    in_time = best(world.source({"S1": 1}, deliver_by=wanted.isoformat()))
    assert services(in_time) == {"NEAR": ("FAST", "12.00")}
    assert date.fromisoformat(in_time["deliver_by"]) <= wanted


def table(draw, services=4):
    """A carrier's table of some services, whose prices cross."""
    for n in range(services):
        grams = [*sorted(draw.sample(range(500, 9_000, 500), 2)), 9_000]
        prices = sorted(draw.randint(3, 40) for _ in grams)
        yield f"S{n}", dict(zip(grams, map(str, prices), strict=True)), draw.randint(1, 6)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_promised_is_the_best_quote_once_it_is_packed(world, carrier, seed):
    draw = Random(seed)
    world.has({"NEAR": {"S1": 99}}, km=KM, weight_g=draw.randint(100, 900))
    carrier(*table(draw))
    for n in range(6):
        soonest = world.source({"S1": 1}).get_json()["options"][0]["deliver_by"]
        wanted = draw.choice([None, soonest, str(date.fromisoformat(soonest) - timedelta(days=1))])
        asked = {"deliver_by": wanted} if wanted else {}
        answer = world.reserve(f"c{n}", {"S1": draw.randint(1, 9)}, **asked)
        if answer.status_code == 409:  # nothing arrives by then
            continue
        promised = best(answer)["shipments"][0]
        order = world.post(
            "orders", {"order_ref": f"o{n}", "reservation_id": answer.get_json()["id"]}
        )
        assert order.status_code == 201, order.get_json()
        [shipment] = order.get_json()["shipments"]
        for step in ("release", "pick"):
            assert world.post(f"shipments/{shipment['id']}/{step}").status_code == 200
        told = world.get(f"shipments/{shipment['id']}/rates")["rates"]
        cheapest = min(float(one["total"]) for one in told if one["deliver_by"] <= (wanted or "9"))
        assert float(promised["cost"]["shipping"]) == cheapest


def test_an_order_is_not_split_where_that_costs_more(world):
    world.has({"NEAR": {"S1": 1}, "FAR": {"S1": 2}}, km=KM)
    world.client.put("/v1/carriers/UP", json={}, headers=world.headers)
    prices = {50: {2000: "7.99", 5000: "80"}, 100: {2000: "8.00", 5000: "80"}}
    rates = [
        {"service": "G", "max_distance_km": km, "max_weight_g": grams, "price": price}
        | {"transit_days": 2}
        for km, bands in prices.items()
        for grams, price in bands.items()
    ]
    assert world.post("carriers/UP/rates", {"rates": rates}).status_code == 200
    assert services(best(world.source({"S1": 2}))) == {"FAR": ("G", "8.00")}
    assert services(best(world.reserve("c", {"S1": 2}))) == {"FAR": ("G", "8.00")}


@pytest.mark.parametrize("ask", ["source", "reserve", "order"])
def test_what_would_cost_more_than_the_books_can_hold_is_refused_by_name(world, ask):
    world.has({"NEAR": {"S1": 9}}, km={"NEAR": 3000}, weight_g=10**9)
    world.move({"kind": "receipt", "sku": "S1", "facility": "NEAR", "quantity": 10**9})
    lines = {"S1": 10**9}
    asks = {
        "source": lambda: world.source(lines),
        "reserve": lambda: world.reserve("c", lines),
        "order": lambda: world.order("o", lines),
    }
    answer = asks[ask]()
    assert answer.status_code == 422, answer.get_json()
    assert set(answer.get_json()["errors"]) == {"lines"}
