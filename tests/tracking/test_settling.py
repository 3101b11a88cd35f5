"""Shipments that their carrier has, whether or not somebody handed them over."""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fulfillment.platform.context import Role
from fulfillment.platform.db import transaction
from fulfillment.platform.keys import create
from fulfillment.tracking import watching

WORDS = [
    "unknown",
    "pre_transit",
    "in_transit",
    "out_for_delivery",
    "attempt_failed",
    "failure",
    "delivered",
    "return_to_sender",
]


def test_what_is_packed_is_handed_over_first_and_its_stock_leaves_once(fast, ship, tell, status):
    shipment = ship(to="pack")
    before = fast.level()["on_hand"]
    tell(shipment, ("in_transit", -2))
    tell(shipment, ("out_for_delivery", -1))
    assert status(shipment) == "out_for_delivery"
    after = fast.level()
    assert (after["on_hand"], after["reserved"]) == (before - 1, 0)
    assert fast.get(f"shipments/{shipment['id']}")["tracking_number"].startswith("FA")


def test_announced_is_not_handed_over(fast, ship, tell, status):
    shipment = ship(to="pack")
    tell(shipment, ("pre_transit", -2))
    assert status(shipment) == "packed"
    assert fast.level()["reserved"] == 1


def test_an_event_before_its_time_is_kept_flagged_and_counts_after_the_handover(
    fast, ship, tell, status
):
    shipment = ship(to="pick")
    [outcome] = tell(shipment, ("in_transit", 0))["outcomes"]
    assert outcome["outcome"] == "recorded"
    assert outcome["problem"] == "Not handed over: it is picked."
    assert status(shipment) == "picked"
    [event] = fast.get(f"shipments/{shipment['id']}/events")["items"]
    assert event["problem"] == "Not handed over: it is picked."
    for step in ("pack", "handover"):
        assert fast.post(f"shipments/{shipment['id']}/{step}").status_code == 200
    watching.refresh()
    assert status(shipment) == "in_transit"
    assert fast.get(f"shipments/{shipment['id']}/events")["items"][0]["problem"] is None


def test_a_count_that_says_the_goods_are_not_there_leaves_them_packed(fast, ship, tell, status):
    shipment = ship(to="pack")
    here = {"sku": "S1", "facility": "W1"}
    counted = {**here, "kind": "count", "quantity": 0, "reason": "found none"}
    assert fast.move(counted).status_code == 201
    [outcome] = tell(shipment, ("in_transit", 0))["outcomes"]
    assert outcome["problem"].startswith("Not handed over: ")
    assert status(shipment) == "packed"
    assert fast.level()["on_hand"] == 0
    assert fast.move({**here, "kind": "receipt", "quantity": 5}).status_code == 201
    tell(shipment, ("in_transit", 0))
    assert status(shipment) == "in_transit"


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    told=st.lists(st.tuples(st.sampled_from(WORDS), st.integers(-40, 0)), min_size=1, max_size=8),
    corrected=st.sets(st.integers(0, 7), max_size=2),
    seed=st.integers(0, 99),
)
def test_whatever_order_events_come_in_the_state_is_the_same(fast, ship, told, corrected, seed):
    at = "2026-11-{:02d}T{:02d}:00:00Z".format
    ends = set()
    for trial in range(3):
        shipment = ship()
        prefix = shipment["id"]
        rows = [
            {
                "event_id": f"{prefix}-{n}",
                "shipment_id": shipment["id"],
                "status": word,
                "occurred_at": at(*divmod(20 * 24 + hours, 24)),
            }
            for n, (word, hours) in enumerate(told)
        ]
        rows += [
            dict(rows[n], event_id=f"{prefix}-c{n}", status="unknown", corrects=f"{prefix}-{n}")
            for n in sorted(corrected)
            if n < len(told)
        ]
        rows += rows[:2]
        Random(seed + trial).shuffle(rows)
        for start in range(0, len(rows), 3):
            answer = fast.post("tracking-events", {"events": rows[start : start + 3]})
            assert answer.get_json()["refused"] == 0
        now = fast.get(f"shipments/{shipment['id']}")
        ends.add((now["status"], now["delivered_at"]))
    assert len(ends) == 1


def test_the_same_and_different_events_at_once_leave_one_state_and_no_deadlock(app, fast, ship):
    shipments = [ship(to="pack") for _ in range(4)]
    with transaction():
        headers = {"Authorization": f"Bearer {create(Role.CARRIER, carrier='FAST')}"}
    start = Barrier(4)

    def rows(n):
        order = shipments if n % 2 else shipments[::-1]
        return [
            {
                "event_id": f"{shipment['id']}-{word}" + (f"-{n}" if word == "in_transit" else ""),
                "shipment_id": shipment["id"],
                "status": word,
                "occurred_at": "2026-11-20T12:00:00Z",
            }
            for shipment in order
            for word in ("in_transit", "delivered")
        ]

    def post(n):
        with app.app_context():
            start.wait()
            body = {"events": rows(n)}
            answer = app.test_client().post("/v1/tracking-events", json=body, headers=headers)
            return answer.status_code, answer.get_json()["recorded"]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(post, range(4)))
    assert {status for status, _ in answers} == {200}
    assert sum(recorded for _, recorded in answers) == 4 * 4 + 4
    for shipment in shipments:
        assert fast.get(f"shipments/{shipment['id']}")["status"] == "delivered"
    assert fast.level()["on_hand"] == 1000 - 4
