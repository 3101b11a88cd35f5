"""A planner buys, a rule approves, a warehouse takes in what came: over HTTP, from end to end."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from fulfillment.platform.config import Settings
from fulfillment.supply.suppliers import terms
from tests.conftest import settings_for
from tests.world import lines_of, world

__all__ = ["world"]

MONDAY = datetime(2026, 7, 6, 9, tzinfo=UTC)


@pytest.fixture
def settings(database_url) -> Settings:
    return settings_for(database_url, purchase_auto_approve_limit=500.0)


@pytest.fixture
def buyer(world):
    """W1 has 2 of S1 and S2; ACME takes orders on Mondays until noon and needs 3 days, it says."""
    world.has({"W1": {"S1": 2, "S2": 2}})
    supplier = {"lead_time_days": 3, "lead_time_sd": 1, "order_days": [1], "cutoff": "12:00:00"}
    put = world.client.put
    assert put("/v1/suppliers/ACME", json=supplier, headers=world.headers).status_code == 201
    rows = [
        {"sku": "S1", "unit_cost": "2.50", "pack_size": 12, "minimum_quantity": 24},
        {"sku": "S2", "unit_cost": "40"},
    ]
    assert world.post("suppliers/ACME/items", {"items": rows}).json["created"] == 2
    return world


def bought(world, lines, **more):
    """Order, send and return the order."""
    wish = {"supplier": "ACME", "facility": "W1", "lines": lines_of(lines), **more}
    order = world.post("purchase-orders", wish).get_json()
    return world.post(f"purchase-orders/{order['id']}/send").get_json()


def test_a_purchase_from_its_proposal_to_the_shelf(buyer):
    cheap = {"supplier": "ACME", "facility": "W1", "propose": True, "lines": lines_of({"S1": 48})}
    dear = cheap | {"lines": lines_of({"S1": 48, "S2": 100})}
    by_rule, waiting = (buyer.post("purchase-orders", one).get_json() for one in (cheap, dear))
    assert (by_rule["status"], by_rule["approved_by"]) == ("approved", "rule")
    assert (waiting["status"], waiting["cost"]) == ("proposed", "4120.00")

    part = {"lines": lines_of({"S2": 10})}
    approved = buyer.post(f"purchase-orders/{waiting['id']}/approve", part).get_json()
    assert (approved["status"], approved["cost"]) == ("approved", "400.00")
    for order in (by_rule, waiting):
        buyer.post(f"purchase-orders/{order['id']}/send")
    assert (buyer.level("S1")["incoming"], buyer.level("S2")["incoming"]) == (48, 10)

    came = [{"sku": "S2", "quantity": 11, "reason": "one for free"}]
    path = f"purchase-orders/{waiting['id']}/receive"
    assert buyer.post(path, {"lines": came}).get_json()["status"] == "received"
    missing = [{"sku": "S1", "quantity": 40, "short": 8, "reason": "sold out"}]
    closing = {"lines": missing, "complete": True}
    path = f"purchase-orders/{by_rule['id']}/receive"
    assert buyer.post(path, closing).get_json()["status"] == "received"
    assert (buyer.level("S1")["on_hand"], buyer.level("S1")["incoming"]) == (42, 0)
    assert (buyer.level("S2")["on_hand"], buyer.level("S2")["incoming"]) == (13, 0)


def test_what_a_retry_sends_again_is_ordered_once(buyer):
    wish = {"supplier": "ACME", "facility": "W1", "lines": lines_of({"S1": 24})}
    first, again = (buyer.post("purchase-orders", wish, Idempotency_Key="k") for _ in range(2))
    assert first.get_json() == again.get_json()
    assert len(buyer.get("purchase-orders")["items"]) == 1


def test_lead_times_are_learned_from_receipts(buyer):
    with time_machine.travel(MONDAY, tick=False) as traveller:
        for days in (5, 6, 10):
            order = bought(buyer, {"S1": 24})
            traveller.shift(timedelta(days=days))
            buyer.post(f"purchase-orders/{order['id']}/receive")
        told = terms.of(["S1"])["S1"]
        assert (told.lead_time_days, told.receipts) == (pytest.approx(7.0), 3)
        # The next order is expected by what was learned: of a Monday, seven days later.
        assert traveller.move_to(MONDAY + timedelta(days=28)) is None
        assert bought(buyer, {"S1": 24})["expected_on"] == "2026-08-10"
        assert bought(buyer, {"S2": 1})["expected_on"] == "2026-08-06"
