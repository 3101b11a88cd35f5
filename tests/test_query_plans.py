"""In a house of many years no endpoint and no job reads a growing table from end to end.

Every GET is asked with each of its filters, on its first page and far behind it: a new list is
found by itself. What the database was asked is heard at the driver, and explained by the database.
"""

import base64
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text

from fulfillment.app import create_app
from fulfillment.catalog.models import Item
from fulfillment.integrations import inbox, messages, shops
from fulfillment.integrations.desk import SHOPS
from fulfillment.integrations.handover import HANDOVERS
from fulfillment.integrations.shopify import reads
from fulfillment.inventory import reservations
from fulfillment.inventory.counting import days as counts
from fulfillment.network.models import Carrier
from fulfillment.planning import outlook, runs
from fulfillment.platform import clock, outbox
from fulfillment.platform.config import Settings
from fulfillment.platform.db import db, transaction
from fulfillment.platform.jobs import runs as job_runs
from fulfillment.platform.webhooks import lag, spreading, trying
from fulfillment.platform.webhooks.sending import Answer
from fulfillment.scheduler import purge, queue_wave, seed
from fulfillment.shipping.carriers import asking, booking
from fulfillment.shipping.models import Shipment
from fulfillment.supply import inbound
from fulfillment.supply.suppliers import terms
from fulfillment.tracking import files, watching
from tests import grown
from tests.conftest import settings_for
from tests.engines import DatabaseServer
from tests.explained import Ear, full_scans
from tests.grown import Size
from tests.world import CUSTOMER, World, admin_headers, facility

# SQLite plans by the indexes alone, PostgreSQL by how many rows there are.
SIZES = {"sqlite": (500, 40), "postgresql": (10_000, 1000)}
NOW = clock.now()
READS_EVERYTHING = ("/v1/audit",)
# By intention: the catalogue is searched for a tag, the outlook is of all that sells, and what to
# count is chosen of all that is stocked.
MAY_SCAN = {
    ("/v1/items?tag=fragile", "items"),
    ("outlook", "forecasts"),
    ("outlook", "items"),
    ("outlook", "stock_levels"),
    ("cycle counts", "items"),
    ("cycle counts", "stock_levels"),
}


@dataclass
class House:
    """A grown world, its client, and the ear that listens."""

    size: Size
    world: World
    ear: Ear

    def read(self, url: str) -> Any:
        """Read what is there."""
        self.ear.doing = url
        return self.world.get(url.removeprefix("/v1/"))

    def done(self, path: str, body: Any = None) -> Any:
        """Post twice under one key, and return the answer of both."""
        self.ear.doing = path
        key = str(uuid4())
        for _ in range(2):
            answer = self.world.post(path, body, Idempotency_Key=key)
            assert answer.status_code in (200, 201, 202), answer.get_json()
        return answer.get_json()

    def tells_of_no_scan(self) -> None:
        self.ear.doing = ""
        assert "\n".join(full_scans(self.ear, MAY_SCAN)) == ""


@pytest.fixture
def settings(database_url: str) -> Settings:
    # Of a few days only: who wants a tenth of a table is best served by all of it.
    return settings_for(
        database_url,
        outlook_days=3,
        counts_history_days=3,
        wave_reconsiders=50,
        wave_seconds=2.0,
    )


def size_on(engine: str) -> Size:
    return Size(*SIZES[engine], facilities=8, receipts=3, now=NOW)


@pytest.fixture(scope="module")
def sqlite_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The schema with years of business in it: grown once, copied for every test."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("grown") / "grown.db")
    grow(f"sqlite:///{path}", size_on("sqlite"))
    return path


@pytest.fixture(scope="module")
def postgresql_template(postgresql_template: str, postgres_server: DatabaseServer) -> str:
    url = postgres_server.new_database(postgresql_template)
    grow(url, size_on("postgresql"))
    return url


def grow(url: str, size: Size) -> None:
    with create_app(settings_for(url)).app_context():
        with transaction() as session:
            codes = [size.place_of(n * size.skus) for n in range(size.facilities)]
            session.add_all(facility(code, 100 * n) for n, code in enumerate(codes))
            skus = map(size.sku_of, range(size.skus))
            session.add_all(Item(sku=sku, name=sku, weight_g=500, gtin=None) for sku in skus)
            session.add(Carrier(code=codes[1], name="of the same name"))
            session.flush()
            grown.fill(session.connection(), size)
        seed()
        analyze()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def house(app, client, engine) -> House:
    world, ear = World(client, admin_headers()), Ear()
    event.listen(db.engine, "connect", ear.listen)
    db.session.remove()
    db.engine.dispose()
    return House(size_on(engine), world, ear)


def urls_of(path: str, operations: Any, known: dict[str, list[str]]) -> Iterator[str]:
    """Yield the path as it is, and with each value of each of its filters."""
    stated = [*operations.get("parameters", ()), *operations["get"].get("parameters", ())]
    names = [parameter for parameter in stated if "name" in parameter]
    for name in (p["name"] for p in names if p["in"] == "path"):
        path = path.replace(f"{{{name}}}", known[name][0])
    asked = [parameter for parameter in names if parameter["in"] == "query"]
    needed = {p["name"]: known[p["name"]][0] for p in asked if p.get("required")}
    yield f"{path}?{urlencode(needed)}"
    for parameter in asked:
        name = parameter["name"]
        if name not in ("limit", "cursor"):
            values = parameter["schema"].get("enum") or known[name]
            if parameter["schema"].get("format") == "date":
                values = [value[:10] for value in values]
            yield from (f"{path}?{urlencode(needed | {name: value})}" for value in values)


def known_in(size: Size) -> dict[str, list[str]]:
    """Return values of path parameters and filters; a new one needs a line here."""
    half = size.orders // 20 * 10
    order, twin = str(size.made_id(half, half + 1)), str(size.made_id(half, half))
    receipts = size.levels * size.receipts
    bought = receipts // 2 + 1
    recently = (size.now - timedelta(days=2)).isoformat()
    return {
        "active": ["true"],
        "awaiting": ["true", "false"],
        "carrier": ["FAST"],
        "code": [size.place_of(size.skus)],
        "count_id": [twin],
        "country": ["US"],
        "customer_ref": ["customer-7"],
        "external_ref": [f"rma-{half}"],
        "facility": [size.place_of(size.skus)],
        "from": [recently],
        "ship_by_until": [recently],
        "from_facility": [size.place_of(0), size.place_of(size.skus)],
        "gtin": ["4006381333931"],
        "hold_id": [twin],
        "job": ["expire-holds"],
        "manifest_id": [twin],
        "moved": ["true", "false"],
        "name": ["default"],
        "order_id": [order],
        "order_ref": [f"order-{half}"],
        "plan_id": [twin],
        "purchase_order_id": [str(size.made_id(bought * size.orders // receipts, bought))],
        "reference": [f"move-{half}", f"buy-{bought}"],
        "return_id": [twin],
        "shipment_id": [twin],
        "show_book": ["true", "false"],
        "sku": [size.sku_of(1)],
        "subject": [f"gid-{half}"],
        "supplier": [size.place_of(0), size.place_of(size.skus)],
        "tag": ["fragile"],
        "to": [recently, size.made_at(5).isoformat()],
        "to_facility": [size.place_of(0), size.place_of(size.skus)],
        "transfer_id": [twin],
        "version": ["0"],
    }


def far_behind(cursor: str, size: Size) -> str:
    """Return a cursor of the same list, behind nine tenths of its rows."""
    values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    moved = json.dumps([moved_on(value, size) for value in values])
    return base64.urlsafe_b64encode(moved.encode()).decode().rstrip("=")


def moved_on(value: str, size: Size) -> str:
    number = size.orders * 9 // 10
    for form, late in ((UUID, size.made_id(number, number)), (datetime.fromisoformat, None)):
        try:
            form(value)
        except ValueError:
            continue
        return str(late or size.made_at(number).isoformat())
    return value


def analyze() -> None:
    with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))


def test_no_get_reads_a_growing_table_as_a_whole(house):
    document = house.world.client.get("/openapi.json").get_json()
    known = known_in(house.size)
    for path, operations in document["paths"].items():
        if "get" in operations and path.startswith("/v1/") and path not in READS_EVERYTHING:
            for url in urls_of(path, operations, known):
                page = house.read(url) or {}  # what is printed is no JSON
                if page.get("next_cursor"):
                    house.read(f"{url}&cursor={far_behind(page['next_cursor'], house.size)}")
    house.tells_of_no_scan()


def test_no_step_from_the_cart_to_the_dock_does(house):
    size, done = house.size, house.done
    lines = [{"sku": size.sku_of(n), "quantity": 1} for n in (0, 1)]
    cart = {"destination": CUSTOMER, "lines": lines}
    done("availability", {"skus": [line["sku"] for line in lines]})
    done("sourcing", cart)
    held = [done("reservations", {**cart, "cart_ref": f"c-{n}"}) for n in range(3)]
    done("reservations", {**cart, "cart_ref": "c-0"})
    many = [{**cart, "cart_ref": f"c-{n}"} for n in (2, 3)]
    done("reservations/bulk", {"reservations": many})
    done(f"reservations/{held[0]['id']}/extend", {"ttl_seconds": 60})
    house.ear.doing = "release"
    assert house.world.delete(f"reservations/{held[1]['id']}").status_code == 204
    done("orders", {"order_ref": "o-0", "reservation_id": held[0]["id"]})
    done("orders", {**cart, "order_ref": "o-w", "allocate": "wave"})
    orders = [done("orders", {**cart, "order_ref": f"o-{n}"}) for n in (1, 2, 3)]
    done(f"orders/{orders[0]['id']}/cancel")
    first, second = (order["shipments"][0]["id"] for order in orders[1:])
    for step in ("release", "pick", "pack", "void-label"):
        done(f"shipments/{first}/{step}")
    for line in lines:
        done(f"shipments/{first}/scan", {"code": line["sku"]})
    for step in ("pack", "handover"):
        done(f"shipments/{first}/{step}")
    done(f"shipments/{second}/reject", {"reason": "no_stock"})
    done("shipments/release", {"facility": size.place_of(size.skus)})
    house.tells_of_no_scan()


def test_no_handover_to_a_carrier_does(house):
    size, done = house.size, house.done
    line = {"sku": size.sku_of(0), "quantity": 1}
    orders = [
        done("orders", {"order_ref": f"o-{n}", "destination": CUSTOMER, "lines": [line]})
        for n in range(2)
    ]
    shipments = [order["shipments"][0] for order in orders]
    with transaction() as session:
        for shipment in shipments:
            session.get(Shipment, UUID(shipment["id"])).carrier = "FAST"
    for shipment in shipments:
        for step in ("pick", "pack"):
            done(f"shipments/{shipment['id']}/{step}")
    closed = done("manifests", {"facility": shipments[0]["facility"], "carrier": "FAST"})
    done(f"manifests/{closed['id']}/handover", {"ssccs": [closed["lines"][0]["sscc"]]})
    house.tells_of_no_scan()


def test_nothing_that_carriers_tell_does(house):
    size, done = house.size, house.done
    line = {"sku": size.sku_of(0), "quantity": 1}
    orders = [
        done("orders", {"order_ref": f"o-{n}", "destination": CUSTOMER, "lines": [line]})
        for n in range(2)
    ]
    shipments = [order["shipments"][0]["id"] for order in orders]
    for step in ("pick", "pack"):
        done(f"shipments/{shipments[0]}/{step}")
    known = {"occurred_at": size.made_at(9).isoformat(), "status": "delivered"}
    sscc = str(100_000_000_000_000_000 + size.shipped - 1)
    names = [*({"shipment_id": one} for one in shipments), {"sscc": sscc}]
    names.append({"tracking_number": "nobody's"})
    events = [{"event_id": f"e-{n}", **name, **known} for n, name in enumerate(names)]
    told = done("tracking-events", {"events": events})
    assert [told["recorded"], told["unknown_shipment"]] == [3, 1]
    link = done(f"orders/{orders[0]['id']}/tracking-link")["link"]
    house.ear.doing = "page"
    assert house.world.client.get(link).status_code == 200
    assert house.world.client.get("/track/nobody").status_code == 404
    house.tells_of_no_scan()


def test_no_movement_of_stock_does(house):
    size, done = house.size, house.done
    here = {"sku": size.sku_of(0), "facility": size.place_of(0)}
    came = done("stock/movements", {"movements": [{**here, "kind": "receipt", "quantity": 3}]})
    mistake = {"kind": "adjustment", "quantity": -3, "reason": "typing"}
    mistake["reverses"] = came["movements"][0]["id"]
    counted = {**here, "kind": "count", "quantity": 1}
    done("stock/movements", {"movements": [{**here, **mistake}, counted]})
    quiet = {**here, "sku": size.sku_of(1)}
    asked = done("counts", {**quiet, "reason": "looks odd"})
    done(f"counts/{asked['id']}/result", {"quantity": 900})
    done("stock/scan", {"code": here["sku"], "facility": here["facility"], "kind": "receipt"})
    ways = {"from_facility": size.place_of(0), "to_facility": size.place_of(size.skus)}
    lines = [{"sku": size.sku_of(3), "quantity": 2}]
    moved = done("transfers", {**ways, "lines": lines})
    for step in ("ship", "receive"):
        done(f"transfers/{moved['id']}/{step}")
    other = done("transfers", {**ways, "lines": lines})
    done(f"transfers/{other['id']}/cancel")
    house.tells_of_no_scan()


def test_nothing_that_is_bought_does(house):
    size, done = house.size, house.done
    lines = [{"sku": size.sku_of(3), "quantity": 2}]
    wish = {"supplier": size.place_of(0), "facility": size.place_of(0), "lines": lines}
    bought = done("purchase-orders", {**wish, "propose": True})
    for step in ("approve", "send", "receive"):
        done(f"purchase-orders/{bought['id']}/{step}")
    other = done("purchase-orders", wish)
    for step in ("send", "cancel"):
        done(f"purchase-orders/{other['id']}/{step}")
    house.ear.doing = "terms"
    db.session.rollback()
    assert len(terms.of([size.sku_of(n) for n in range(9)])) == 9
    assert inbound.units(date.max, clock.now()) == {}
    house.tells_of_no_scan()


def test_nothing_that_comes_back_does(house):
    done, line = house.done, {"sku": house.size.sku_of(0), "quantity": 1}
    order = done("orders", {"order_ref": "o-1", "destination": CUSTOMER, "lines": [line]})
    [shipment] = order["shipments"]
    for step in ("pick", "pack", "handover"):
        done(f"shipments/{shipment['id']}/{step}")
    back = {"facility": shipment["facility"], "lines": [line]}
    first = done(f"orders/{order['id']}/returns", back)
    done(f"returns/{first['id']}/cancel")
    came = line | {"condition": "unavailable", "reason": "wet"}
    second = done(f"orders/{order['id']}/returns", back)
    done(f"returns/{second['id']}/receive", {"lines": [came]})
    house.tells_of_no_scan()


def test_no_word_with_a_shop_does(house):
    code = house.size.place_of(house.size.skus)
    lines = [{"sku": house.size.sku_of(0), "quantity": 1, "name": "one"}]
    wish = {"wants": "place", "name": "#1", "order_ref": "o-1", "said_at": None}
    wish |= {"customer_ref": None, "lines": lines, "destination": CUSTOMER}
    with transaction():
        for topic in ("FULFILLMENT_REQUEST", "FULFILLMENT_REQUEST"):
            messages.keep(code, "in", topic, "gid-new", wish, "once")
    house.ear.doing = "inbox"
    assert inbox.work_next()
    assert not inbox.work_next()
    with transaction():
        shops.get_locked(code).token = "shpat_1"
        HANDOVERS.record(news_of_a_handover(house), None)
    house.ear.doing = "tries"
    db.session.rollback()
    assert SHOPS.ready()
    answers = Answer(500, "status 500"), Answer(200, None, body=b"{}")
    SHOPS.settle(code, list(zip(SHOPS.claim(code, 9, 1.0), answers, strict=True)))
    house.ear.doing = "questions"
    shop = shops.get(code)
    half = house.size.orders // 20 * 10
    assert reads.tracking_numbers(shop, [f"#{half}.1"]) == {}
    assert reads.stock(shop, house.size.sku_of(1), None)
    house.tells_of_no_scan()


def news_of_a_handover(house):
    half = house.size.orders // 20 * 10
    order, shipment = house.size.made_id(half, half + 1), house.size.made_id(half, half)
    return {"order_id": str(order), "shipment_id": str(shipment)}


def test_nothing_that_webhooks_do_does(house):
    size, done = house.size, house.done
    code = size.place_of(size.skus)
    with transaction():
        outbox.publish("order.placed", "o-1")
    since, until = (size.made_at(n).isoformat() for n in (3, 9))
    done(f"webhooks/{code}/replay", {"from": since, "to": until, "status": "delivered"})
    done(f"webhooks/{code}/replay", {"from": since, "to": until})
    done(f"webhooks/{code}/replay", {"ids": [str(size.made_id(20, 40))]})
    done(f"webhooks/{code}/test")
    house.ear.doing = "tries"
    for answer in (Answer(500, "status 500"), Answer(200, None)):
        db.session.rollback()
        spreading.spread()
        assert trying.ready()
        trying.settle(code, [(parcel, answer) for parcel in trying.claim(code, 9, 1.0)])
    assert lag.ages()[code] > 0
    house.tells_of_no_scan()


def test_nothing_that_carriers_are_asked_does(house):
    size, done = house.size, house.done
    line = {"sku": size.sku_of(0), "quantity": 1}
    order = done("orders", {"order_ref": "o-0", "destination": CUSTOMER, "lines": [line]})
    shipment = order["shipments"][0]
    with transaction() as session:
        asked = session.get(Carrier, "FAST")
        asked.type, asked.url = "http", "https://192.0.2.1/"
        session.get(Shipment, UUID(shipment["id"])).carrier = "FAST"
    for step in ("pick", "pack", "handover"):
        done(f"shipments/{shipment['id']}/{step}")
    for answer in (Answer(500, "status 500"), Answer(422, "status 422")):
        done(f"shipments/{shipment['id']}/ask-carrier")
        house.ear.doing = "asking"
        db.session.rollback()
        assert asking.ready()
        booking.settle("FAST", [(parcel, answer) for parcel in asking.claim("FAST", 9, 1.0)])
    house.tells_of_no_scan()


def test_no_job_does(house):
    # The first purge has years to delete; what counts is each that follows it.
    hours = settings_for("").idempotency_hours
    purge(hours)
    analyze()
    jobs = {
        "expire holds": reservations.sweep_expired,
        "purge": lambda: purge(hours),
        "news": outbox.dispatch,
        "outlook": outlook.refresh,
        "cycle counts": counts.plan_day,
        "watch": watching.refresh,
        "files": files.exchange,
        "occasion": lambda: queue_wave(50),
        "wave": runs.execute_next,
        "no occasion": lambda: queue_wave(50),
        "no plan": runs.execute_next,
        "runs that wait": job_runs.asked,
        "runs left by the dead": job_runs.bury,
    }
    for house.ear.doing, job in jobs.items():
        db.session.rollback()
        job()
    house.tells_of_no_scan()
