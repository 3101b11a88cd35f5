"""Orders that are allocated and not released yet are looked at again, and moved where it pays."""

from uuid import UUID

import pytest
from sqlalchemy import select

from fulfillment.planning import runs
from fulfillment.planning.waves import allocation
from fulfillment.platform.db import db
from fulfillment.platform.outbox import Event
from tests.rivals import alone, at_once
from tests.world import CUSTOMER, KM_PER_DEGREE, shares

NEAR_B = {**CUSTOMER, "lat": CUSTOMER["lat"] - 500 / KM_PER_DEGREE}


def live(world, order):
    """Return what each facility is to ship of an order."""
    found = world.get(f"orders/{order['id']}")
    gone = ("cancelled", "rejected")
    return shares({"shipments": [s for s in found["shipments"] if s["status"] not in gone]})


def decision(world, order):
    return world.get(f"orders/{order['id']}/decision")["decision"]


def lines_of(world, plan):
    rows = world.get(f"plans/{plan['id']}/lines")["items"]
    return [(r["held_at"], r["facility"], r["sku"], r["quantity"], r["outcome"]) for r in rows]


def news(kind):
    return [e.payload for e in db.session.scalars(select(Event).where(Event.kind == kind))]


@pytest.fixture
def dear(world):
    """An order that had to come from afar, for which there is stock nearby by now."""
    world.has({"NEAR": {"S1": 0}, "FAR": {"S1": 5}}, km={"NEAR": 50, "FAR": 3000}, weight_g=5000)
    order = world.order("dear", {"S1": 2}).get_json()
    assert shares(order) == {"FAR": {"S1": 2}}
    world.has({"NEAR": {"S1": 5}})
    return order


def test_an_order_moves_to_stock_that_came_in_nearby_and_says_why(world, plan, dear):
    made = plan(apply=True)
    assert live(world, dear) == {"NEAR": {"S1": 2}}
    assert lines_of(world, made) == [("FAR", "NEAR", "S1", 2, "applied")]
    moves = made["summary"]["moves"]
    assert (moves["reconsidered"], moves["moved"]) == (1, 1)
    assert moves["saves"] > 10
    why = decision(world, dear)
    assert (why["by"], why["plan_id"], why["moved_from"]) == ("wave", made["id"], ["FAR"])
    assert float(why["saves"]) == pytest.approx(moves["saves"], abs=0.01)
    [told] = news("order.moved")
    assert (told["moved_to"], told["saves"], told["currency"]) == (["NEAR"], why["saves"], "USD")
    assert (world.level("S1", "FAR")["reserved"], world.level("S1", "NEAR")["reserved"]) == (0, 2)


def test_an_order_stays_where_moving_would_save_too_little(world, plan, dear):
    made = plan(parameters={"move_threshold": 1000}, apply=True)
    assert live(world, dear) == {"FAR": {"S1": 2}}
    assert made["summary"]["moves"] | {"saves": 0} == {
        "reconsidered": 1,
        "moved": 0,
        "saves": 0,
        "fewer_shipments": 0,
    }
    assert lines_of(world, made) == []
    assert decision(world, dear)["by"] == "online"


def test_a_wave_that_is_to_look_at_no_allocated_order_moves_none(world, plan, dear):
    made = plan(parameters={"reconsider": 0}, apply=True)
    assert made["summary"]["moves"]["reconsidered"] == 0
    assert live(world, dear) == {"FAR": {"S1": 2}}


def test_the_dearest_orders_are_looked_at_first(world, plan, dear):
    cheap = world.order("cheap", {"S1": 1}).get_json()
    made = plan(parameters={"reconsider": 1}, apply=True)
    assert made["summary"]["moves"] | {"saves": 0, "fewer_shipments": 0} == {
        "reconsidered": 1,
        "moved": 1,
        "saves": 0,
        "fewer_shipments": 0,
    }
    assert (live(world, dear), live(world, cheap)) == ({"NEAR": {"S1": 2}}, {"NEAR": {"S1": 1}})


@pytest.mark.parametrize("step", ["release", "pick"])
def test_an_order_that_somebody_works_on_is_left_alone(world, plan, dear, step):
    [shipment] = dear["shipments"]
    assert world.post(f"shipments/{shipment['id']}/{step}").status_code == 200
    assert plan(apply=True)["summary"]["moves"]["reconsidered"] == 0
    assert live(world, dear) == {"FAR": {"S1": 2}}


def test_two_boxes_become_one(world, plan):
    world.has({"A": {"S1": 1}, "B": {"S2": 1}}, km={"A": 100, "B": 120})
    order = world.order("o1", {"S1": 1, "S2": 1}).get_json()
    [kept] = [s for s in order["shipments"] if s["facility"] == "A"]
    assert live(world, order) == {"A": {"S1": 1}, "B": {"S2": 1}}
    world.has({"A": {"S2": 1}})
    made = plan(apply=True)
    assert live(world, order) == {"A": {"S1": 1, "S2": 1}}
    assert made["summary"]["moves"]["fewer_shipments"] == 1
    assert lines_of(world, made) == [
        ("A", "A", "S1", 1, "applied"),
        ("B", "A", "S2", 1, "applied"),
    ]
    moved = world.get(f"plans/{made['id']}/lines?moved=true")["items"]
    stays = world.get(f"plans/{made['id']}/lines?moved=false")["items"]
    assert ([row["sku"] for row in moved], [row["sku"] for row in stays]) == (["S2"], ["S1"])
    found = world.get(f"orders/{order['id']}")["shipments"]
    assert [s["status"] for s in found if s["id"] == kept["id"]] == ["cancelled"]


def test_what_an_order_keeps_keeps_its_shipment(world, plan):
    world.has({"A": {"S1": 1}, "B": {"S2": 1}}, km={"A": 10, "B": 3000}, weight_g=5000)
    order = world.order("o1", {"S1": 1, "S2": 1}).get_json()
    world.has({"C": {"S2": 1}}, km={"C": 20})
    plan(apply=True)
    assert live(world, order) == {"A": {"S1": 1}, "C": {"S2": 1}}
    before = {s["facility"]: s["id"] for s in order["shipments"]}
    after = {s["facility"]: s["id"] for s in world.get(f"orders/{order['id']}")["shipments"]}
    assert after["A"] == before["A"]


def test_an_order_is_not_moved_beyond_its_promise(world, plan, dear):
    slow = {"name": "NEAR", "timezone": "America/Chicago", "handling_days": 30}
    path = "/v1/facilities/NEAR"
    place = world.client.get(path, headers=world.headers).get_json()
    slow |= {"lat": place["lat"], "lng": place["lng"]}
    assert world.client.put(path, json=slow, headers=world.headers).status_code == 200
    moves = plan(apply=True)["summary"]["moves"]
    assert (moves["reconsidered"], moves["moved"]) == (1, 0)
    assert live(world, dear) == {"FAR": {"S1": 2}}


def test_orders_move_in_a_chain_each_to_what_another_leaves(world, plan):
    """A has one unit, held by the order near B; that near A comes from B, which is free then."""
    world.has({"A": {"S1": 1}, "B": {"S1": 0}}, km={"A": 10, "B": -490}, weight_g=20_000)
    second = world.order("near B", {"S1": 1}, destination=NEAR_B).get_json()
    world.has({"B": {"S1": 1}})
    first = world.order("near A", {"S1": 1}).get_json()
    assert (shares(second), shares(first)) == ({"A": {"S1": 1}}, {"B": {"S1": 1}})
    made = plan(apply=True)
    assert made["summary"]["moves"]["moved"] == 2
    assert (live(world, first), live(world, second)) == ({"A": {"S1": 1}}, {"B": {"S1": 1}})
    assert {at: world.level("S1", at)["reserved"] for at in "AB"} == {"A": 1, "B": 1}


def test_a_promised_order_makes_room_for_one_that_has_no_alternative(world, plan, wait):
    world.has({"A": {"S1": 1, "S2": 1}, "B": {"S1": 1}}, km={"A": 50, "B": 100})
    first = world.order("first", {"S1": 1}).get_json()
    second = wait("second, in one box", {"S1": 1, "S2": 1}, max_shipments=1)
    made = plan(apply=True)
    assert (live(world, first), live(world, second)) == (
        {"B": {"S1": 1}},
        {"A": {"S1": 1, "S2": 1}},
    )
    assert made["summary"]["moves"]["saves"] < 0
    assert decision(world, first)["moved_from"] == ["A"]


def test_what_is_promised_is_never_taken_for_a_more_urgent_order(world, plan, wait):
    world.has({"A": {"S1": 1}})
    first = world.order("first", {"S1": 1}).get_json()
    urgent = wait("urgent", {"S1": 1}, priority=9)
    plan(parameters={"move_threshold": 0}, apply=True)
    assert (live(world, first), live(world, urgent)) == ({"A": {"S1": 1}}, {})


def test_an_order_gives_its_place_in_a_full_day_to_another_when_it_moves(world, plan, wait):
    world.has(
        {"A": {"S1": 1, "S2": 1}, "B": {"S1": 1}},
        km={"A": 50, "B": 60},
        A={"daily_order_capacity": 1},
    )
    first = world.order("first", {"S1": 1}).get_json()
    second = wait("second", {"S2": 1})
    plan(apply=True)
    assert (live(world, first), live(world, second)) == ({"B": {"S1": 1}}, {"A": {"S2": 1}})


def test_units_that_a_shelf_lacks_are_not_offered_to_others(world, plan, dear):
    path = "/v1/stock/FAR/S1"
    answer = world.client.put(path, json={"safety_stock": 4}, headers=world.headers)
    assert answer.status_code == 200
    assert plan(apply=True)["summary"]["moves"]["reconsidered"] == 0
    assert live(world, dear) == {"FAR": {"S1": 2}}


def test_an_order_may_be_moved_back_by_a_later_wave(world, plan, dear):
    plan(apply=True)
    world.move({"kind": "count", "sku": "S1", "facility": "NEAR", "quantity": 0})
    plan(apply=True)
    assert live(world, dear) == {"FAR": {"S1": 2}}
    world.has({"NEAR": {"S1": 5}})
    plan(apply=True)
    assert live(world, dear) == {"NEAR": {"S1": 2}}


# -- rivals between solving and applying --


@pytest.fixture
def robbed(app, world, monkeypatch):
    """Let a rival act after the wave is solved, and before it is applied."""

    def arrange(act):
        solve = allocation.solve
        rival = type(world)(app.test_client(), world.headers)

        def solve_and_be_robbed(*problem):
            solution = solve(*problem)
            assert alone(lambda: act(rival)).status_code < 300
            return solution

        monkeypatch.setattr(allocation, "solve", solve_and_be_robbed)

    return arrange


def outcomes(made):
    return {name: counted["lines"] for name, counted in made["summary"]["outcome"].items()}


def test_an_order_that_is_released_meanwhile_is_left_as_it_is(world, plan, dear, robbed):
    [shipment] = dear["shipments"]
    robbed(lambda rival: rival.post(f"shipments/{shipment['id']}/release"))
    assert outcomes(plan(apply=True)) == {"overtaken": 1}
    assert live(world, dear) == {"FAR": {"S1": 2}}
    assert news("order.moved") == []


@pytest.mark.parametrize("lines", [None, [{"sku": "S1", "quantity": 1}]])
def test_an_order_that_is_cancelled_meanwhile_is_not_brought_back(world, plan, dear, robbed, lines):
    robbed(lambda rival: rival.post(f"orders/{dear['id']}/cancel", {"lines": lines}))
    assert outcomes(plan(apply=True)) == {"overtaken": 1}
    assert live(world, dear) == ({"FAR": {"S1": 1}} if lines else {})
    assert world.level("S1", "NEAR")["reserved"] == 0


def test_an_order_keeps_what_it_had_when_a_rival_takes_the_stock(world, plan, dear, robbed):
    robbed(lambda rival: rival.reserve("rival", {"S1": 4}))
    assert outcomes(plan(apply=True)) == {"lost": 1}
    assert live(world, dear) == {"FAR": {"S1": 2}}
    assert (world.level("S1", "FAR")["reserved"], world.level("S1", "NEAR")["reserved"]) == (2, 4)


def test_a_chain_whose_first_order_is_overtaken_stays_as_a_whole(world, plan, robbed, wait):
    world.has({"A": {"S1": 1, "S2": 1}, "B": {"S1": 1}}, km={"A": 50, "B": 100})
    first = world.order("first", {"S1": 1}).get_json()
    second = wait("second, in one box", {"S1": 1, "S2": 1}, max_shipments=1)
    [shipment] = first["shipments"]
    robbed(lambda rival: rival.post(f"shipments/{shipment['id']}/release"))
    assert outcomes(plan(apply=True)) == {"overtaken": 1, "lost": 2}
    assert (live(world, first), live(world, second)) == ({"A": {"S1": 1}}, {})


def test_other_orders_are_moved_though_one_is_overtaken(world, plan, dear, robbed):
    other = world.order("other", {"S1": 3}, destination=CUSTOMER).get_json()
    assert shares(other) == {"NEAR": {"S1": 3}}
    world.move({"kind": "count", "sku": "S1", "facility": "NEAR", "quantity": 0})
    plan(apply=True)
    assert live(world, other) == {"FAR": {"S1": 3}}
    world.has({"NEAR": {"S1": 9}})
    [shipment] = dear["shipments"]
    robbed(lambda rival: rival.post(f"shipments/{shipment['id']}/release"))
    assert outcomes(plan(apply=True)) == {"overtaken": 1, "applied": 1}
    assert (live(world, dear), live(world, other)) == ({"FAR": {"S1": 2}}, {"NEAR": {"S1": 3}})


def test_a_plan_is_applied_after_its_orders_were_moved_by_another(world, plan, dear):
    late = plan()
    plan(apply=True)
    assert live(world, dear) == {"NEAR": {"S1": 2}}
    applied = world.post(f"plans/{late['id']}/apply").get_json()
    assert outcomes(applied) == {"overtaken": 1}
    assert runs.get(UUID(late["id"])).status == "applied"
    assert live(world, dear) == {"NEAR": {"S1": 2}}


RIVALS = {
    "release": lambda world, order: world.post(f"shipments/{order['shipments'][0]['id']}/release"),
    "cancel": lambda world, order: world.post(f"orders/{order['id']}/cancel"),
    "reserve": lambda world, order: world.reserve("rival", {"S1": 4}),
    "count": lambda world, order: world.move(
        {"kind": "count", "sku": "S1", "facility": "NEAR", "quantity": 1}
    ),
}


@pytest.mark.parametrize("rival", RIVALS)
def test_a_move_and_a_rival_at_once_leave_one_truth(app, world, plan, dear, rival):
    ready = plan()
    planner, other = (type(world)(app.test_client(), world.headers) for _ in range(2))
    applied, did = at_once(
        [
            lambda: planner.post(f"plans/{ready['id']}/apply"),
            lambda: RIVALS[rival](other, dear),
        ]
    )
    assert applied.status_code == 200
    [became] = outcomes(applied.get_json())
    expected = {"applied": {"NEAR": {"S1": 2}}}.get(became, {"FAR": {"S1": 2}})
    was_cancelled = rival == "cancel" and did.status_code == 200
    assert live(world, dear) == ({} if was_cancelled else expected)
