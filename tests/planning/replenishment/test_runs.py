"""Replenishment runs over HTTP: from forecasts and terms to orders that reach the shelf."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from fulfillment.planning import runs
from fulfillment.planning.forecasts import runs as forecasts

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
LAST = date(2026, 3, 1)
LEAD = 7


@pytest.fixture
def shop(world):
    """Two places that sell 3 to 4 units of S1 a day, and a supplier that takes a week."""
    with time_machine.travel(MONDAY, tick=False):
        world.has({"W1": {"S1": 10}, "W2": {"S1": 400}}, km={"W1": 0, "W2": 1500})
        rows = [
            {
                "sku": "S1",
                "facility": place,
                "day": (LAST - timedelta(days=back)).isoformat(),
                "quantity": 3 + (back % 2),
            }
            for place in ("W1", "W2")
            for back in range(30 * 7)
        ]
        assert world.post("demand/import", {"demand": rows}).get_json()["refused"] == 0
        forecasts.run()
        supplier = {"name": "Acme", "lead_time_days": LEAD, "lead_time_sd": 1, "cutoff": "23:00"}
        put(world, "suppliers/ACME", supplier)
        terms = [{"sku": "S1", "unit_cost": "4.00", "pack_size": 12, "minimum_quantity": 24}]
        assert world.post("suppliers/ACME/items", {"items": terms}).get_json()["created"] == 1
        yield world


def put(world, path, body):
    answer = world.client.put(f"/v1/{path}", json=body, headers=world.headers)
    assert answer.status_code in (200, 201), answer.get_json()
    return answer.get_json()


@pytest.fixture
def plan(shop):
    """Ask for a replenishment run, let a worker take it up, and return it."""

    def ask(**body):
        asked = shop.post("plans", {"kind": "replenishment", **body})
        assert asked.status_code == 202, asked.get_json()
        assert runs.execute(UUID(asked.get_json()["id"]))
        return shop.get(asked.headers["Location"].removeprefix("/v1/"))

    return ask


def lines_of(shop, plan):
    return shop.get(f"plans/{plan['id']}/lines")["items"]


def test_what_runs_low_is_ordered_in_packs_and_what_does_not_is_not(shop, plan):
    ready = plan()
    assert ready["status"] == "ready", ready
    (line,) = lines_of(shop, ready)
    assert (line["supplier"], line["facility"], line["sku"]) == ("ACME", "W1", "S1")
    assert line["quantity"] % 12 == 0
    figures = line["figures"]
    assert figures["position"] == 10
    assert figures["position"] <= figures["reorder_point"] < figures["order_up_to"]
    # A week's lead and a day's review: some 28 units of demand, and the safety beyond.
    assert 28 < figures["reorder_point"] < 60
    assert line["quantity"] >= figures["order_up_to"] - figures["position"] - 11
    assert figures["cost"] == pytest.approx(4 * line["quantity"])


def test_a_position_at_its_reorder_point_orders_and_one_above_does_not(shop, plan):
    for stock, ordered in ((10, True), (11, False)):
        count = {"kind": "count", "sku": "S1", "facility": "W1", "quantity": stock}
        shop.post("stock/movements", {"movements": [count]})
        levels = {"kind": "min_max", "reorder_point": 10, "order_up_to": 34}
        put(shop, "replenishment-policies/W1/S1", levels)
        assert bool(lines_of(shop, plan())) == ordered


def test_what_is_ordered_already_is_not_ordered_again(shop, plan):
    applied = plan(apply=True)
    (line,) = lines_of(shop, applied)
    (order,) = shop.get("purchase-orders")["items"]
    assert (line["outcome"], line["made_id"]) == ("applied", order["id"])
    assert (order["status"], order["plan_id"]) == ("proposed", applied["id"])
    for step in ("approve", "send"):
        assert shop.post(f"purchase-orders/{order['id']}/{step}").status_code == 200
    assert lines_of(shop, plan()) == []
    done = shop.post(f"purchase-orders/{order['id']}/receive", {})
    assert done.get_json()["status"] == "received"
    assert shop.level()["on_hand"] == 10 + line["quantity"]


def test_a_facility_is_resupplied_from_another(shop, plan):
    put(shop, "replenishment-policies/W1/S1", {"source_facility": "W2"})
    applied = plan(apply=True)
    (line,) = lines_of(shop, applied)
    assert (line["held_at"], line["facility"], line["supplier"]) == ("W2", "W1", None)
    (transfer,) = shop.get("transfers")["items"]
    assert (transfer["status"], transfer["id"]) == ("proposed", line["made_id"])


def test_a_budget_orders_what_saves_most(shop, plan):
    ready = plan(parameters={"budget": 100})
    assert sum(line["figures"]["cost"] for line in lines_of(shop, ready)) <= 100
    assert ready["summary"]["prices"]["budget"] > 0
    assert ready["summary"]["short"]


def test_nothing_is_ordered_on_a_day_on_which_the_supplier_takes_no_orders(shop, plan):
    put(shop, "suppliers/ACME", {"name": "Acme", "lead_time_days": LEAD, "order_days": [2]})
    assert lines_of(shop, plan()) == []


def test_what_nobody_sells_or_forecasts_is_left_alone(world):
    world.has({"W1": {"S1": 4}})
    asked = world.post("plans", {"kind": "replenishment"})
    assert runs.execute(UUID(asked.get_json()["id"]))
    ready = world.get(asked.headers["Location"].removeprefix("/v1/"))
    assert (ready["status"], ready["summary"]["positions"]) == ("ready", 0)


def test_a_new_plan_withdraws_what_an_older_one_proposed_and_nobody_approved(shop, plan):
    plan(apply=True)
    (older,) = shop.get("purchase-orders")["items"]
    newer = plan(apply=True)
    older, order = shop.get("purchase-orders")["items"]
    assert (older["status"], order["status"]) == ("cancelled", "proposed")
    assert order["plan_id"] == newer["id"]
