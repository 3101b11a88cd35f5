"""A carrier that is an HTTP server on this machine, and a postman who goes when told to."""

import json
import time
from uuid import UUID

import pytest
from sqlalchemy import select

from fulfillment.platform.db import db
from fulfillment.platform.webhooks import patience
from fulfillment.platform.webhooks.postman import Postman
from fulfillment.shipping.carriers import asking
from fulfillment.shipping.carriers.models import CarrierRequest
from tests.conftest import settings_for
from tests.platform.webhooks.conftest import receiver, says

__all__ = ["receiver"]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def settings(database_url, tmp_path):
    return settings_for(
        database_url,
        webhook_private_targets="on",
        webhook_plain_http="on",
    )


def answers(document, status=200, **headers):
    """Return a carrier's answer of this JSON."""
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()

    def answer(handler):
        handler.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    return answer


class Numbers:
    """A carrier's own books: one shipment for each idempotency key, however often it comes."""

    def __init__(self, first=100, **more):
        self.booked = {}
        self.first = first
        self.more = more

    def __call__(self, handler):
        key = handler.headers["Idempotency-Key"]
        number = self.booked.setdefault(key, f"N{self.first + len(self.booked)}")
        answers({"tracking_number": number, **self.more})(handler)


class Dock:
    """Shipments for the carrier HTTPX, and the postman who speaks to it."""

    def __init__(self, app, client, headers, packed, send):
        self.postman = Postman(app, asking.CARRIERS)
        self.client = client
        self.headers = headers
        self.packed = packed
        self.send = send

    def put(self, code="HTTPX", expected=(200, 201), **body):
        body = {"name": code, "type": "http", **body}
        answer = self.client.put(f"/v1/carriers/{code}", json=body, headers=self.headers)
        assert answer.status_code in expected, answer.get_json()
        return answer.get_json()

    def get(self, path, **more):
        answer = self.client.get(f"/v1/{path}", headers=self.headers | more)
        assert answer.status_code == 200, answer.get_data()
        return answer

    def post(self, path, body=None):
        return self.client.post(f"/v1/{path}", json=body or {}, headers=self.headers)

    def ship(self, *, code="HTTPX", **options):
        """Plan, pick, pack and hand over a shipment; return its id."""
        shipment_id = self.packed({"S1": 1}, carrier=code, service="std", **options)
        assert self.send(shipment_id, "handover").status_code == 200
        return shipment_id

    def shipment(self, shipment_id):
        return self.get(f"shipments/{shipment_id}").get_json()

    def said(self, shipment_id):
        """Return what the carrier says of a shipment: status, number, problem."""
        shipment = self.shipment(shipment_id)
        return tuple(shipment[f"{name}"] for name in ("carrier_status", "tracking_number"))

    def requests(self, **where):
        db.session.rollback()
        found = select(CarrierRequest).filter_by(**where).order_by(CarrierRequest.id)
        return db.session.scalars(found.execution_options(populate_existing=True)).all()

    def go(self, until=lambda: True, seconds=20):
        """Let the postman go round until nothing is under way and `until` is true."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.postman.round()
            assert found is not None
            if not found and not self.postman.under_way and until():
                return
            assert time.monotonic() < deadline, [r.problem for r in self.requests()]
            time.sleep(0.01)

    def once(self):
        """Let the postman try once whatever is due."""
        self.postman.round()
        self.go(lambda: True)


@pytest.fixture
def dock(app, client, auth, house, packed, send):
    dock = Dock(app, client, auth("admin"), packed, send)
    yield dock
    dock.postman.finish()
    assert house.broken() == []


@pytest.fixture
def no_pauses(monkeypatch):
    """Tries follow each other at once."""
    monkeypatch.setattr(patience, "FIRST_PAUSE", patience.FIRST_PAUSE * 0)
    monkeypatch.setattr(patience, "LONGEST_REST", patience.LONGEST_REST * 0)


def fails_at_first(times, how, then):
    """Return an answer that misbehaves so many times per request, and is `then`."""
    seen = {}

    def answer(handler):
        key = handler.headers["Idempotency-Key"]
        seen[key] = seen.get(key, 0) + 1
        (how if seen[key] <= times else then)(handler)

    return answer


def ids(*shipments):
    return [UUID(str(one)) for one in shipments]


__all__ += ["answers", "says"]
