"""Shops on this machine: they knock at our doors, and listen to what they are told."""

import base64
import copy
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from fulfillment.integrations import inbox
from fulfillment.integrations.desk import SHOPS
from fulfillment.integrations.models import Message
from fulfillment.network.models import Carrier
from fulfillment.platform import outbox
from fulfillment.platform.db import db, transaction
from fulfillment.platform.webhooks import patience
from fulfillment.platform.webhooks.postman import Postman
from tests.conftest import settings_for
from tests.platform.webhooks.conftest import QuietServer
from tests.world import world

__all__ = ["world"]

DOCUMENTS = Path(__file__).parent / "documents"
SECRET = "hush"
TOKENS = {"shopify": "shpat_1", "woocommerce": "ck_1:cs_1"}


@pytest.fixture
def settings(database_url):
    return settings_for(
        database_url, webhook_private_targets="on", webhook_plain_http="on", webhook_seconds=2.0
    )


def document(name, **changes):
    """Return a recorded document, with some of its fields changed."""
    return {**copy.deepcopy(json.loads((DOCUMENTS / f"{name}.json").read_text())), **changes}


class Server:
    """A shop's API in a thread: `answer(method, path, document)` gives a status and a document."""

    def __init__(self, answer):
        self.answer, self.calls, self.headers = answer, [], []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                said = json.loads(raw)
                server.calls.append((self.command, self.path, said))
                server.headers.append(self.headers)
                status, told = server.answer(self.command, self.path, said)
                body = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_PUT = do_POST

            def log_message(self, *_):
                pass

        self.http = QuietServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,))
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_port}"

    def stop(self):
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


class House:
    """Our side: a shop that is known here, and a worker that goes when he is told to."""

    def __init__(self, app, world):
        self.world, self.client = world, world.client
        self.postman = Postman(app, SHOPS)
        self.servers = []

    def serve(self, answer):
        self.servers.append(Server(answer))
        return self.servers[-1]

    def put(self, code="shop", kind="woocommerce", expected=(200, 201), **body):
        body = {"kind": kind, "url": "http://127.0.0.1:9", **body}
        url = f"/v1/integrations/{code}"
        answer = self.client.put(url, json=body, headers=self.world.headers)
        assert answer.status_code in expected, answer.get_json()
        return answer

    def woo(self, order, topic="order.updated", secret=SECRET, delivery="d-1", code="shop"):
        raw = json.dumps(order).encode()
        headers = {
            "X-WC-Webhook-Source": "https://example.com/",
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Resource": "order",
            "X-WC-Webhook-Event": topic.partition(".")[2],
            "X-WC-Webhook-Signature": sign(secret, raw),
            "X-WC-Webhook-ID": "5",
            "X-WC-Webhook-Delivery-ID": delivery,
            "Content-Type": "application/json",
        }
        return self.client.post(f"/v1/integrations/{code}/woocommerce", data=raw, headers=headers)

    def notify(self, kind="FULFILLMENT_REQUEST", secret=SECRET, code="shop"):
        raw = json.dumps({"kind": kind}).encode()
        headers = {"X-Shopify-Hmac-Sha256": sign(secret, raw), "Content-Type": "application/json"}
        url = f"/v1/integrations/{code}/shopify/fulfillment_order_notification"
        return self.client.post(url, data=raw, headers=headers)

    def fetch(self, what, pairs, secret=SECRET, code="shop"):
        query = urlencode(pairs)
        headers = {"X-Shopify-Hmac-Sha256": sign(secret, query.encode())} if secret else {}
        return self.client.get(f"/v1/integrations/{code}/shopify/{what}?{query}", headers=headers)

    def work(self):
        """Do all that waits here, and take all that waits to the shops, until nothing does."""
        deadline = time.monotonic() + 20
        while True:
            db.session.rollback()
            busy = [outbox.dispatch(), inbox.work_next(), self.postman.round()]
            assert busy[2] is not None
            if not any(busy) and not self.postman.under_way:
                return
            assert time.monotonic() < deadline, "it took too long"
            time.sleep(0.01)

    def messages(self, **where):
        db.session.rollback()
        found = select(Message).filter_by(**where).order_by(Message.id)
        return db.session.scalars(found.execution_options(populate_existing=True)).all()

    def outcomes(self, **where):
        return [(message.status, message.problem) for message in self.messages(**where)]

    def order(self, ref):
        [order] = self.world.get(f"orders?order_ref={ref}")["items"]
        return order

    def hand_over(self, order):
        for shipment in order["shipments"]:
            for step in ("pick", "pack", "handover"):
                answer = self.world.post(f"shipments/{shipment['id']}/{step}")
                assert answer.status_code == 200, answer.get_json()


def sign(secret, raw):
    return base64.b64encode(hmac.digest(secret.encode(), raw, hashlib.sha256)).decode()


@pytest.fixture
def house(app, world):
    """S1 and S2 are in W1; the carrier FAST numbers its parcels."""
    with transaction() as session:
        session.add(Carrier(code="FAST", name="Fast Freight", tracking_prefix="FA"))
        session.flush()
    rate = {"service": "ground", "max_weight_g": 100_000, "price": "9.00", "transit_days": 3}
    assert world.post("carriers/FAST/rates", {"rates": [rate]}).status_code == 200
    world.has({"W1": {"S1": 10, "S2": 10}, "W2": {"S1": 5}}, km={"W1": 10, "W2": 900})
    house = House(app, world)
    yield house
    house.postman.finish()
    for server in house.servers:
        server.stop()


@pytest.fixture
def no_pauses(monkeypatch):
    """Tries follow each other at once."""
    monkeypatch.setattr(patience, "FIRST_PAUSE", patience.FIRST_PAUSE * 0)
    monkeypatch.setattr(patience, "LONGEST_REST", patience.LONGEST_REST * 0)
