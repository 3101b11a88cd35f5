"""Reservations that are told of in full, and what it takes for prices to be among that."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import select

from fulfillment.inventory.models import Hold
from fulfillment.platform import clock
from fulfillment.platform.db import db, transaction
from fulfillment.sourcing import retold
from fulfillment.sourcing.prices import outlooks, shadow_prices
from fulfillment.sourcing.prices.outlooks import Baskets, SkuOutlook

WEDNESDAY = datetime(2026, 7, 15, 15, tzinfo=UTC)
ALONE = Baskets(companions=(0.0,) * 5, line_weight_g=1000.0, cover={})
FLAGS = {"network_changed", "figures_changed"}


@pytest.fixture(autouse=True)
def standing_clock():
    """It is Wednesday, and stays so."""
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


@pytest.fixture
def follow(world):
    """Put a strategy and follow it."""

    def follow(**document):
        answer = world.client.put("/v1/strategies/mine", json=document, headers=world.headers)
        assert answer.status_code == 201, answer.get_json()
        assert world.post("strategies/mine/activate").status_code == 200

    return follow


@pytest.fixture
def expect(world):
    """Publish what is expected: `expect(S1={"W1": 3.0})` is 3 units a day in the zone of W1."""

    def publish(**per_day):
        with transaction():
            rows = [SkuOutlook(sku, rates, {}) for sku, rates in per_day.items()]
            outlooks.publish(rows, ALONE, clock.now())

    return publish


@pytest.fixture
def wave(world):
    """Publish a wave's prices of S1 by facility, and of a place in a facility's day."""

    def publish(stock, shipments=None):
        stock = [("stock", at, "S1", price) for at, price in stock.items()]
        places = [("shipments", at, None, price) for at, price in (shipments or {}).items()]
        names = ("kind", "facility", "sku", "price")
        rows = [dict(zip(names, row, strict=True)) for row in [*stock, *places]]
        with transaction():
            shadow_prices.publish(uuid4(), clock.now(), rows)

    return publish


@pytest.fixture
def reserved(world):
    """Reserve, and return how to tell of it in full."""

    def reserve(lines, cart="cart", **limits):
        answer = world.reserve(cart, lines, **limits)
        assert answer.status_code == 201, answer.get_json()
        hold_id = UUID(answer.get_json()["id"])

        def tell():
            db.session.rollback()
            hold = db.session.get_one(Hold, hold_id)
            return retold.in_full(hold.plan, hold.created_at)

        return tell

    return reserve


@pytest.fixture
def same(world, reserved):
    """Ask for lines directly and by a reservation; both are told the same, which is returned."""

    def same(lines, **limits):
        answer = world.source(lines, options=1, **limits).get_json()
        direct = answer["options"][0]["explanation"]
        told = reserved(lines, **limits)()
        [cart] = db.session.scalars(
            select(Hold.id).where(Hold.status == "live", Hold.cart_ref == "cart")
        )
        assert world.delete(f"reservations/{cart}").status_code == 204
        assert told.keys() == direct.keys() | FLAGS
        assert {name: told[name] for name in FLAGS} == dict.fromkeys(FLAGS, False)
        assert alike({n: v for n, v in told.items() if n not in FLAGS}, direct)
        return told

    return same


def alike(one, other, path="decision"):
    """Tell whether two documents have the same names, and figures but for rounding."""
    if isinstance(one, Mapping):
        assert one.keys() == other.keys(), path
        return all(alike(one[name], other[name], f"{path}.{name}") for name in one)
    if isinstance(one, list):
        assert len(one) == len(other), path
        pairs = zip(one, other, strict=True)
        return all(alike(a, b, f"{path}.{n}") for n, (a, b) in enumerate(pairs))
    assert one == (pytest.approx(other, abs=1e-3) if isinstance(one, float) else other), path
    return True


def by_facility(told):
    """Return the candidates by facility."""
    return {candidate["facility"]: candidate for candidate in told["candidates"]}
