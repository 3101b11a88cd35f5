"""Release, pack, hand over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import select

from fulfillment.inventory.models import Kind, Movement, Promise
from fulfillment.platform.db import db, transaction
from fulfillment.shipping import service
from tests.shipping.conftest import TOMORROW


def shipped():
    chosen = select(Movement).where(Movement.kind == Kind.SHIPMENT)
    return db.session.scalars(chosen).all()


def test_stock_leaves_the_ledger_at_the_handover_and_not_before(house, packed, send):
    shipment_id = packed({"S1": 50}, carrier="FAST")
    assert (house.level().on_hand, house.level().reserved) == (100, 50)
    answer = send(shipment_id, "handover")
    assert (answer.status_code, answer.json["status"]) == (200, "handed_over")
    assert answer.json["tracking_number"].startswith("FA")
    assert (house.level().on_hand, house.level().reserved) == (50, 0)
    [movement] = shipped()
    assert (movement.quantity, movement.cause) == (-50, "shipment")
    assert movement.cause_id == str(shipment_id)
    assert db.session.scalar(select(Promise.outcome)) == "shipped"
    assert house.broken() == []


def test_case_4_shipping_50_of_80_reserved_leaves_50_on_hand_and_30_reserved(house, packed, send):
    house.shipment({"S1": 30})
    send(packed({"S1": 50}), "handover")
    assert (house.level().on_hand, house.level().reserved) == (50, 30)


def test_a_second_handover_is_refused_and_moves_nothing(house, packed, send):
    shipment_id = packed({"S1": 5})
    send(shipment_id, "handover")
    answer = send(shipment_id, "handover")
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/wrong-status")
    assert (answer.json["present"], answer.json["allowed"]) == ("handed_over", ["packed"])
    assert house.level().on_hand == 95
    assert len(shipped()) == 1


def test_two_handovers_at_once_move_the_stock_once(app, house, packed, auth):
    shipment_id, headers, start = packed({"S1": 5}, carrier="FAST"), auth("warehouse"), Barrier(4)

    def hand_over(_):
        with app.app_context():
            start.wait()
            path = f"/v1/shipments/{shipment_id}/handover"
            return app.test_client().post(path, headers=headers).status_code

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(hand_over, range(4))) == [200, 409, 409, 409]
    assert house.level().on_hand == 95
    assert len(shipped()) == 1
    assert house.broken() == []


def test_case_12_what_is_not_on_hand_ships_only_by_force_with_a_reason(
    house, packed, send, client, auth
):
    shipment_id = packed({"S1": 1})
    count = {"kind": "count", "sku": "S1", "facility": "W1", "quantity": 0}
    client.post("/v1/stock/movements", json={"movements": [count]}, headers=auth("warehouse"))
    refused = send(shipment_id, "handover")
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/insufficient-stock")
    admin = auth("admin")
    assert send(shipment_id, "handover", {"force": True}, headers=admin).status_code == 422
    order = {"force": True, "reason": "found in the van"}
    assert send(shipment_id, "handover", order).status_code == 403
    assert send(shipment_id, "handover", order, headers=admin).status_code == 200
    assert house.level().on_hand == -1
    [movement] = shipped()
    assert (movement.forced, movement.reason) == (True, "found in the van")


def test_tracking_numbers_differ(house, packed, send):
    numbers = [
        send(packed({"S1": 1}, carrier="FAST"), "handover").json["tracking_number"]
        for _ in range(3)
    ]
    assert len(set(numbers)) == 3


def test_packing_notes_packages_and_weighs_by_the_catalogue_if_nobody_did(house, send):
    first, second = house.shipment({"S1": 2, "S2": 1}), house.shipment({"S1": 1})
    for shipment_id in (first, second):
        send(shipment_id, "pick")
    by_catalogue = send(first, "pack").json
    assert (by_catalogue["packages"], by_catalogue["weight_g"]) == (1, 900)
    weighed = send(second, "pack", {"packages": 2, "weight_g": 444}).json
    assert (weighed["packages"], weighed["weight_g"]) == (2, 444)


@pytest.mark.parametrize(
    ("done", "step", "allowed"),
    [
        ([], "pack", ["picked"]),
        ([], "handover", ["packed"]),
        (["release"], "release", ["planned"]),
        (["pick"], "pick", ["planned", "released"]),
        (["pick"], "handover", ["packed"]),
        (["pick", "pack"], "release", ["planned"]),
    ],
)
def test_a_step_out_of_turn_is_refused_and_says_what_it_takes(house, send, done, step, allowed):
    shipment_id = house.shipment({"S1": 1})
    for earlier in done:
        send(shipment_id, earlier)
    answer = send(shipment_id, step)
    assert (answer.status_code, answer.json["allowed"]) == (409, allowed)


def test_a_key_bound_to_another_facility_may_do_nothing_to_a_shipment(house, send, auth):
    shipment_id, elsewhere = house.shipment({"S1": 1}), auth("warehouse", facilities=["W2"])
    for step in ("release", "pick", "pack", "handover"):
        assert send(shipment_id, step, headers=elsewhere).status_code == 403
    assert send(shipment_id, "reject", {"reason": "x"}, headers=elsewhere).status_code == 403
    assert house.find(shipment_id).status == "planned"


def test_an_unknown_shipment_is_not_found(house, send):
    for step in ("release", "pick", "pack", "handover"):
        assert send(uuid4(), step).status_code == 404


def release(client, auth, **body):
    answer = client.post("/v1/shipments/release", json=body, headers=auth("warehouse"))
    return answer.status_code, answer.json


def test_a_facility_releases_what_is_due_by_a_moment(house, client, auth):
    due = house.shipment({"S1": 1})
    later = house.shipment({"S1": 1}, ship_by=TOMORROW + timedelta(days=2))
    elsewhere = house.shipment({"S1": 1}, "W2")
    until = (TOMORROW + timedelta(hours=1)).isoformat()
    status, answer = release(client, auth, facility="W1", ship_by_until=until)
    assert (status, answer) == (200, {"released": 1, "shipment_ids": [str(due)]})
    assert release(client, auth, facility="W1")[1]["shipment_ids"] == [str(later)]
    assert house.find(elsewhere).status == "planned"


def test_shipments_are_released_by_name_all_or_none(house, client, auth):
    first, second = house.shipment({"S1": 1}), house.shipment({"S1": 1})
    elsewhere = house.shipment({"S1": 1}, "W2")
    named = [str(first), str(elsewhere)]
    status, answer = release(client, auth, facility="W1", shipment_ids=named)
    assert (status, list(answer["errors"])) == (422, ["shipment_ids.1"])
    assert release(client, auth, facility="W1", shipment_ids=[str(first)])[0] == 200
    named = [str(first), str(second)]
    assert release(client, auth, facility="W1", shipment_ids=named)[0] == 409
    assert house.find(second).status == "planned"


def test_a_release_names_a_known_facility_and_real_shipments(house, client, auth):
    assert list(release(client, auth, facility="W9")[1]["errors"]) == ["facility"]
    status, answer = release(client, auth, facility="W1", shipment_ids=["7"])
    assert (status, list(answer["errors"])) == (422, ["shipment_ids.0"])


def test_a_handover_and_a_cancellation_at_once_have_one_winner(app, house, packed, auth):
    order_ids = [house.order({"S1": 1}) for _ in range(5)]
    shipments = {order_id: packed({"S1": 1}, order_id=order_id) for order_id in order_ids}
    headers = auth("warehouse")

    def hand_over(order_id):
        path = f"/v1/shipments/{shipments[order_id]}/handover"
        return app.test_client().post(path, headers=headers).status_code == 200

    def cancel(order_id):
        with transaction():
            service.cancel_all(order_id)

    def at_once(work):
        with app.app_context():
            start.wait()
            return work()

    start = Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        for order_id in order_ids:
            gone = threads.submit(at_once, partial(hand_over, order_id))
            threads.submit(at_once, partial(cancel, order_id)).result()
            expected = "handed_over" if gone.result() else "cancelled"
            assert house.find(shipments[order_id]).status == expected
    assert house.level().reserved == 0
    assert house.broken() == []
