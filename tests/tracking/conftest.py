"""A world with a carrier, and shipments that it has."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest

from fulfillment.network.models import Carrier
from fulfillment.platform import clock
from fulfillment.platform.db import transaction
from tests.world import CUSTOMER, world

__all__ = ["world"]

SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSBjYXJyaWVyIEZBU1Qu"
NEW_YORK = CUSTOMER | {"postal_code": "10001", "city": "New York", "name": "A. Smith"}
RATE = {"service": "ground", "max_weight_g": 100_000, "price": "9.00", "transit_days": 3}


@pytest.fixture
def fast(world):
    """The carrier FAST with a rate table and a secret, and stock in W1."""
    with transaction() as session:
        session.add(Carrier(code="FAST", name="Fast", tracking_prefix="FA", event_secret=SECRET))
        session.flush()
    assert world.post("carriers/FAST/rates", {"rates": [RATE]}).status_code == 200
    world.has({"W1": {"S1": 1000}})
    return world


@pytest.fixture
def ship(fast) -> Callable:
    """Order one unit and bring its shipment to a step; return what it is then."""
    numbers = count(1)

    def bring(to: str = "handover", **more):
        order = fast.order(f"o-{next(numbers)}", {"S1": 1}, destination=NEW_YORK, **more)
        assert order.status_code == 201, order.get_json()
        shipment = order.get_json()["shipments"][0]
        for step in ("pick", "pack", "handover"):
            if to == "plan":
                break
            answer = fast.post(f"shipments/{shipment['id']}/{step}")
            assert answer.status_code == 200, answer.get_json()
            if step == to:
                break
        return fast.get(f"shipments/{shipment['id']}")

    return bring


@pytest.fixture
def tell(fast) -> Callable:
    """Post events of one shipment: `tell(shipment, ("in_transit", hours), ...)`."""
    numbers = count(1)

    def post(shipment, *events, **more):
        rows = [
            {
                "event_id": f"e-{next(numbers)}",
                "shipment_id": shipment["id"],
                "status": status,
                "occurred_at": (clock.now() + timedelta(hours=hours)).isoformat(),
                **more,
            }
            for status, hours in events
        ]
        answer = fast.post("tracking-events", {"events": rows})
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    return post


@pytest.fixture
def status(fast) -> Callable:
    """Return where a shipment stands now."""

    def read(shipment):
        return fast.get(f"shipments/{shipment['id']}")["status"]

    return read
