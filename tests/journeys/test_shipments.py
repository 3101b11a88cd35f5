"""What the floor does to an order: short picks, rejections, and steps at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from tests.world import World, shares


@pytest.fixture
def far_away(world: World) -> World:
    """W1 near the customer and W2 far away, both with plenty."""
    stock = {"S1": 100, "S2": 100}
    world.has({"W1": stock, "W2": stock}, km={"W1": 50, "W2": 500})
    return world


def step(world, shipment, name, body=None):
    answer = world.post(f"shipments/{shipment['id']}/{name}", body)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_sourcing_case_18_what_was_not_found_comes_from_elsewhere(far_away):
    order = far_away.order("A", {"S1": 3, "S2": 2}).json
    assert shares(order) == {"W1": {"S1": 3, "S2": 2}}
    step(far_away, order["shipments"][0], "pick", {"lines": [{"sku": "S1", "quantity": 1}]})
    order = far_away.get(f"orders/{order['id']}")
    assert shares(order) == {"W1": {"S1": 1, "S2": 2}, "W2": {"S1": 2}}
    assert far_away.level("S1", "W1")["on_hand"] == 98


def test_what_no_facility_sends_waits_with_every_refuser_excluded(far_away):
    order = far_away.order("A", {"S1": 3}).json
    for _ in range(2):
        planned = [s for s in order["shipments"] if s["status"] == "planned"]
        step(far_away, planned[0], "reject", {"reason": "flood"})
        order = far_away.get(f"orders/{order['id']}")
    assert [s["status"] for s in order["shipments"]] == ["rejected", "rejected"]
    assert (order["status"], order["awaiting"]) == ("waiting", True)


def at_once(app: Flask, world: World, *requests):
    """Send requests at the same moment; return their statuses."""
    start = Barrier(len(requests))

    def send(request):
        path, body = request
        with app.app_context():
            start.wait()
            client = app.test_client()
            return client.post(f"/v1/{path}", json=body, headers=world.headers).status_code

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(send, requests))


def test_a_handover_and_the_cancellation_of_its_order_have_one_winner(app, far_away):
    for number in range(5):
        order = far_away.order(f"R{number}", {"S1": 2}).json
        [shipment] = order["shipments"]
        step(far_away, shipment, "pick")
        step(far_away, shipment, "pack")
        handover = (f"shipments/{shipment['id']}/handover", {})
        cancellation = (f"orders/{order['id']}/cancel", {})
        assert sorted(at_once(app, far_away, handover, cancellation)) == [200, 409]


def test_a_short_pick_and_the_cancellation_of_another_line_leave_the_books_right(app, far_away):
    for number in range(5):
        order = far_away.order(f"R{number}", {"S1": 2, "S2": 2}).json
        picked = {"lines": [{"sku": "S1", "quantity": 1}]}
        cancelled = {"lines": [{"sku": "S2", "quantity": 1}]}
        pick = (f"shipments/{order['shipments'][0]['id']}/pick", picked)
        statuses = at_once(app, far_away, pick, (f"orders/{order['id']}/cancel", cancelled))
        assert statuses[0] == 200
        assert statuses[1] in (200, 409)
