"""Shorthands to put suppliers and their terms."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def put(house, client, auth) -> Callable:
    """Put a supplier: `put("ACME", lead_time_days=7)`."""
    headers = auth("planner")

    def send(code: str, **values: Any):
        body = {"lead_time_days": 7} | values
        return client.put(f"/v1/suppliers/{code}", json=body, headers=headers)

    return send


@pytest.fixture
def offer(put, client, auth) -> Callable:
    """Put the terms of a supplier: `offer("ACME", {"sku": "S1", "unit_cost": "2.50"})`."""
    headers = auth("planner")

    def send(code: str, *rows: Any, **options: Any):
        path = f"/v1/suppliers/{code}/items"
        return client.post(path, json={"items": rows}, query_string=options, headers=headers)

    return send
