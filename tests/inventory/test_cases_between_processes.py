"""The cases 16 to 19 and 21 between real processes: two servers on one database, many clients."""

import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import func, select

from fulfillment.app import create_app
from fulfillment.inventory.models import Hold, Movement, Promise
from fulfillment.orders.models import Order
from fulfillment.platform import audit
from fulfillment.platform.db import db
from tests.conftest import settings_for
from tests.rivals import at_once
from tests.servers import Server, request
from tests.world import CUSTOMER, admin_headers, furnish, lines_of

SHOPPER = Path(__file__).with_name("shopper.py")
KILLS = 3


@dataclass(frozen=True)
class Shop:
    """Two servers, and the database that they share."""

    servers: list[Server]
    headers: dict[str, str]

    def post(self, turn, path, body, **headers):
        """Send to one server or the other; return the status."""
        port = self.servers[turn % 2].port
        return request(port, "POST", f"/v1/{path}", body, self.headers | headers)

    def order(self, turn, ref, lines):
        body = {"order_ref": ref, "destination": CUSTOMER, "lines": lines_of(lines)}
        return self.post(turn, "orders", body)[0]

    def level(self, sku, facility="W1"):
        return request(
            self.servers[0].port, "GET", f"/v1/stock/{facility}/{sku}", None, self.headers
        )[2]


@pytest.fixture(scope="module")
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def shop(engine, request, tmp_path_factory):
    """Two running servers on a database with stock."""
    folder = tmp_path_factory.mktemp("shop")
    template = request.getfixturevalue(f"{engine}_template")
    if engine == "sqlite":
        url = f"sqlite:///{shutil.copy(template, folder / 'shop.db')}"
    else:
        url = request.getfixturevalue("postgres_server").new_database(template)
    servers = [Server(url, folder / f"log {number}") for number in range(2)]
    app = create_app(settings_for(url))
    with ExitStack() as killed_in_the_end, app.app_context():
        for server in servers:
            killed_in_the_end.callback(server.kill)
            server.start()
        headers = admin_headers()
        stock = {"S1": 20, "S2": 12, "T16": 10, "T17": 10, "T18a": 500, "T18b": 500, "T19": 5}
        furnish({"W1": stock}, {}, 1000, {})
        db.session.remove()
        for server in servers:
            server.wait_until_ready()
        yield Shop(servers, headers)
        db.session.remove()
        db.engine.dispose()


def no_findings():
    db.session.rollback()
    report = audit.run()
    assert report.ok, report
    return True


def test_case_16_two_servers_never_promise_the_same_unit(shop):
    works = [lambda n=n: shop.order(n, f"sixteen {n}", {"T16": 1}) for n in range(50)]
    assert Counter(at_once(works)) == {201: 10, 409: 40}
    assert shop.level("T16")["promisable"] == 0
    assert no_findings()


def test_case_17_two_servers_lose_no_update(shop):
    def adjust(turn, units):
        row = {"kind": "adjustment", "sku": "T17", "facility": "W1", "quantity": units}
        return shop.post(turn, "stock/movements", {"movements": [{**row, "reason": "lost"}]})[0]

    for first, second, left in ((-4, -6, 0), (5, 5, 10)):
        works = [lambda u=units, t=turn: adjust(t, u) for turn, units in enumerate((first, second))]
        assert at_once(works) == [201, 201]
        assert shop.level("T17")["on_hand"] == left


def test_case_18_two_servers_never_wait_for_each_other_in_a_ring(shop):
    ways = ({"T18a": 1, "T18b": 1}, {"T18b": 1, "T18a": 1})

    def shop_often(turn):
        return [shop.order(turn, f"eighteen {turn} {n}", ways[turn % 2]) for n in range(25)]

    works = [lambda turn=turn: shop_often(turn) for turn in range(4)]
    assert Counter(chain.from_iterable(at_once(works))) == {201: 100}
    assert [shop.level(sku)["reserved"] for sku in ("T18a", "T18b")] == [100, 100]


def test_case_19_twins_at_two_servers_have_one_effect(shop):
    body = {"movements": [{"kind": "receipt", "sku": "T19", "facility": "W1", "quantity": 5}]}
    twins = [
        lambda turn=turn: shop.post(turn, "stock/movements", body, **{"Idempotency-Key": "twin"})
        for turn in range(6)
    ]
    answers = at_once(twins)
    assert [status for status, _, _ in answers] == [201] * 6
    replayed = [{n.lower() for n in headers} for _, headers, _ in answers]
    assert sum("idempotency-replayed" in names for names in replayed) == 5
    assert shop.level("T19")["on_hand"] == 10


@contextmanager
def shoppers(shop, folder, names):
    """Let client processes book and buy; they end with the block."""
    secret = shop.headers["Authorization"].removeprefix("Bearer ")
    ports = [str(server.port) for server in shop.servers]
    running = []
    for name in names:
        with (folder / name).open("wb") as told:
            command = [sys.executable, str(SHOPPER), name, secret, *ports]
            running.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=told))
    try:
        yield
    finally:
        for shopper in running:
            shopper.stdin.close()
        assert [shopper.wait(60) for shopper in running] == [0] * len(names)


def test_case_21_killed_again_and_again_every_acknowledged_write_is_there_once(shop, tmp_path):
    names = ["Ann", "Bob", "Cid"]
    with shoppers(shop, tmp_path, names):
        for turn in range(KILLS):
            acknowledged_more(tmp_path, names)
            # First the one, then both at once, then the other: the rest go on meanwhile.
            killed = (shop.servers[:1], shop.servers, shop.servers[1:])[turn % 3]
            for server in killed:
                server.kill()
            for server in killed:
                server.start()
        acknowledged_more(tmp_path, names)
    for server in shop.servers:
        server.kill()
    told = acknowledged(tmp_path, names)
    assert {status for _, status, _, _ in told} == {201, 409}
    kept = {kind: {} for kind in ("movement", "hold", "order")}
    for kind, status, ref, row_id in told:
        if status == 201:
            kept[kind][ref] = row_id
    assert all(kept.values())
    check_written_once(kept)
    assert no_findings()


def acknowledged(folder, names):
    return [json.loads(line) for name in names for line in (folder / name).read_text().splitlines()]


def acknowledged_more(folder, names, more=8, seconds=40):
    """Wait until the shoppers have got some more answers."""
    enough = len(acknowledged(folder, names)) + more
    deadline = time.monotonic() + seconds
    while len(acknowledged(folder, names)) < enough:
        assert time.monotonic() < deadline, "the servers do not answer"
        time.sleep(0.02)


def check_written_once(kept):
    db.session.rollback()
    receipts = dict(
        db.session.execute(
            select(Movement.reference, func.count()).group_by(Movement.reference)
        ).all()
    )
    assert {ref: receipts.get(ref) for ref in kept["movement"]} == dict.fromkeys(
        kept["movement"], 1
    )
    holds = {hold.cart_ref: str(hold.id) for hold in db.session.scalars(select(Hold))}
    assert {ref: holds.get(ref) for ref in kept["hold"]} == kept["hold"]
    orders = {order.order_ref: order for order in db.session.scalars(select(Order))}
    assert {ref: str(orders[ref].id) for ref in kept["order"]} == kept["order"]
    promised = select(Promise.reference, Promise.sku, func.sum(Promise.quantity)).where(
        Promise.owner_kind == "order", Promise.closed_at.is_(None)
    )
    rows = db.session.execute(promised.group_by(Promise.reference, Promise.sku)).all()
    units = {(ref, sku): n for ref, sku, n in rows}
    assert {units.get((ref, sku)) for ref in kept["order"] for sku in ("S1", "S2")} == {1}
