"""A wave promises the service that is best for what it sends, as a checkout does."""

from datetime import date, timedelta

import pytest

LIGHT = {1000: "2", 9000: "21"}
HEAVY = {1000: "8", 9000: "14"}
SLOW, FAST = 6, 1


@pytest.fixture(autouse=True)
def services(world):
    """By a line through its bands LIGHT is the cheaper one of up to 9 kg; NOW is fast, and dear."""
    world.client.put("/v1/carriers/UP", json={}, headers=world.headers)
    kinds = [("LIGHT", LIGHT, SLOW), ("HEAVY", HEAVY, SLOW), ("NOW", {9000: "40"}, FAST)]
    rates = [
        {"service": name, "max_weight_g": grams, "price": price, "transit_days": days}
        for name, bands, days in kinds
        for grams, price in bands.items()
    ]
    assert world.post("carriers/UP/rates", {"rates": rates}).status_code == 200
    world.has({"W1": {"S1": 9}})


def promised(world, order):
    [shipment] = world.get(f"orders/{order['id']}")["shipments"]
    told = world.get(f"shipments/{shipment['id']}")
    return told["service"], told["cost"], told["deliver_by"]


def test_each_order_goes_by_the_service_for_its_weight(world, wait, plan):
    orders = [wait(f"o{units}", {"S1": units}) for units in (1, 2)]
    summary = plan(apply=True)["summary"]
    assert [promised(world, order)[:2] for order in orders] == [
        ("LIGHT", "2.00"),
        ("HEAVY", "14.00"),
    ]
    assert summary["cost"] == pytest.approx(16)


def test_what_is_wanted_soon_goes_by_the_service_that_keeps_the_day(world, wait, plan):
    calm = wait("calm", {"S1": 1})
    plan(apply=True)
    usual = date.fromisoformat(promised(world, calm)[2])
    soon = wait("soon", {"S1": 1}, requested_by=(usual - timedelta(days=1)).isoformat())
    plan(apply=True)
    service, price, day = promised(world, soon)
    assert (service, price) == ("NOW", "40.00")
    assert date.fromisoformat(day) < usual
    assert promised(world, calm)[0] == "LIGHT"
