"""Picking, and what is not found or not sent: it goes back to its order, to be sourced again."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from fulfillment.inventory import allocations, promises
from fulfillment.inventory.allocations import SHORT_PICK
from fulfillment.platform import outbox
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid
from fulfillment.shipping import queries, states
from fulfillment.shipping.carriers import requests
from fulfillment.shipping.floor import CAUSE
from fulfillment.shipping.models import ON_THE_FLOOR, UNTOUCHED, Shipment, Status

# Reasons that say: the shelf does not hold these units.
MISSING = ("no_stock", SHORT_PICK)


class Line(Struct, frozen=True):
    """Units of a SKU as the floor tells of them; no quantity: all units of that line."""

    sku: str
    quantity: int | None = None


def pick(shipment_id: UUID, lines: Sequence[Line]) -> Shipment:
    """Note what was picked; lines that are not named were picked as asked.

    A shortfall is booked as missing and leaves the shipment; when nothing at all was found the
    shipment is rejected. Picking a planned shipment releases it at once.
    """
    shipment = queries.get_locked(shipment_id)
    states.require(shipment, *UNTOUCHED)
    picked = told(shipment, lines)
    missing = {
        line.sku: line.quantity - picked[line.sku]
        for line in shipment.lines
        if picked.get(line.sku, line.quantity) < line.quantity
    }
    if shipment.status == Status.PLANNED:
        states.advance(shipment, Status.RELEASED)
    if missing:
        give_up(shipment, missing, SHORT_PICK)
    if shipment.status != Status.REJECTED:
        mark_picked(shipment)
    db.session.flush()
    return shipment


def mark_picked(shipment: Shipment) -> None:
    """Note that every line was picked as it is now."""
    for line in shipment.lines:
        line.picked = line.quantity
    states.advance(shipment, Status.PICKED)


def reject(shipment_id: UUID, reason: str, lines: Sequence[Line]) -> Shipment:
    """Send units back to their order, to come from elsewhere: the whole shipment or some lines."""
    shipment = queries.get_locked(shipment_id)
    states.require(shipment, *ON_THE_FLOOR)
    whole = {line.sku: line.quantity for line in shipment.lines}
    give_up(shipment, told(shipment, lines) or whole, reason)
    db.session.flush()
    return shipment


def told(shipment: Shipment, lines: Sequence[Line]) -> dict[str, int]:
    """Return units by SKU as the floor tells of them.

    Raises:
        Invalid: naming each line that the shipment does not have, or not so much of.
    """
    asked = {line.sku: line.quantity for line in shipment.lines}
    units: dict[str, int] = {}
    errors: dict[str, list[str]] = {}
    for index, line in enumerate(lines):
        most = asked.get(line.sku)
        if most is None:
            errors[f"lines.{index}.sku"] = ["Not in this shipment."]
        elif line.sku in units:
            errors[f"lines.{index}.sku"] = ["Stands twice."]
        elif line.quantity is not None and line.quantity > most:
            errors[f"lines.{index}.quantity"] = [f"Must be at most {most}, which were asked for."]
        else:
            units[line.sku] = most if line.quantity is None else line.quantity
    if errors:
        raise Invalid(errors)
    return units


def give_up(shipment: Shipment, units: Mapping[str, int], reason: str) -> None:
    """End the promises of these units and tell their order, which sources them elsewhere."""
    reductions = states.by_promise(shipment, units)
    if reason in MISSING:
        allocations.miss(reductions, CAUSE, shipment.id, shipment.order_ref)
        request_counts(shipment, units, reason)
    else:
        for promise in allocations.locked(list(reductions)):
            promises.reduce(promise, reductions[promise.id])
    news = {"lines": dict(units), "reason": reason}
    if states.covers_all(shipment, units):
        requests.withdraw(shipment)
        shipment.reject_reason = reason
        states.advance(shipment, Status.REJECTED, **news)
    else:
        states.shrink(shipment, units)
        states.publish(shipment, f"shipment.{Status.REJECTED}", **news)


def request_counts(shipment: Shipment, units: Mapping[str, int], reason: str) -> None:
    for sku in sorted(units):
        place = {"sku": sku, "facility": shipment.facility}
        outbox.publish(
            "count.requested",
            f"{sku}@{shipment.facility}",
            **place,
            reason=reason,
            shipment_id=str(shipment.id),
        )
