"""Transfers: propose or reserve them, ship them, call them off."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fulfillment.catalog import items
from fulfillment.inventory import allocations, balances, gate, levels, promises
from fulfillment.inventory.models import Kind, Owner
from fulfillment.inventory.promises import Part
from fulfillment.network import facilities
from fulfillment.platform import clock, context
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid
from fulfillment.platform.ids import new_id
from fulfillment.supply.lines import faults, kept
from fulfillment.supply.transfers import queries, states
from fulfillment.supply.transfers.models import Status, Transfer, TransferLine

CAUSE = "transfer"


def create(
    from_facility: str,
    to_facility: str,
    lines: Sequence[Mapping[str, Any]],
    reference: str | None = None,
    *,
    propose: bool = False,
    plan_id: UUID | None = None,
) -> Transfer:
    """Make a transfer that reserves its units at the sender, or a proposal that does not yet.

    `plan_id` is the plan that asks for it, if one does.

    Raises:
        Invalid: it names an unknown facility or SKU, or a SKU twice.
        InsufficientStock: the sender cannot promise all of it; nothing is written.
    """
    context.require_facility(from_facility)
    check_names(from_facility, to_facility, [line["sku"] for line in lines])
    moment = clock.now()
    transfer = Transfer(
        id=new_id(),
        reference=reference,
        from_facility=from_facility,
        to_facility=to_facility,
        status=Status.PROPOSED,
        plan_id=plan_id,
        actor=context.actor.get().name,
        created_at=moment,
        updated_at=moment,
        lines=[TransferLine(sku=line["sku"], quantity=line["quantity"]) for line in lines],
    )
    if not propose:
        reserve(transfer)
    db.session.add(transfer)
    db.session.flush()
    if propose:
        states.publish(transfer, f"transfer.{Status.PROPOSED}")
    return transfer


def check_names(from_facility: str, to_facility: str, skus: Sequence[str]) -> None:
    errors: dict[str, list[str]] = {}
    unknown = facilities.unknown({from_facility, to_facility})
    for field, code in (("from_facility", from_facility), ("to_facility", to_facility)):
        if code in unknown:
            errors[field] = ["Unknown facility."]
    known = set(skus) - set(items.unknown(set(skus)))
    errors |= faults(skus, known, "Unknown SKU.")
    if errors:
        raise Invalid(errors)


def reserve(transfer: Transfer) -> None:
    """Take the lines through the gate at the sender, all or nothing."""
    lines = list(transfer.lines)
    parts = [Part(line.sku, transfer.from_facility, line.quantity) for line in lines]
    name = transfer.reference or str(transfer.id)
    promised = promises.make(Owner.TRANSFER, transfer.id, name, parts)
    for line, promise_id in zip(lines, promised, strict=True):
        line.promise_id = promise_id
    states.advance(transfer, Status.READY)


def approve(transfer_id: UUID, named: Sequence[Mapping[str, Any]] = ()) -> Transfer:
    """Turn a proposal, or the lines of it that are named, into a transfer with its units reserved.

    Raises:
        Invalid: a line is not in the proposal, or asks for more of it.
        InsufficientStock: the sender cannot promise all of it; it stays a proposal.
    """
    transfer = queries.get_locked(transfer_id)
    context.require_facility(transfer.from_facility)
    states.require(transfer, Status.PROPOSED)
    proposed = {line.sku: line.quantity for line in transfer.lines}
    units = kept(proposed, named, "Not in this transfer.")
    transfer.lines = [line for line in transfer.lines if line.sku in units]
    for line in transfer.lines:
        line.quantity = units[line.sku]
    reserve(transfer)
    db.session.flush()
    return transfer


def ship(transfer_id: UUID) -> Transfer:
    """Let all lines leave the sender; from then on the receiver expects them."""
    transfer = queries.get_locked(transfer_id)
    context.require_facility(transfer.from_facility)
    states.require(transfer, Status.READY)
    lock_both_ends(transfer)
    allocations.ship(
        [line.promise_id for line in transfer.lines if line.promise_id],
        Kind.TRANSFER_OUT,
        CAUSE,
        transfer.id,
        transfer.reference or str(transfer.id),
    )
    for line in transfer.lines:
        line.shipped = line.in_transit = line.quantity
    levels.expect({(line.sku, transfer.to_facility): line.quantity for line in transfer.lines})
    states.advance(transfer, Status.IN_TRANSIT)
    db.session.flush()
    return transfer


def lock_both_ends(transfer: Transfer) -> None:
    # Sender's and receiver's levels in one pass: opposite transfers must not wait in a ring.
    ends = (transfer.from_facility, transfer.to_facility)
    keys = {(line.sku, facility) for line in transfer.lines for facility in ends}
    balances.make(keys)
    gate.lock(keys)


def cancel(transfer_id: UUID) -> Transfer:
    """Call off a transfer that has not left, and give back exactly its units."""
    transfer = queries.get_locked(transfer_id)
    context.require_facility(transfer.from_facility)
    states.require(transfer, Status.PROPOSED, Status.READY)
    promises.release([line.promise_id for line in transfer.lines if line.promise_id])
    states.advance(transfer, Status.CANCELLED)
    db.session.flush()
    return transfer
