"""The work on the floor: release shipments to it, pack them, hand them over."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask import current_app

from fulfillment.inventory import allocations
from fulfillment.inventory.models import Kind
from fulfillment.network import facilities
from fulfillment.platform import context
from fulfillment.platform.config import Settings
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict, Invalid
from fulfillment.shipping import packages, queries, states
from fulfillment.shipping.carriers import kinds, requests, shopping
from fulfillment.shipping.carriers.verbs import Step
from fulfillment.shipping.models import Shipment, Status
from fulfillment.shipping.packing import making
from fulfillment.shipping.packing.making import Contents

CAUSE = "shipment"


class ScanIncomplete(Conflict):
    """Packing was begun by scanning, and units are left."""

    def __init__(self, left: Mapping[str, int]) -> None:
        told = "; ".join(f"{sku}: {left[sku]}" for sku in sorted(left))
        super().__init__("conflict", f"Not scanned into a package yet: {told}.")


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


def pack(
    shipment_id: UUID, told: int | Sequence[Contents] | None, weight_g: int | None
) -> Shipment:
    """Note the packages of a picked shipment, each under a number of its own.

    Packages that nobody tells of are those of the rule, a weight that nobody took is the
    catalogue's.

    Raises:
        Invalid: what is told is not what the shipment holds, or an item fits no package.
        ScanIncomplete: packing was begun by scanning, and units are left to scan.
    """
    shipment = queries.get_locked(shipment_id)
    states.require(shipment, Status.PICKED)
    refuse_unscanned(shipment)
    made = making.make(shipment, told, weight_g)
    shipment.packages = len(made)
    shipment.weight_g = weight_g or making.weigh(shipment, made)
    db.session.flush()
    if is_shopping():
        shopping.take_best(shipment)
    states.advance(shipment, Status.PACKED)
    db.session.flush()
    kinds.label(shipment, Step.PACKING)
    db.session.flush()
    return shipment


def refuse_unscanned(shipment: Shipment) -> None:
    if all(line.packed is None for line in shipment.lines):
        return
    left = {line.sku: line.quantity - (line.packed or 0) for line in shipment.lines}
    if any(left.values()):
        raise ScanIncomplete({sku: units for sku, units in left.items() if units})


def void_label(shipment_id: UUID) -> Shipment:
    """Let the labels of a packed shipment count no more: it is to be packed anew."""
    shipment = queries.get_locked(shipment_id)
    states.require(shipment, Status.PACKED)
    voided = [package.sscc for package in packages.live(shipment.id)]
    packages.void(shipment)
    requests.withdraw(shipment)
    states.unpack(shipment)
    states.publish(shipment, "shipment.label_voided", sscc=voided)
    db.session.flush()
    return shipment


def is_shopping() -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.rate_shopping == "on"


def hand_over(shipment_id: UUID, force: bool, reason: str | None) -> Shipment:
    """Give a packed shipment to its carrier: the moment at which its stock leaves the ledger.

    A carrier that has yet to answer with a number is not waited for.

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
    kinds.label(shipment, Step.HANDOVER)
    states.advance(shipment, Status.HANDED_OVER, tracking_number=shipment.tracking_number)
    db.session.flush()
    return shipment
