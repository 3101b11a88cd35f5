"""Receiving transfers: in parts, and short with a reason."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from fulfillment.inventory import gate, ledger, levels
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.models import Kind
from fulfillment.platform import context
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict, Invalid
from fulfillment.supply.lines import faults
from fulfillment.supply.transfers import queries, states
from fulfillment.supply.transfers.models import Status, Transfer, TransferLine
from fulfillment.supply.transfers.service import CAUSE


class Receipt(Struct, frozen=True):
    """Units of a SKU that arrived, and units that never will, with the reason."""

    sku: str
    quantity: int
    discrepancy: int = 0
    reason: str | None = None

    @property
    def accounted(self) -> int:
        return self.quantity + self.discrepancy


class TooMany(Conflict):
    """More would be received than is in transit."""

    def __init__(self, excess: Mapping[str, tuple[int, int]]) -> None:
        told = "; ".join(
            f"{sku}: {n} given, {most} in transit" for sku, (n, most) in excess.items()
        )
        super().__init__("conflict", f"More than is in transit: {told}.")


def receive(transfer_id: UUID, receipts: Sequence[Receipt], complete: bool) -> Transfer:
    """Book what arrived; without receipts all that is in transit did.

    The transfer is received once nothing is in transit any more.

    Raises:
        TooMany: more would be received than is in transit.
        Invalid: `complete` says that nothing more comes, and units are unexplained.
    """
    transfer = queries.get_locked(transfer_id)
    context.require_facility(transfer.to_facility)
    states.require(transfer, Status.IN_TRANSIT)
    in_transit = {line.sku: line for line in transfer.lines}
    receipts = receipts or [Receipt(s, ln.in_transit) for s, ln in in_transit.items()]
    check(receipts, in_transit)
    if complete:
        check_complete(receipts, in_transit)
    post(transfer, [receipt for receipt in receipts if receipt.accounted], in_transit)
    states.touch(transfer)
    if not any(line.in_transit for line in transfer.lines):
        states.advance(transfer, Status.RECEIVED)
    db.session.flush()
    return transfer


def check(receipts: Sequence[Receipt], in_transit: Mapping[str, TransferLine]) -> None:
    errors = faults([one.sku for one in receipts], in_transit, "Not in this transfer.")
    if errors:
        raise Invalid(errors)
    left = {sku: line.in_transit for sku, line in in_transit.items()}
    excess = {r.sku: (r.accounted, left[r.sku]) for r in receipts if r.accounted > left[r.sku]}
    if excess:
        raise TooMany(excess)


def check_complete(receipts: Sequence[Receipt], in_transit: Mapping[str, TransferLine]) -> None:
    left = {sku: line.in_transit for sku, line in in_transit.items()}
    for receipt in receipts:
        left[receipt.sku] -= receipt.accounted
    index_of = {receipt.sku: index for index, receipt in enumerate(receipts)}
    errors: dict[str, list[str]] = {}
    for sku, units in left.items():
        if units:
            field = f"lines.{index_of[sku]}.discrepancy" if sku in index_of else "lines"
            told = f"{units} of {sku} are in transit: give them as discrepancy, with a reason."
            errors.setdefault(field, []).append(told)
    if errors:
        raise Invalid(errors)


def post(
    transfer: Transfer, receipts: Sequence[Receipt], in_transit: Mapping[str, TransferLine]
) -> None:
    """Enter what arrived into the ledger, and expect that much less."""
    name = transfer.reference or str(transfer.id)
    entries = [
        Entry(
            Kind.TRANSFER_IN,
            receipt.sku,
            transfer.to_facility,
            receipt.quantity,
            reference=name,
            cause=CAUSE,
            cause_id=str(transfer.id),
        )
        for receipt in receipts
        if receipt.quantity
    ]
    gate.lock({(receipt.sku, transfer.to_facility) for receipt in receipts})
    ledger.post_all(entries)
    for receipt in receipts:
        line = in_transit[receipt.sku]
        line.received += receipt.quantity
        line.discrepancy += receipt.discrepancy
        line.in_transit -= receipt.accounted
        line.discrepancy_reason = receipt.reason or line.discrepancy_reason
    levels.expect({(r.sku, transfer.to_facility): -r.accounted for r in receipts})
