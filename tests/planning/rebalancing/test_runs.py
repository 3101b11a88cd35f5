"""Rebalancing runs over HTTP: from forecasts to transfers that reach the other shelf."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from msgspec.structs import replace

from fulfillment.planning import leases, runs
from fulfillment.planning.forecasts import runs as forecasts
from fulfillment.planning.rebalancing import occasions

TODAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
LAST = date(2026, 3, 1)


@pytest.fixture
def shop(app, world):
    """Two places 1,500 km apart that sell a unit of S1 a day each; one of them has all of it."""
    cheap = {"transfer_fixed": 5.0, "transfer_per_km": 0.0, "transfer_per_kg_km": 0.0}
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **cheap)
    with time_machine.travel(TODAY, tick=False):
        world.has({"W1": {"S1": 400}, "W2": {"S1": 0}}, km={"W1": 0, "W2": 1500})
        rows = [
            {
                "sku": "S1",
                "facility": place,
                "day": (LAST - timedelta(days=back)).isoformat(),
                "quantity": 1 + (back % 3 == 0),
            }
            for place in ("W1", "W2")
            for back in range(30 * 7)
        ]
        assert world.post("demand/import", {"demand": rows}).get_json()["refused"] == 0
        forecasts.run()
        yield world


@pytest.fixture
def plan(shop):
    """Ask for a rebalancing run, let a worker take it up, and return it."""

    def ask(**body):
        asked = shop.post("plans", {"kind": "rebalancing", **body})
        assert asked.status_code == 202, asked.get_json()
        assert runs.execute(UUID(asked.get_json()["id"]))
        return shop.get(asked.headers["Location"].removeprefix("/v1/"))

    return ask


def lines_of(shop, plan):
    return shop.get(f"plans/{plan['id']}/lines")["items"]


def test_stock_is_proposed_to_move_to_where_it_is_asked_for(shop, plan):
    ready = plan()
    assert (ready["status"], ready["summary"]["status"]) == ("ready", "optimal")
    (line,) = lines_of(shop, ready)
    assert (line["held_at"], line["facility"], line["sku"]) == ("W1", "W2", "S1")
    assert 30 <= line["quantity"] <= 80
    assert line["outcome"] == "proposed"
    assert shop.get("transfers")["items"] == []


def test_a_run_tells_what_it_saves_against_doing_nothing(shop, plan):
    summary = plan()["summary"]
    assert summary["objective"] < summary["greedy"]["objective"] + 1e-6
    assert summary["greedy"]["objective"] <= summary["do_nothing"]
    assert summary["lower_bound"] <= summary["objective"]
    assert summary["saves"] == pytest.approx(summary["do_nothing"] - summary["objective"])
    assert summary["imbalance"] > 0.3


def test_a_line_tells_what_it_does_to_both_ends(shop, plan):
    ready = plan()
    (line,) = lines_of(shop, ready)
    figures = line["figures"]
    assert figures["saves"] - figures["costs"] == pytest.approx(ready["summary"]["saves"], abs=0.01)
    assert figures["receiver_days"]["before"] == 0
    assert 20 < figures["receiver_days"]["after"] < 70
    assert figures["sender_days"]["before"] > figures["sender_days"]["after"] > 100


def test_what_is_applied_is_a_transfer_that_can_be_approved_shipped_and_received(shop, plan):
    applied = plan(apply=True)
    assert applied["status"] == "applied"
    (line,) = lines_of(shop, applied)
    (transfer,) = shop.get("transfers")["items"]
    assert (line["outcome"], line["made_id"]) == ("applied", transfer["id"])
    assert (transfer["status"], transfer["plan_id"]) == ("proposed", applied["id"])
    assert shop.level()["reserved"] == 0
    for step in ("approve", "ship", "receive"):
        done = shop.post(f"transfers/{transfer['id']}/{step}", {} if step == "receive" else None)
        assert done.status_code == 200, done.get_json()
    assert shop.level(facility="W2")["on_hand"] == line["quantity"]


def test_after_the_transfers_are_on_their_way_there_is_nothing_left_to_move(shop, plan):
    plan(apply=True)
    (transfer,) = shop.get("transfers")["items"]
    for step in ("approve", "ship"):
        shop.post(f"transfers/{transfer['id']}/{step}")
    assert lines_of(shop, plan()) == []


def test_units_that_are_gone_since_are_reported_and_not_moved(shop, plan):
    ready = plan()
    scrap = {"kind": "scrap", "sku": "S1", "facility": "W1", "quantity": 390, "reason": "water"}
    assert shop.post("stock/movements", {"movements": [scrap]}).status_code == 201
    applied = shop.post(f"plans/{ready['id']}/apply").get_json()
    assert list(applied["summary"]["outcome"]) == ["lost"]
    assert shop.get("transfers")["items"] == []


def test_a_run_keeps_the_limits_that_it_is_given(shop, plan):
    assert lines_of(shop, plan(parameters={"max_lanes": 0})) == []
    (line,) = lines_of(shop, plan(parameters={"lane_units": 7}))
    assert line["quantity"] == 7


def test_the_same_state_gives_the_same_plan(shop, plan):
    first, second = plan(), plan()
    assert first["inputs_hash"] == second["inputs_hash"]
    assert lines_of(shop, first)[0]["quantity"] == lines_of(shop, second)[0]["quantity"]


def test_without_forecasts_there_is_nothing_to_weigh(world):
    world.has({"W1": {"S1": 4}, "W2": {"S1": 0}})
    asked = world.post("plans", {"kind": "rebalancing"})
    assert runs.execute(UUID(asked.get_json()["id"]))
    ready = world.get(asked.headers["Location"].removeprefix("/v1/"))
    assert (ready["status"], ready["summary"]["lines"]) == ("ready", 0)


def test_a_kind_takes_its_own_parameters_only(world):
    answer = world.post("plans", {"kind": "rebalancing", "parameters": {"reconsider": 1}})
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"parameters.reconsider": ["Unknown field."]}


def test_a_plan_of_one_kind_does_not_wait_for_one_of_another(world):
    world.has({"W1": {"S1": 4}, "W2": {"S1": 0}})
    first = UUID(world.post("plans", {"kind": "allocation"}).get_json()["id"])
    world.post("plans", {"kind": "allocation"})
    other = world.post("plans", {"kind": "rebalancing"}).get_json()["id"]
    assert leases.claim(first, "queued")
    assert runs.execute_next()
    assert world.get(f"plans/{other}")["status"] == "ready"


def test_a_run_is_asked_for_when_too_much_stands_in_the_wrong_place(shop, plan):
    assert occasions.occasion(0.99) is None
    assert occasions.occasion(0) is None
    assert "of the demand is short" in occasions.occasion(0.15)
    plan()
    assert occasions.occasion(0.15) is None
