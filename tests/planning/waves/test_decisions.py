"""What a wave decided for an order, explained when somebody asks, as it was at that moment."""

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import update

from fulfillment.planning.models import Plan
from fulfillment.platform.db import transaction


def decision(world, order):
    return world.get(f"orders/{order['id']}/decision")["decision"]


def by_facility(why):
    return {candidate["facility"]: candidate for candidate in why["candidates"]}


@pytest.fixture
def contested(world, plan, wait):
    """A's one unit is cheaper for both orders, and the second can use no other."""
    world.has(
        {"A": {"S1": 1, "S2": 1}, "B": {"S1": 2}, "EMPTY": {"S1": 0}},
        km={"A": 50, "B": 900, "EMPTY": 10},
        weight_g=5000,
    )
    first = wait("first", {"S1": 1})
    second = wait("second, in one box", {"S1": 1, "S2": 1}, max_shipments=1)
    made = plan(apply=True)
    assert made["summary"]["outcome"]["applied"]["lines"] == 3
    return first, second, made


def test_the_unit_that_is_worth_more_elsewhere_is_named_with_its_price(world, contested):
    first, _, made = contested
    why = decision(world, first)
    assert (why["shipments"], why["plan_id"], why["outcome"]) == (["B"], made["id"], "applied")
    assert why["strategy"] == made["summary"]["strategy"] == {"name": "default", "version": 0}
    [limit] = why["binding"]
    assert (limit["kind"], limit["facility"], limit["sku"], limit["quantity"]) == (
        "stock",
        "A",
        "S1",
        1,
    )
    cheaper = why["cheaper"]
    assert cheaper["shipments"] == ["A"]
    # Money saved is less than, or just as much as, what the unit is worth to the other.
    assert 0 < -cheaper["terms"]["shipping"] <= limit["price"] + 1e-6
    assert cheaper["terms"]["price"] == pytest.approx(limit["price"])
    assert cheaper["costs_more"] == pytest.approx(
        cheaper["terms"]["shipping"] + cheaper["terms"]["price"], abs=1e-3
    )


def test_every_facility_stands_with_its_cost_or_its_reason(world, contested):
    first, second, _ = contested
    found = by_facility(decision(world, first))
    assert {at: (c["status"], c["reason"]) for at, c in found.items()} == {
        "A": ("not_chosen", None),
        "B": ("chosen", None),
        "EMPTY": ("out", "no-stock"),
    }
    assert found["A"]["terms"]["shipping"] < found["B"]["terms"]["shipping"]
    assert found["A"]["distance_km"] == pytest.approx(50, abs=0.2)
    assert found["EMPTY"]["terms"] is None
    partial = by_facility(decision(world, second))["B"]
    assert partial["terms"]["unfilled"] > 0
    assert partial["promisable"] == {"S1": 2, "S2": 0}


def test_the_terms_add_up_and_the_runner_up_costs_more(world, contested):
    for order in contested[:2]:
        why = decision(world, order)
        terms = why["terms"]
        parts = [amount for name, amount in terms.items() if name != "total"]
        assert terms["total"] == pytest.approx(sum(parts))
        assert why["runner_up"]["costs_more"] >= -1e-3
        assert why["runner_up"]["shipments"] != why["shipments"]
        stored = world.get(f"orders/{order['id']}")["cost"]["total"]
        assert terms["shipping"] == pytest.approx(float(stored), abs=0.01)


def test_an_explanation_is_of_the_wave_s_moment_and_not_of_today(world, contested):
    first, *_ = contested
    before = decision(world, first)
    world.has({"A": {"S1": 50}})
    world.reserve("cart", {"S1": 2})
    assert decision(world, first) == before
    place = world.client.get("/v1/facilities/A", headers=world.headers).get_json()
    closed = {"timezone": place["timezone"], "active": False}
    world.client.put("/v1/facilities/A", json=closed, headers=world.headers)
    after = decision(world, first)
    assert (before["network_changed"], after["network_changed"]) == (False, True)
    assert by_facility(after)["A"]["reason"] == "inactive"


def test_an_order_that_waits_on_is_told_what_the_last_wave_found(world, plan, wait):
    world.has({"A": {"S1": 1}})
    lucky, unlucky = wait("lucky", {"S1": 1}, priority=5), wait("unlucky", {"S1": 1})
    plan(apply=True)
    why = decision(world, unlucky)
    assert (why["outcome"], why["shipments"]) == ("unfilled", [])
    assert why["binding"][0]["price"] > 0
    assert decision(world, lucky)["outcome"] == "applied"


def test_a_full_day_is_a_reason_and_a_limit_with_a_price(world, plan, wait):
    world.has(
        {"A": {"S1": 9}, "B": {"S1": 9}},
        km={"A": 10, "B": 900},
        A={"daily_order_capacity": 1},
        weight_g=5000,
    )
    orders = [wait(f"o{n}", {"S1": 1}) for n in range(2)]
    made = plan(apply=True)
    late = wait("late", {"S1": 1})
    plan(apply=True, parameters={"reconsider": 0})
    [sent_far] = [o for o in orders if decision(world, o)["shipments"] == ["B"]]
    limit = decision(world, sent_far)["binding"][0]
    assert (limit["kind"], limit["facility"], limit["quantity"]) == ("shipments", "A", 1)
    assert limit["price"] > 0
    assert by_facility(decision(world, late))["A"]["reason"] == "capacity"
    [price] = world.get(f"plans/{made['id']}/prices?kind=shipments")["items"]
    assert (price["facility"], price["quantity"]) == ("A", 1)


def test_a_move_is_explained_by_what_it_saves_and_what_it_frees(world, plan, wait):
    world.has({"A": {"S1": 1, "S2": 1}, "B": {"S1": 1}}, km={"A": 50, "B": 500}, weight_g=5000)
    first = world.order("first", {"S1": 1}).get_json()
    wait("second, in one box", {"S1": 1, "S2": 1}, max_shipments=1)
    plan(apply=True)
    why = decision(world, first)
    assert (why["moved_from"], why["moved_to"], why["shipments"]) == (["A"], ["B"], ["B"])
    assert float(why["saves"]) < 0 < why["frees"]
    assert why["frees"] + float(why["saves"]) > -0.01


def test_a_decision_made_online_stays_as_it_was_written(world):
    world.has({"A": {"S1": 1}})
    order = world.order("o1", {"S1": 1}).get_json()
    assert decision(world, order)["by"] == "online"


def placed(world, ref, lines, **limits):
    """Place an order from a reservation, as a storefront does."""
    held = world.reserve(ref, lines, **limits)
    assert held.status_code == 201, held.get_json()
    body = {"order_ref": ref, "reservation_id": held.get_json()["id"]}
    answer = world.post("orders", body)
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def test_an_order_from_a_reservation_is_told_what_one_placed_directly_is(world):
    world.has(
        {"A": {"S1": 2}, "B": {"S1": 9, "S2": 9}, "EMPTY": {"S1": 0}},
        km={"A": 50, "B": 900, "EMPTY": 10},
        weight_g=5000,
    )
    lines = {"S1": 1, "S2": 2}
    direct = world.order("direct", lines, max_shipments=2).get_json()
    world.post(f"orders/{direct['id']}/cancel")
    mine = decision(world, placed(world, "from a cart", lines, max_shipments=2))
    its = decision(world, direct)
    assert (mine.pop("by"), its.pop("by")) == ("reservation", "online")
    assert mine.pop("at") > its.pop("at")
    assert (mine.pop("network_changed"), mine.pop("figures_changed")) == (False, False)
    assert mine == its
    assert mine["runner_up"]["shipments"] == ["A", "B"]
    assert mine["binding"]


def test_decisions_of_every_kind_are_as_the_openapi_document_says(world, plan, wait):
    world.has({"A": {"S1": 9}, "B": {"S1": 9}}, km={"B": 900})
    orders = [
        world.order("online", {"S1": 1}).get_json(),
        placed(world, "from a cart", {"S1": 1}),
        wait("by wave", {"S1": 1}),
    ]
    plan(apply=True)
    document = world.client.get("/openapi.json").get_json()
    read = document["paths"]["/v1/orders/{order_id}/decision"]["get"]
    shape = read["responses"]["200"]["content"]["application/json"]["schema"]
    checker = Draft202012Validator({**shape, "components": document["components"]})
    kinds = []
    for order in orders:
        told = world.get(f"orders/{order['id']}/decision")
        checker.validate(told)
        kinds.append(told["decision"]["by"])
    assert kinds == ["online", "reservation", "wave"]
    assert not checker.is_valid(told | {"decision": "A is nearer"})


def test_what_became_of_a_reservation_later_does_not_change_what_is_told(world, plan):
    world.has({"A": {"S1": 5}, "B": {"S1": 5}}, km={"A": 50, "B": 900})
    order = placed(world, "o1", {"S1": 2})
    before = decision(world, order)
    world.has({"A": {"S1": 50}})
    plan(apply=True)
    world.post(f"orders/{order['id']}/cancel")
    assert decision(world, order) == before


def test_an_order_that_no_wave_has_seen_has_no_decision(world, wait):
    world.has({"A": {"S1": 1}})
    assert decision(world, wait("o1", {"S1": 1})) == {}


def test_prices_are_listed_the_dearest_first_as_json_and_csv(world, plan, wait):
    world.has({"A": {"S1": 1, "S2": 1}, "B": {"S1": 9, "S2": 9}}, km={"A": 10, "B": 2000})
    for n in range(2):
        wait(f"s1-{n}", {"S1": 1})
        wait(f"s2-{n}", {"S2": 1})
    made = plan()
    path = f"plans/{made['id']}/prices"
    first = world.get(f"{path}?limit=1")
    rest = world.get(f"{path}?limit=1&cursor={first['next_cursor']}")
    [dear], [less] = first["items"], rest["items"]
    assert dear["price"] >= less["price"] > 0
    assert {dear["sku"], less["sku"]} == {"S1", "S2"}
    assert world.get(f"{path}?sku=S2&kind=stock")["items"][0]["facility"] == "A"
    answer = world.client.get(f"/v1/{path}", headers={**world.headers, "Accept": "text/csv"})
    header, *rows = answer.get_data(as_text=True).splitlines()
    assert header == "number,kind,facility,sku,quantity,price"
    assert len(rows) == 2
    top = made["summary"]["prices"]["stock"][0]
    assert (top["sku"], top["price"]) == (dear["sku"], dear["price"])


def test_a_wave_tells_what_its_orders_cost(world, plan, wait):
    world.has({"A": {"S1": 1}, "B": {"S2": 1}})
    wait("split", {"S1": 1, "S2": 1})
    wait("waits on", {"S1": 1})
    summary = plan()["summary"]
    assert (summary["orders"], summary["orders_served"], summary["split_orders"]) == (2, 1, 1)
    assert (summary["shipments"], summary["unfilled_units"]) == (2, 1)
    # Money is charged by the cent.
    weighed = summary["objective"] - summary["unfilled_cost"]
    assert summary["cost"] == pytest.approx(weighed, abs=0.01)
    assert summary["cost_per_order"] == pytest.approx(summary["cost"])


def test_a_plan_that_kept_nothing_explains_nothing(world, plan, wait):
    world.has({"A": {"S1": 1}})
    order = wait("o1", {"S1": 1})
    plan(apply=True)
    with transaction() as session:
        session.execute(update(Plan).values(summary={"objective": 7.0}))
    why = decision(world, order)
    assert (why["by"], "candidates" in why) == ("wave", False)
