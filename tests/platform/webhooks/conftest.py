"""Receivers of webhooks on this machine, and a world that tells them."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from fulfillment.platform import outbox
from fulfillment.platform.db import db, transaction
from fulfillment.platform.webhooks import patience
from fulfillment.platform.webhooks.models import Delivery, Webhook
from fulfillment.platform.webhooks.postman import Postman
from fulfillment.platform.webhooks.trying import WEBHOOKS
from tests.conftest import settings_for
from tests.world import world

__all__ = ["world"]


@pytest.fixture
def settings(database_url):
    return settings_for(
        database_url, webhook_private_targets="on", webhook_plain_http="on", webhook_seconds=2.0
    )


@dataclass
class Message:
    """What a receiver was sent."""

    headers: dict
    body: bytes

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def content(self):
        return json.loads(self.body)

    @property
    def n(self):
        return self.content["data"]["n"]


@dataclass
class Receiver:
    """An HTTP server in a thread; `answer(handler)` is what it does with a message."""

    answer: object
    messages: list = field(default_factory=list)

    def __post_init__(self):
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.messages.append(Message(headers, self.rfile.read(length)))
                receiver.answer(self)

            def log_message(self, *_):
                pass

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/hook?token=x"

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_):
        """Say nothing: our side hangs up on purpose."""


def says(status, **headers):
    """Return a receiver's answer of this status."""

    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@pytest.fixture
def receiver():
    """`receiver(answer)` starts one; it takes everything by default."""
    started = []

    def start(answer=None):
        started.append(Receiver(answer or says(204)))
        return started[-1]

    yield start
    for one in started:
        one.stop()


class Post:
    """Webhooks, news, and a postman who goes when he is told to."""

    def __init__(self, app, world):
        self.app = app
        self.world = world
        self.postman = Postman(app, WEBHOOKS)
        self.secrets = {}

    def put(self, code="shop", expected=(200, 201), **body):
        answer = self.world.client.put(
            f"/v1/webhooks/{code}", json=body, headers=self.world.headers
        )
        assert answer.status_code in expected, answer.get_json()
        made = answer.get_json()
        if made.get("secret"):
            self.secrets[code] = made["secret"]
        return made

    def tell(self, *numbers, kind="order.placed", subject="o-1"):
        """Publish news, each in a transaction of its own."""
        for n in numbers:
            with transaction():
                outbox.publish(kind, subject, n=n)

    def go(self, until=lambda: True, seconds=20):
        """Let the postman go round until nothing is under way and `until` is true."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.postman.round()
            assert found is not None
            if not found and not self.postman.under_way and until():
                return
            assert time.monotonic() < deadline, "it took too long"
            time.sleep(0.01)

    def deliveries(self, code="shop", **where):
        db.session.rollback()
        found = select(Delivery).filter_by(webhook=code, **where).order_by(Delivery.event_id)
        return db.session.scalars(found).all()

    def statuses(self, code="shop"):
        return [delivery.status for delivery in self.deliveries(code)]

    def webhook(self, code="shop"):
        db.session.rollback()
        return db.session.get(Webhook, code, populate_existing=True)


@pytest.fixture
def post(app, world):
    post = Post(app, world)
    yield post
    post.postman.finish()


@pytest.fixture
def no_pauses(monkeypatch):
    """Tries follow each other at once."""
    monkeypatch.setattr(patience, "FIRST_PAUSE", patience.FIRST_PAUSE * 0)
    monkeypatch.setattr(patience, "LONGEST_REST", patience.LONGEST_REST * 0)
