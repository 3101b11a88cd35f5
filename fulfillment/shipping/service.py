"""What orders ask of shipments: plan them, cancel them, take units out of them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict

from fulfillment.inventory import allocations, promises
from fulfillment.platform import clock, context
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict
from fulfillment.platform.ids import new_id
from fulfillment.shipping import queries, states
from fulfillment.shipping.carriers import requests
from fulfillment.shipping.models import ON_THE_FLOOR, UNTOUCHED, Shipment, ShipmentLine, Status


class PlannedLine(Struct, frozen=True):
    """Units of one SKU to ship, and the promise that backs them."""

    sku: str
    quantity: int
    promise_id: UUID


class Underway(Conflict):
    """Units are to be taken out of shipments that are picked or packed already, or gone."""

    def __init__(self, left: Mapping[str, int]) -> None:
        told = "; ".join(f"{sku}: {left[sku]}" for sku in sorted(left))
        super().__init__("wrong-status", f"Picked, packed or handed over already: {told}.")


def plan(
    order_id: UUID,
    order_ref: str,
    destination: dict[str, Any],
    priority: int,
    facility: str,
    lines: Sequence[PlannedLine],
    carrier: str | None,
    service: str | None,
    distance_km: float,
    cost: Decimal,
    ship_by: datetime,
    deliver_by: date,
    transit: str,
) -> Shipment:
    """Plan a shipment of units that the order was promised at this facility."""
    moment = clock.now()
    shipment = Shipment(
        id=new_id(),
        order_id=order_id,
        order_ref=order_ref,
        facility=facility,
        status=Status.PLANNED,
        destination=destination,
        carrier=carrier,
        service=service,
        distance_km=distance_km,
        cost=cost,
        ship_by=ship_by,
        deliver_by=deliver_by,
        transit=transit,
        priority=priority,
        actor=context.actor.get().name,
        created_at=moment,
        updated_at=moment,
        lines=[ShipmentLine(**asdict(line)) for line in lines],
    )
    db.session.add(shipment)
    states.publish(shipment, f"shipment.{Status.PLANNED}")
    return shipment


def cancel_all(order_id: UUID) -> None:
    """Cancel what the order has not handed over yet, and give back exactly those units."""
    cancel(queries.lock_of_order(order_id, ON_THE_FLOOR))


def unplan(shipment_ids: Collection[UUID]) -> list[Shipment]:
    """Cancel those shipments that nobody works on yet; return them."""
    planned = [s for s in queries.lock_many(shipment_ids) if s.status == Status.PLANNED]
    cancel(planned)
    return planned


def cancel(shipments: Sequence[Shipment]) -> None:
    # All units at once: the gate locks stock levels in key order across the shipments.
    promises.release([line.promise_id for shipment in shipments for line in shipment.lines])
    for shipment in shipments:
        requests.withdraw(shipment)
        states.advance(shipment, Status.CANCELLED)
    db.session.flush()


def withdraw(order_id: UUID, units: Mapping[str, int]) -> None:
    """Take units by SKU out of an order's shipments that nobody picks yet, the latest first.

    Raises:
        Underway: fewer units than that are still untouched; nothing is changed.
    """
    shares = shared_out(queries.lock_of_order(order_id, UNTOUCHED), units)
    reductions: dict[UUID, int] = {}
    for shipment, share in shares:
        reductions |= states.by_promise(shipment, share)
    for promise in allocations.locked(list(reductions)):
        promises.reduce(promise, reductions[promise.id])
    for shipment, share in shares:
        if states.covers_all(shipment, share):
            states.advance(shipment, Status.CANCELLED)
        else:
            states.shrink(shipment, share)
    db.session.flush()


def shared_out(
    shipments: Sequence[Shipment], units: Mapping[str, int]
) -> list[tuple[Shipment, dict[str, int]]]:
    """Return which units to take out of which shipment."""
    left = Counter(units)
    shares = []
    for shipment in sorted(shipments, key=lambda s: (s.ship_by, s.id), reverse=True):
        share = Counter({line.sku: line.quantity for line in shipment.lines}) & left
        left -= share
        if share:
            shares.append((shipment, dict(share)))
    if left:
        raise Underway(left)
    return shares
