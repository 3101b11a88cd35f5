"""Three facilities, two items, and stock to move between them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from fulfillment.catalog.models import Item
from fulfillment.inventory import ledger, queries
from fulfillment.inventory.availability import Level
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.models import Kind
from fulfillment.network.models import Facility
from fulfillment.platform import audit
from fulfillment.platform.db import db, transaction
from fulfillment.supply.audit import CHECKS


class House:
    """What tests see of the house."""

    def level(self, sku: str, facility: str) -> Level:
        """Return how a SKU stands now."""
        db.session.rollback()
        return queries.stock_level(facility, sku)

    def broken(self) -> list[str]:
        """Return what the room's audit finds."""
        db.session.rollback()
        found = [audit.verdict(check, 100, "").findings for check in CHECKS]
        return [finding["detail"] for findings in found for finding in findings]


@pytest.fixture
def house(app: Flask) -> House:
    """W1 holds 10 of S1 and 4 of S2; W2 holds 10 of S1."""
    with transaction() as session:
        session.add_all(Item(sku=sku, name=sku) for sku in ("S1", "S2"))
        session.add_all(
            Facility(code=code, name=code, timezone="UTC") for code in ("W1", "W2", "W3")
        )
        session.flush()
        stock = [("S1", "W1", 10), ("S2", "W1", 4), ("S1", "W2", 10)]
        ledger.post_all([Entry(Kind.RECEIPT, *level) for level in stock])
    return House()


@pytest.fixture
def create(house: House, client, auth) -> Callable:
    """Ask for a transfer: `create({"S1": 5})` goes from W1 to W2."""
    headers = auth("planner")

    def post(lines: Any, start: str = "W1", end: str = "W2", **more: Any):
        if isinstance(lines, dict):
            lines = [{"sku": sku, "quantity": units} for sku, units in lines.items()]
        body = {"from_facility": start, "to_facility": end, "lines": lines} | more
        return client.post("/v1/transfers", json=body, headers=headers)

    return post


@pytest.fixture
def send(client, auth) -> Callable:
    """Post a step of a transfer: `send(id, "receive", {...})`."""
    roles = {"approve": auth("planner")}
    warehouse = auth("warehouse")

    def post(transfer_id: str, step: str, body: dict | None = None, headers: Any = None):
        headers = headers or roles.get(step, warehouse)
        sent = {} if body is None else {"json": body}
        return client.post(f"/v1/transfers/{transfer_id}/{step}", headers=headers, **sent)

    return post


@pytest.fixture
def shipped(create, send) -> Callable:
    """Make a transfer of these lines and ship it; return its id."""

    def make(lines: dict[str, int], **options: Any) -> str:
        transfer_id = create(lines, **options).json["id"]
        assert send(transfer_id, "ship").status_code == 200
        return transfer_id

    return make
