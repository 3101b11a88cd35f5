"""The work on the floor: release shipments to it, pack them, hand them over."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from fulfillment.catalog import items
from fulfillment.inventory import allocations
from fulfillment.inventory.models import Kind
from fulfillment.network import carriers, facilities
from fulfillment.platform import context
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid
from fulfillment.shipping import queries, states
from fulfillment.shipping.models import Shipment, Status

CAUSE = "shipment"


def release(shipment_id: UUID) -> Shipment:
    """Give a planned shipment to the floor."""
    shipment = queries.get_locked(shipment_id)
    states.require(shipment, Status.PLANNED)
    states.advance(shipment, Status.RELEASED)
    db.session.flush()
    return shipment


def release_many(
    facility: str, shipment_ids: Collection[UUID] | None, ship_by_until: datetime | None
) -> list[Shipment]:
    """Give a facility's planned shipments to the floor: those named, due by a moment, or all.

    Raises:
        Invalid: the facility is unknown, or a shipment that is named is not one of its own.
        WrongStatus: a shipment that is named is not planned any more; none is released.
    """
    context.require_facility(facility)
    if facilities.unknown([facility]):
        raise Invalid({"facility": ["Unknown facility."]})
    if shipment_ids is None:
        found = queries.lock_planned(facility, ship_by_until)
    else:
        found = named(facility, list(shipment_ids), ship_by_until)
    for shipment in found:
        states.advance(shipment, Status.RELEASED)
    db.session.flush()
    return found


def named(facility: str, ids: list[UUID], ship_by_until: datetime | None) -> list[Shipment]:
    found = {s.id: s for s in queries.lock_many(set(ids)) if s.facility == facility}
    unknown = {
        f"shipment_ids.{index}": [f"No shipment of {facility}."]
        for index, shipment_id in enumerate(ids)
        if shipment_id not in found
    }
    if unknown:
        raise Invalid(unknown)
    for shipment in found.values():
        states.require(shipment, Status.PLANNED)
    return [s for s in found.values() if ship_by_until is None or s.ship_by <= ship_by_until]


def pack(shipment_id: UUID, packages: int, weight_g: int | None) -> Shipment:
    """Note the packages of a picked shipment; a weight that nobody took is the catalogue's."""
    shipment = queries.get_locked(shipment_id)
    states.require(shipment, Status.PICKED)
    shipment.packages = packages
    shipment.weight_g = weight_g or catalogue_weight(shipment)
    states.advance(shipment, Status.PACKED)
    db.session.flush()
    return shipment


def catalogue_weight(shipment: Shipment) -> int:
    known = items.find({line.sku for line in shipment.lines})
    return sum(known[line.sku].weight_g * line.quantity for line in shipment.lines)


def hand_over(shipment_id: UUID, force: bool, reason: str | None) -> Shipment:
    """Give a packed shipment to its carrier: the moment at which its stock leaves the ledger.

    Raises:
        WrongStatus: it is not packed, or was handed over before; nothing leaves twice.
        InsufficientStock: a count says that the units are not there, and nobody forces it.
    """
    shipment = queries.get_locked(shipment_id)
    states.require(shipment, Status.PACKED)
    allocations.ship(
        [line.promise_id for line in shipment.lines],
        Kind.SHIPMENT,
        CAUSE,
        shipment.id,
        shipment.order_ref,
        force=force,
        reason=reason,
    )
    if shipment.carrier:
        shipment.tracking_number = carriers.next_tracking_number(shipment.carrier)
    states.advance(shipment, Status.HANDED_OVER, tracking_number=shipment.tracking_number)
    db.session.flush()
    return shipment
