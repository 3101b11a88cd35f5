"""An order that was handed over, and shorthands to send units of it back."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.tracking.conftest import fast, ship, tell
from tests.world import lines_of, world

__all__ = ["fast", "ship", "tell", "world"]


@pytest.fixture
def send(world) -> Callable:
    """Place an order and hand its shipments over; return it as it is then."""

    def bring(ref: str = "o-1", units: Any = None, until: str = "handover") -> Any:
        order = world.order(ref, units or {"S1": 3})
        assert order.status_code == 201, order.get_json()
        for shipment in order.get_json()["shipments"]:
            for step in ("pick", "pack", "handover"):
                world.post(f"shipments/{shipment['id']}/{step}")
                if step == until:
                    break
        return world.get(f"orders/{order.get_json()['id']}")

    return bring


@pytest.fixture
def order(world, send):
    """3 units of S1 from W1, handed over; W1 has 7 more, W2 takes returns too."""
    world.has({"W1": {"S1": 10}, "W2": {}})
    return send()


def pieces(condition: str = "sellable", reason: str | None = None, **units: int) -> list[Any]:
    more = {"condition": condition} | ({"reason": reason} if reason else {})
    return [line | more for line in lines_of(units)]


def refused(answer: Any, status: int, *fields: str) -> Any:
    body = answer.get_json()
    assert answer.status_code == status, body
    assert set(body.get("errors", {})) == set(fields)
    return body
