"""Orders placed and cancelled, and what the order says of itself on the way."""

from datetime import date, timedelta

import pytest

from fulfillment.platform import clock
from tests.rivals import at_once
from tests.world import CUSTOMER, lines_of, shares


def read(world, order):
    return world.get(f"orders/{order['id']}")


def lines(order):
    names = ("allocated", "backordered", "shipped", "cancelled")
    return {line["sku"]: tuple(line[name] for name in names) for line in order["lines"]}


def step(world, order, *steps, **body):
    for shipment in order["shipments"]:
        for name in steps:
            answer = world.post(f"shipments/{shipment['id']}/{name}", body)
            assert answer.status_code == 200, answer.get_json()


def cancel(world, order, **units):
    body = {"lines": lines_of(units)} if units else {}
    return world.post(f"orders/{order['id']}/cancel", body)


def test_an_order_placed_now_is_allocated_and_says_why(world):
    world.has({"W1": {"S1": 5}, "W2": {"S1": 5}}, km={"W1": 10, "W2": 900})
    placed = world.order("o1", {"S1": 2}, channel="web", priority=3)
    order = placed.get_json()
    assert placed.headers["Location"] == f"/v1/orders/{order['id']}"
    assert (order["status"], order["awaiting"]) == ("allocated", False)
    assert order["promised_by"] == order["shipments"][0]["deliver_by"]
    assert order["cost"]["total"] == "7.21"  # 6.50 + 2 kg x (0.35 + 0.0004 x 12 km)
    decision = world.get(f"orders/{order['id']}/decision")["decision"]
    assert decision["by"] == "online"
    assert [c["status"] for c in decision["candidates"]] == ["chosen", "not_chosen"]


def test_an_order_placed_from_a_hold_ships_what_the_cart_was_promised(world):
    world.has({"W1": {"S1": 5}, "W2": {"S1": 5}}, km={"W1": 10, "W2": 900})
    hold = world.reserve("cart", {"S1": 2}).get_json()
    world.has({"NEARER": {"S1": 5}}, km={"NEARER": 1})
    order = world.post("orders", {"order_ref": "o1", "reservation_id": hold["id"]}).get_json()
    assert shares(order) == shares(hold) == {"W1": {"S1": 2}}
    assert order["destination"]["lat"] == CUSTOMER["lat"]
    assert world.get(f"reservations/{hold['id']}")["status"] == "placed"
    assert world.level()["reserved"] == 2


def test_a_hold_places_one_order(world):
    world.has({"W1": {"S1": 5}})
    hold = world.reserve("cart", {"S1": 2}).get_json()
    bodies = [{"order_ref": f"o{n}", "reservation_id": hold["id"]} for n in range(2)]
    first, second = [world.post("orders", body) for body in bodies]
    assert (first.status_code, second.status_code) == (201, 409)
    assert second.get_json()["type"] == "/problems/reservation-ended"
    assert world.delete(f"reservations/{hold['id']}").status_code == 409


def test_a_released_hold_places_none(world):
    world.has({"W1": {"S1": 5}})
    hold = world.reserve("cart", {"S1": 2}).get_json()
    assert [world.delete(f"reservations/{hold['id']}").status_code for _ in range(2)] == [204, 204]
    refused = world.post("orders", {"order_ref": "o1", "reservation_id": hold["id"]})
    assert refused.status_code == 409
    assert world.level()["reserved"] == 0


def test_an_order_may_ask_for_a_day_and_is_refused_when_nobody_makes_it(world):
    world.has({"W1": {"S1": 5}})
    too_soon = date.today() - timedelta(days=1)
    refused = world.order("o1", {"S1": 1}, requested_by=too_soon.isoformat())
    assert refused.status_code == 409
    late = (date.today() + timedelta(days=30)).isoformat()
    assert world.order("o1", {"S1": 1}, requested_by=late).status_code == 201


@pytest.mark.parametrize("allocate", ["now", "wave"])
def test_a_reference_is_used_once(world, allocate):
    world.has({"W1": {"S1": 5}})
    world.order("o1", {"S1": 1})
    again = world.order("o1", {"S1": 1}, allocate=allocate)
    assert (again.status_code, again.get_json()["type"]) == (409, "/problems/duplicate-reference")
    assert world.level()["reserved"] == 1


def test_two_orders_of_one_reference_at_once_are_one(app, world):
    world.has({"W1": {"S1": 5}})
    shops = [type(world)(app.test_client(), world.headers) for _ in range(4)]
    answers = at_once([lambda shop=shop: shop.order("o1", {"S1": 1}) for shop in shops])
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert world.level()["reserved"] == 1


WRONG = {
    "lines": {"order_ref": "o", "destination": CUSTOMER},
    "destination": {"order_ref": "o", "lines": lines_of({"S1": 1})},
    "order_ref": {"destination": CUSTOMER, "lines": lines_of({"S1": 1})},
    "lines.0.quantity": {"order_ref": "o", "destination": CUSTOMER, "lines": lines_of({"S1": 0})},
    "lines.0.sku": {"order_ref": "o", "destination": CUSTOMER, "lines": lines_of({"?": 1})},
    "reservation_id": {"order_ref": "o", "reservation_id": "mine"},
}


def test_an_order_that_says_too_little_or_nonsense_names_its_field(world):
    world.has({"W1": {"S1": 5}})
    for field, body in WRONG.items():
        for allocate in ("now", "wave"):
            answer = world.post("orders", {**body, "allocate": allocate})
            assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])
    assert world.get("orders")["items"] == []


def test_cancelling_an_order_gives_back_exactly_its_own_units_once(world):
    world.has({"W1": {"S1": 3}, "W2": {"S1": 3}})
    order, _ = world.order("o1", {"S1": 4}).get_json(), world.order("o2", {"S1": 1})
    cancelled = cancel(world, order).get_json()
    assert (cancelled["status"], lines(cancelled)) == ("cancelled", {"S1": (0, 0, 0, 4)})
    assert {s["status"] for s in cancelled["shipments"]} == {"cancelled"}
    assert cancel(world, order).status_code == 409
    assert sum(world.level("S1", f)["reserved"] for f in ("W1", "W2")) == 1


def test_an_order_that_waits_is_cancelled_before_the_wave_sees_it(world):
    world.has({"W1": {"S1": 3}})
    order = world.order("o1", {"S1": 9}, allocate="wave").get_json()
    cancelled = cancel(world, order).get_json()
    assert (cancelled["status"], cancelled["awaiting"]) == ("cancelled", False)


def test_units_of_a_line_are_cancelled_from_what_is_not_picked_yet(world):
    world.has({"W1": {"S1": 5, "S2": 5}})
    order = world.order("o1", {"S1": 4, "S2": 2}).get_json()
    left = cancel(world, order, S1=3).get_json()
    assert lines(left) == {"S1": (1, 0, 0, 3), "S2": (2, 0, 0, 0)}
    assert shares(left) == {"W1": {"S1": 1, "S2": 2}}
    gone = cancel(world, order, S1=1).get_json()
    assert shares(gone) == {"W1": {"S2": 2}}
    assert (gone["status"], world.level()["reserved"]) == ("allocated", 0)
    assert cancel(world, order, S1=1).status_code == 422


def test_what_waits_for_stock_is_cancelled_first(world):
    world.has({"W1": {"S1": 5}})
    order = world.order("o1", {"S1": 5}).get_json()
    [shipment] = order["shipments"]
    rejected = {"reason": "damaged", "lines": lines_of({"S1": 2})}
    world.post(f"shipments/{shipment['id']}/reject", rejected)
    assert lines(read(world, order)) == {"S1": (3, 2, 0, 0)}
    assert read(world, order)["status"] == "partially_allocated"
    left = cancel(world, order, S1=2).get_json()
    assert (lines(left), left["status"]) == ({"S1": (3, 0, 0, 2)}, "allocated")
    assert world.level()["reserved"] == 3


@pytest.mark.parametrize("steps", [("pick",), ("pick", "pack")])
def test_what_is_picked_is_cancelled_only_with_the_whole_order(world, steps):
    world.has({"W1": {"S1": 5}})
    order = world.order("o1", {"S1": 4}).get_json()
    step(world, order, *steps)
    assert cancel(world, order, S1=1).status_code == 409
    assert lines(read(world, order)) == {"S1": (4, 0, 0, 0)}
    assert cancel(world, order).get_json()["status"] == "cancelled"
    assert (world.level()["on_hand"], world.level()["reserved"]) == (5, 0)


def test_what_has_left_cannot_be_cancelled(world):
    world.has({"W1": {"S1": 5}, "W2": {"S2": 5}})
    order = world.order("o1", {"S1": 2, "S2": 1}).get_json()
    gone = {"shipments": [s for s in order["shipments"] if s["facility"] == "W1"]}
    step(world, gone, "pick", "pack", "handover")
    assert read(world, order)["status"] == "partially_shipped"
    assert cancel(world, order, S1=1).status_code == 422
    cancelled = cancel(world, order).get_json()
    assert lines(cancelled) == {"S1": (0, 0, 2, 0), "S2": (0, 0, 0, 1)}
    assert cancelled["status"] == "shipped"
    assert cancel(world, order).status_code == 409


def test_lines_to_cancel_that_the_order_does_not_have_are_named(world):
    world.has({"W1": {"S1": 5}})
    order = world.order("o1", {"S1": 4}).get_json()
    for wrong, field in (({"S9": 1}, "lines.0.sku"), ({"S1": 5}, "lines.0.quantity")):
        refused = cancel(world, order, **wrong)
        assert (refused.status_code, list(refused.get_json()["errors"])) == (422, [field])
    twice = {"lines": lines_of({"S1": 3}) * 2}
    assert world.post(f"orders/{order['id']}/cancel", twice).status_code == 422
    assert lines(read(world, order)) == {"S1": (4, 0, 0, 0)}


def test_an_order_cancelled_twice_at_once_is_cancelled_once(app, world):
    world.has({"W1": {"S1": 5}})
    order = world.order("o1", {"S1": 4}).get_json()
    shops = [type(world)(app.test_client(), world.headers) for _ in range(4)]
    answers = at_once([lambda shop=shop: cancel(shop, order) for shop in shops])
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert world.level()["reserved"] == 0


def test_picking_and_cancelling_at_once_ends_in_one_or_the_other(app, world):
    world.has({"W1": {"S1": 50, "S2": 50}})
    for n in range(5):
        order = world.order(f"o{n}", {"S1": 1, "S2": 1}).get_json()
        shop, floor = [type(world)(app.test_client(), world.headers) for _ in range(2)]
        path = f"shipments/{order['shipments'][0]['id']}/pick"
        cancelled, picked = at_once([lambda: cancel(shop, order), lambda: floor.post(path)])  # noqa: B023
        assert (cancelled.status_code, picked.status_code) in {(200, 200), (200, 409)}
        assert read(world, order)["status"] == "cancelled"
    assert world.level()["reserved"] == 0


def test_the_status_follows_the_shipments(world):
    world.has({"W1": {"S1": 5}})
    order = world.order("o1", {"S1": 4}).get_json()
    seen = [order["status"]]
    for name in ("release", "pick", "pack", "handover"):
        step(world, order, name)
        seen.append(read(world, order)["status"])
    assert seen == ["allocated", "in_fulfillment", "in_fulfillment", "in_fulfillment", "shipped"]
    assert lines(read(world, order)) == {"S1": (0, 0, 4, 0)}


def test_an_unknown_reservation_is_named_as_the_field_that_it_is(world):
    body = {"order_ref": "o1", "reservation_id": "01a2036a-7ae3-72e5-a43d-e3aa4e6b4331"}
    answer = world.post("orders", body)
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["reservation_id"]


def test_a_second_order_from_one_reservation_is_told_which_order_has_the_reference(world):
    world.has({"W1": {"S1": 5}})
    held = world.reserve("cart", {"S1": 1}).get_json()["id"]
    body = {"order_ref": "o1", "reservation_id": held}
    first, again = world.post("orders", body), world.post("orders", body)
    assert (first.status_code, again.status_code) == (201, 409)
    assert again.get_json()["type"] == "/problems/duplicate-reference"
    assert again.get_json()["order_id"] == first.get_json()["id"]


@pytest.mark.parametrize(
    ("path", "field"), [("orders", "requested_by"), ("sourcing", "deliver_by")]
)
def test_a_day_that_is_over_is_refused_by_name(world, path, field):
    world.has({"W1": {"S1": 5}})
    ask = world.order if path == "orders" else lambda _, lines, **more: world.source(lines, **more)
    answer = ask("o1", {"S1": 1}, **{field: "2020-01-01"})
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [field]


def test_a_day_too_soon_is_told_with_the_first_that_can_be_kept(world):
    world.has({"W1": {"S1": 5}}, km={"W1": 3000})
    today = clock.now().date().isoformat()
    refused = world.source({"S1": 1}, deliver_by=today).get_json()
    first = world.source({"S1": 1}).get_json()["options"][0]["deliver_by"]
    assert refused["type"] == "/problems/no-plan"
    assert f"the first on {first}" in refused["detail"]


def test_a_retry_is_told_of_its_first_order_even_when_that_took_the_last_unit(world):
    world.has({"W1": {"S1": 1}})
    first, again = world.order("o1", {"S1": 1}), world.order("o1", {"S1": 1})
    assert (first.status_code, again.status_code) == (201, 409)
    assert again.get_json()["order_id"] == first.get_json()["id"]
