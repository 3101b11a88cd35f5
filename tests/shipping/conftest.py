"""A small house: items, two facilities, a carrier, stock, and orders promised from it."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event

from fulfillment.catalog.models import Item
from fulfillment.inventory import ledger, promises, queries
from fulfillment.inventory.availability import Level
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.models import Kind, Owner
from fulfillment.inventory.promises import Part
from fulfillment.network.models import Carrier, Facility
from fulfillment.orders.models import Order, OrderLine
from fulfillment.platform import audit
from fulfillment.platform.db import db, transaction
from fulfillment.platform.ids import new_id
from fulfillment.shipping import service as shipping
from fulfillment.shipping.audit import CHECKS
from fulfillment.shipping.models import Shipment
from fulfillment.shipping.service import PlannedLine

TOMORROW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
STOCK = 100


@dataclass(frozen=True)
class House:
    """What tests do to the house, and see of it."""

    numbers: "count[int]"

    def order(self, lines: dict[str, int]) -> UUID:
        """Write an order of which nothing is allocated."""
        order = Order(
            id=new_id(),
            order_ref=f"order {next(self.numbers)}",
            destination={"postal_code": "10001", "country": "US"},
            awaiting=False,
            decision={},
            actor="test",
            placed_at=datetime.now(UTC),
        )
        order.lines = [
            OrderLine(sku=sku, position=i, quantity=units, cancelled=0, excluded=[])
            for i, (sku, units) in enumerate(lines.items())
        ]
        with transaction():
            db.session.add(order)
        return order.id

    def shipment(
        self,
        lines: dict[str, int],
        facility: str = "W1",
        order_id: UUID | None = None,
        ship_by: datetime = TOMORROW,
        priority: int = 0,
        carrier: str | None = None,
        service: str | None = None,
        destination: dict[str, str] | None = None,
    ) -> UUID:
        """Plan a shipment of promised units."""
        order_id = order_id or self.order(lines)
        with transaction():
            parts = [Part(sku, facility, units) for sku, units in lines.items()]
            ids = promises.make(Owner.ORDER, order_id, "an order", parts)
            shipment = shipping.plan(
                order_id=order_id,
                order_ref="an order",
                destination=destination or {"postal_code": "10001", "country": "US"},
                priority=priority,
                facility=facility,
                lines=[
                    PlannedLine(part.sku, part.quantity, promise_id)
                    for part, promise_id in zip(parts, ids, strict=True)
                ],
                carrier=carrier,
                service=service,
                distance_km=120.5,
                cost=Decimal("7.25"),
                ship_by=ship_by,
                deliver_by=date(2026, 12, 24),
                transit="brochure",
            )
        return shipment.id

    def level(self, sku: str = "S1", facility: str = "W1") -> Level:
        """Return how a SKU stands now."""
        db.session.rollback()
        return queries.stock_level(facility, sku)

    def find(self, shipment_id: UUID) -> Shipment:
        """Return a shipment as it is now."""
        db.session.rollback()
        found = db.session.get(Shipment, shipment_id, populate_existing=True)
        assert found is not None
        return found

    def lines(self, shipment_id: UUID) -> dict[str, int]:
        """Return the units by SKU in a shipment."""
        return {line.sku: line.quantity for line in self.find(shipment_id).lines}

    def broken(self) -> list[str]:
        """Return what the room's audit finds."""
        db.session.rollback()
        found = [audit.verdict(check, 100, "").findings for check in CHECKS]
        return [finding["detail"] for findings in found for finding in findings]


@pytest.fixture
def house(app: Flask) -> House:
    """Two facilities with 100 units each of S1 and S2, and the carrier FAST."""
    with transaction() as session:
        session.add_all(Item(sku=sku, name=sku, weight_g=300) for sku in ("S1", "S2"))
        session.add_all(
            Facility(code=code, name=code, timezone="America/New_York") for code in ("W1", "W2")
        )
        session.add(Carrier(code="FAST", name="Fast", tracking_prefix="FA"))
        session.flush()
        ledger.post_all(
            [
                Entry(Kind.RECEIPT, sku, facility, STOCK)
                for sku in ("S1", "S2")
                for facility in ("W1", "W2")
            ]
        )
    return House(count(1))


@pytest.fixture
def send(client, auth) -> Callable:
    """Post a step of a shipment with a warehouse key: `send(shipment_id, "pick", {...})`."""
    headers = auth("warehouse")

    def post(shipment_id: UUID, step: str, body: dict | None = None, **options):
        sent = {"headers": headers} | options | ({} if body is None else {"json": body})
        return client.post(f"/v1/shipments/{shipment_id}/{step}", **sent)

    return post


@pytest.fixture
def packed(house: House, send) -> Callable:
    """Plan, pick and pack a shipment of these lines; return its id."""

    def make(lines: dict[str, int], **options) -> UUID:
        shipment_id = house.shipment(lines, **options)
        assert send(shipment_id, "pick").status_code == 200
        assert send(shipment_id, "pack").status_code == 200
        return shipment_id

    return make


@pytest.fixture
def statements(app: Flask) -> Callable:
    """Watch the statements that reach the database: `with statements() as seen: ...`."""

    @contextmanager
    def watched():
        seen: list[str] = []

        def note(connection, cursor, statement, *rest):
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        yield seen
        event.remove(db.engine, "before_cursor_execute", note)

    return watched
