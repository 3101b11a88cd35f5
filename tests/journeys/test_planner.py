"""A planner's morning: orders that waited for the wave are allocated jointly, and looked at."""

import pytest

BOSTON, DENVER, NEW_YORK = (
    {"postal_code": "02108"},
    {"postal_code": "80202"},
    {"postal_code": "10001"},
)


@pytest.fixture
def waiting(network, user):
    """One mug in each facility; both customers are waiting for one, and a third for two."""
    stock = [
        {"kind": "receipt", "sku": "MUG", "facility": facility, "quantity": 1}
        for facility in ("RENO", "COLUMBUS")
    ]
    user("warehouse").posts("/stock/movements", {"movements": stock}, 201)
    shop = user("storefront")
    asked = {"Denver": (DENVER, 1, 0), "Boston": (BOSTON, 1, 0), "late comer": (BOSTON, 2, 0)}
    for reference, (destination, units, priority) in asked.items():
        body = {"order_ref": reference, "destination": destination, "priority": priority}
        lines = [{"sku": "MUG", "quantity": units}]
        order = shop.posts("/orders", body | {"lines": lines, "allocate": "wave"}, 201)
        assert order["status"] == "waiting"
    return shop


def facilities(shop):
    return {
        order["order_ref"]: [shipment["facility"] for shipment in order["shipments"]]
        for order in shop.reads("/orders")["items"]
    }


def test_a_wave_is_asked_for_looked_at_and_applied(network, waiting, worker_at_work, world):
    planner = network
    asked = planner.posts("/plans", {"kind": "allocation", "parameters": {"seconds": 20}}, 202)
    assert asked["status"] == "queued"
    worker_at_work()

    plan = planner.reads(f"/plans/{asked['id']}")
    assert (plan["status"], plan["progress"]) == ("ready", 1.0)
    summary = plan["summary"]
    assert summary["lower_bound"] <= summary["objective"] <= summary["greedy"]["objective"]
    assert (summary["units"], summary["unfilled_units"]) == (2, 2)
    assert facilities(waiting) == {"Denver": [], "Boston": [], "late comer": []}

    lines = planner.reads(f"/plans/{asked['id']}/lines?outcome=proposed")["items"]
    assert sum(line["quantity"] for line in lines) == 2
    applied = planner.posts(f"/plans/{asked['id']}/apply")
    assert (applied["status"], applied["summary"]["outcome"]["applied"]["units"]) == ("applied", 2)
    assert sum(len(shipments) for shipments in facilities(waiting).values()) == 2
    assert len(waiting.reads("/orders?awaiting=true")["items"]) >= 1


def test_what_is_left_is_served_by_the_next_wave(network, waiting, worker_at_work, user, world):
    planner = network
    planner.posts("/plans", {"kind": "allocation", "apply": True}, 202)
    worker_at_work()
    receipt = {"kind": "receipt", "sku": "MUG", "facility": "COLUMBUS", "quantity": 5}
    user("warehouse").posts("/stock/movements", {"movements": [receipt]}, 201)
    planner.posts("/plans", {"kind": "allocation", "apply": True}, 202)
    worker_at_work()
    assert waiting.reads("/orders?awaiting=true")["items"] == []
    plans = planner.reads("/plans?status=applied")["items"]
    assert [plan["summary"]["unfilled_units"] for plan in plans] == [2, 0]


def test_a_planner_keeps_stock_back_for_the_shops_and_reads_every_invariant(
    network, waiting, user, world
):
    network.puts("/stock/COLUMBUS/MUG", {"safety_stock": 1}, 200)
    items = waiting.posts("/availability", {"skus": ["MUG"]})["items"]
    assert items[0]["facilities"] == [{"facility": "RENO", "promisable": 1}]
    report = user("admin").reads("/audit")
    assert report["ok"]
    assert {invariant["number"] for invariant in report["invariants"]} == set(range(1, 10))


@pytest.fixture
def from_afar(network, user):
    """A mug for New York that was promised from Reno, since Columbus had none; now it has some."""
    receipt = {"kind": "receipt", "sku": "MUG", "quantity": 3}
    floor, shop = user("warehouse"), user("storefront")
    floor.posts("/stock/movements", {"movements": [receipt | {"facility": "RENO"}]}, 201)
    lines = [{"sku": "MUG", "quantity": 1}]
    order = {"order_ref": "New York", "destination": NEW_YORK, "lines": lines}
    placed = shop.posts("/orders", order, 201)
    assert [shipment["facility"] for shipment in placed["shipments"]] == ["RENO"]
    floor.posts("/stock/movements", {"movements": [receipt | {"facility": "COLUMBUS"}]}, 201)
    return placed


def test_a_promised_order_is_moved_to_stock_that_came_nearer_and_the_planner_reads_why(
    network, from_afar, worker_at_work, user, world
):
    asked = network.posts("/plans", {"kind": "allocation"}, 202)
    worker_at_work()
    [line] = network.reads(f"/plans/{asked['id']}/lines")["items"]
    assert (line["held_at"], line["facility"], line["outcome"]) == ("RENO", "COLUMBUS", "proposed")
    moves = network.posts(f"/plans/{asked['id']}/apply")["summary"]["moves"]
    assert (moves["moved"], moves["saves"]) == (1, pytest.approx(4.0))

    order = user("storefront").reads(f"/orders/{from_afar['id']}")
    became = {shipment["facility"]: shipment["status"] for shipment in order["shipments"]}
    assert became == {"RENO": "cancelled", "COLUMBUS": "planned"}
    assert order["promised_by"] == from_afar["promised_by"]
    assert float(order["cost"]["total"]) == float(from_afar["cost"]["total"]) - 4
    why = user("viewer").reads(f"/orders/{from_afar['id']}/decision")["decision"]
    assert (why["moved_from"], why["moved_to"], why["saves"]) == (["RENO"], ["COLUMBUS"], "4.00")
    assert why["runner_up"]["shipments"] == ["RENO"]
    assert why["runner_up"]["terms"]["shipping"] == pytest.approx(4.0)


def test_an_order_is_not_moved_for_less_than_the_planner_asks(
    network, from_afar, worker_at_work, world
):
    body = {"kind": "allocation", "apply": True, "parameters": {"move_threshold": 4.5}}
    asked = network.posts("/plans", body, 202)
    worker_at_work()
    assert network.reads(f"/plans/{asked['id']}")["summary"]["moves"]["moved"] == 0
    found = network.reads(f"/orders/{from_afar['id']}")["shipments"]
    assert [shipment["facility"] for shipment in found] == ["RENO"]
    assert network.reads(f"/orders/{from_afar['id']}/decision")["decision"]["by"] == "online"


@pytest.mark.parametrize(
    ("name", "value"), [("reconsider", -1), ("reconsider", 1.5), ("move_threshold", -0.5)]
)
def test_a_wave_s_parameters_are_refused_by_name(network, world, name, value):
    body = {"kind": "allocation", "parameters": {name: value}}
    refused = network.posts("/plans", body, 422)
    assert list(refused["errors"]) == [f"parameters.{name}"]
