"""A small world for tests: facilities north of one customer, items, stock, and a client."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fulfillment.catalog.models import Item
from fulfillment.inventory import ledger
from fulfillment.inventory.audit import CHECKS
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.models import Kind
from fulfillment.network.models import Facility
from fulfillment.platform import audit
from fulfillment.platform.context import Role
from fulfillment.platform.db import db, transaction
from fulfillment.platform.keys import create

CUSTOMER = {"lat": 30.0, "lng": -90.0, "country": "US"}
KM_PER_DEGREE = 111.195
USUAL_KM = 100

Stock = Mapping[str, Mapping[str, int]]


def facility(code: str, km: float | None = USUAL_KM, **more: Any) -> Facility:
    """Return a facility so many km north of the customer; None: nobody knows where it is."""
    lat = None if km is None else CUSTOMER["lat"] + km / KM_PER_DEGREE
    lng = None if km is None else CUSTOMER["lng"]
    return Facility(code=code, name=code, timezone="America/Chicago", lat=lat, lng=lng, **more)


def furnish(stock: Stock, km: Mapping[str, float | None], weight_g: int, more: Any) -> None:
    """Write the facilities and items that are not there yet, and receive their stock."""
    skus = sorted({sku for units in stock.values() for sku in units})
    with transaction() as session:
        for code in sorted(stock):
            if session.get(Facility, code) is None:
                given = more.get(code, {})
                session.add(facility(code, km.get(code, USUAL_KM), **given))
        for sku in skus:
            if session.get(Item, sku) is None:
                session.add(Item(sku=sku, name=sku, weight_g=weight_g, **more.get(sku, {})))
        session.flush()
        ledger.post_all(
            [
                Entry(Kind.RECEIPT, sku, code, units)
                for code, by_sku in stock.items()
                for sku, units in by_sku.items()
                if units
            ]
        )


@dataclass(frozen=True)
class World:
    """The service as a client with an admin key sees it."""

    client: FlaskClient
    headers: Mapping[str, str]

    def has(
        self,
        stock: Stock,
        *,
        km: Mapping[str, float | None] | None = None,
        weight_g: int = 1000,
        **more: Mapping[str, Any],
    ) -> None:
        """Put stock into facilities; `more` gives columns by facility code or SKU."""
        furnish(stock, km or {}, weight_g, more)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Send a POST; an idempotency key goes in as `Idempotency_Key=`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/v1/{path}", json=body or {}, headers={**self.headers, **named})

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/v1/{path}", headers=self.headers)

    def get(self, path: str) -> Any:
        """Return what is there."""
        answer = self.client.get(f"/v1/{path}", headers=self.headers)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    def move(self, *movements: Mapping[str, Any], **options: Any) -> Any:
        return self.post("stock/movements", {"movements": list(movements), **options})

    def source(self, lines: Mapping[str, int], **more: Any) -> Any:
        body = {"destination": CUSTOMER, "lines": lines_of(lines), **more}
        return self.post("sourcing", body)

    def reserve(self, cart: str, lines: Mapping[str, int], **more: Any) -> Any:
        body = {"cart_ref": cart, "destination": CUSTOMER, "lines": lines_of(lines), **more}
        return self.post("reservations", body)

    def order(self, ref: str, lines: Mapping[str, int], **more: Any) -> Any:
        body = {"order_ref": ref, "destination": CUSTOMER, "lines": lines_of(lines), **more}
        return self.post("orders", body)

    def level(self, sku: str = "S1", facility: str = "W1") -> Any:
        """Return the quantities of a stock level."""
        return self.get(f"stock/{facility}/{sku}")

    def has_no_audit_findings(self) -> bool:
        report = self.get("audit")
        assert report["ok"], [check for check in report["invariants"] if not check["ok"]]
        return True


def lines_of(lines: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"sku": sku, "quantity": units} for sku, units in lines.items()]


def shares(plan: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return what each facility ships by a plan, a reservation or an order."""
    return {
        shipment["facility"]: {line["sku"]: line["quantity"] for line in shipment["lines"]}
        for shipment in plan["shipments"]
    }


def admin_headers() -> dict[str, str]:
    with transaction():
        return {"Authorization": f"Bearer {create(Role.ADMIN)}"}


@pytest.fixture
def stockroom(app: Flask, client: FlaskClient) -> Iterator[World]:
    """A world in which promises are made by hand: at the end only the stock's rules are checked."""
    world = World(client, admin_headers())
    yield world
    db.session.rollback()
    broken = [audit.verdict(check, 10, "").findings for check in CHECKS]
    assert broken == [[]] * len(CHECKS)


@pytest.fixture
def world(app: Flask, client: FlaskClient) -> Iterator[World]:
    """An empty world; at its end every invariant holds, whatever the test did."""
    world = World(client, admin_headers())
    yield world
    db.session.rollback()
    assert world.has_no_audit_findings()
