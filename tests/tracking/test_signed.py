"""Events that a carrier signs."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from tests.tracking.conftest import SECRET

AT = "2026-11-20T12:00:00+00:00"


@pytest.fixture
def push(client, fast):
    """Post a body to the carrier's address, signed by the reference implementation."""

    def post(body, *, carrier="FAST", secret=SECRET, at=None, **changed):
        raw, moment = json.dumps(body), at or datetime.now(UTC)
        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(secret).sign("msg_1", moment, raw),
            "Content-Type": "application/json",
        }
        headers |= {f"webhook-{name}": value for name, value in changed.items()}
        return client.post(f"/v1/carriers/{carrier}/events", data=raw, headers=headers)

    return post


def events(shipment, status="delivered"):
    row = {"event_id": "e", "tracking_number": shipment["tracking_number"], "status": status}
    return {"events": [row | {"occurred_at": AT}]}


def test_a_signed_event_needs_no_key_and_its_replay_is_harmless(push, ship, status):
    shipment = ship()
    assert push(events(shipment)).get_json()["recorded"] == 1
    assert status(shipment) == "delivered"
    assert push(events(shipment)).get_json()["duplicate"] == 1


def test_what_is_not_signed_by_the_carrier_is_refused(push, ship, status):
    shipment = ship()
    body, now = events(shipment), datetime.now(UTC)
    other = "whsec_" + base64.b64encode(b"x" * 24).decode()
    refused = [
        push(body, secret=other),
        push(body, carrier="NOBODY"),
        push(body, at=now - timedelta(minutes=6)),
        push(body, at=now + timedelta(minutes=6)),
        push(body, signature="v1,"),
        push(body, signature=""),
        push(body, id="msg_2"),
        push(body, timestamp="soon"),
        push(body, timestamp="\u0661"),
    ]
    assert {answer.status_code for answer in refused} == {401}
    assert len({answer.get_json()["detail"] for answer in refused}) == 1
    assert status(shipment) == "handed_over"


def test_one_of_several_signatures_is_enough(push, ship):
    shipment, moment = ship(), datetime.now(UTC)
    raw = json.dumps(events(shipment))
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    text = f"msg_1.{int(moment.timestamp())}.{raw}".encode()
    ours = base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode()
    answer = push(events(shipment), at=moment, signature=f"v1,bm9uZQ== v1,{ours}")
    assert answer.get_json()["recorded"] == 1


def test_a_carrier_signs_for_its_own_shipments_only(push, fast, ship):
    order = fast.order("by nobody", {"S1": 1}).get_json()
    assert order["shipments"][0]["carrier"] == "FAST"
    assert fast.client.put(
        "/v1/carriers/SLOW", json={"event_secret": SECRET}, headers=fast.headers
    ).status_code in (200, 201)
    assert push(events(ship()), carrier="SLOW").get_json()["unknown_shipment"] == 1


def test_the_secret_is_never_shown_and_stays_until_it_is_ended(push, fast, ship):
    def put(**body):
        return fast.client.put("/v1/carriers/FAST", json=body, headers=fast.headers)

    assert "event_secret" not in put(name="Faster").get_json()
    assert SECRET not in json.dumps(fast.get("carriers/FAST"))
    shipment = ship()
    assert push(events(shipment)).status_code == 200
    assert put(event_secret="short").status_code == 422
    assert put(event_secret=None).status_code == 200
    assert push(events(shipment)).status_code == 401
