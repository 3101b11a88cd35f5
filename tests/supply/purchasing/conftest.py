"""A supplier that offers two items, and shorthands to order from it."""

from collections.abc import Callable
from datetime import time
from decimal import Decimal
from typing import Any

import pytest

from fulfillment.platform.db import transaction
from fulfillment.supply.suppliers.models import Supplier, SupplierItem


@pytest.fixture
def acme(house) -> str:
    """ACME delivers in 7 days: S1 at 2.50, S2 at 4."""
    with transaction() as session:
        hours = {"timezone": "UTC", "cutoff": time(23, 59), "working_days": [1, 2, 3, 4, 5, 6, 7]}
        session.add(
            Supplier(code="ACME", name="Acme", lead_time_days=7.0, lead_time_sd=2.0, **hours)
        )
        session.flush()
        costs = {"S1": Decimal("2.50"), "S2": Decimal(4)}
        session.add_all(
            SupplierItem(supplier="ACME", sku=sku, unit_cost=cost) for sku, cost in costs.items()
        )
    return "ACME"


@pytest.fixture
def buy(acme, client, auth) -> Callable:
    """Ask for a purchase order: `buy({"S1": 10})` is for W1."""
    headers = auth("planner")

    def post(lines: Any, **more: Any):
        if isinstance(lines, dict):
            lines = [{"sku": sku, "quantity": units} for sku, units in lines.items()]
        body = {"supplier": acme, "facility": "W1", "lines": lines} | more
        return client.post("/v1/purchase-orders", json=body, headers=headers)

    return post


@pytest.fixture
def step(client, auth) -> Callable:
    """Post a step of a purchase order: `step(id, "receive", {...})`."""
    planner, warehouse = auth("planner"), auth("warehouse")

    def post(order_id: str, name: str, body: dict | None = None, headers: Any = None):
        headers = headers or (warehouse if name == "receive" else planner)
        path = f"/v1/purchase-orders/{order_id}/{name}"
        return client.post(path, json=body or {}, headers=headers)

    return post


@pytest.fixture
def sent(buy, step) -> Callable:
    """Order these lines and send the order; return its id."""

    def make(lines: dict[str, int], **options: Any) -> str:
        order_id = buy(lines, **options).json["id"]
        assert step(order_id, "send").status_code == 200
        return order_id

    return make
