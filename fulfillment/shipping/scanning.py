"""Picking and packing by scanning: each scan counts units toward a line of the shipment."""

from uuid import UUID

from fulfillment.catalog import scanning
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict, Invalid
from fulfillment.shipping import picking, queries, states
from fulfillment.shipping.models import UNTOUCHED, Shipment, ShipmentLine, Status


def scan(shipment_id: UUID, code: str) -> Shipment:
    """Count what was scanned as picked, or, once all is picked, as put into a package.

    The first scan releases a planned shipment; the last one of its units makes it picked.

    Raises:
        Invalid: the code names no item, or one that is not in this shipment.
        Conflict: the shipment needs no more of it.
    """
    shipment = queries.get_locked(shipment_id)
    states.require(shipment, *UNTOUCHED, Status.PICKED)
    reading = scanning.item(code)
    [sku] = reading.skus
    line = next((line for line in shipment.lines if line.sku == sku), None)
    if line is None:
        raise Invalid({"code": [f"{sku} is not in this shipment."]})
    units = 1 if reading.count is None else reading.count
    if shipment.status == Status.PICKED:
        line.packed = counted(line, line.packed, units)
        states.touch(shipment)
    else:
        line.picked = counted(line, line.picked, units)
        go_on_picking(shipment)
    db.session.flush()
    return shipment


def counted(line: ShipmentLine, before: int | None, units: int) -> int:
    total = (before or 0) + units
    if total > line.quantity:
        told = f"{line.quantity} of {line.sku} are wanted; with this scan it would be {total}."
        raise Conflict("conflict", told)
    return total


def go_on_picking(shipment: Shipment) -> None:
    states.touch(shipment)
    if shipment.status == Status.PLANNED:
        states.advance(shipment, Status.RELEASED)
    if all(line.picked == line.quantity for line in shipment.lines):
        picking.mark_picked(shipment)
