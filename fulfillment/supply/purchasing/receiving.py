"""Receiving purchase orders: in parts, short or over with a reason."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from flask import current_app
from msgspec import Struct

from fulfillment.inventory import ledger
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.models import Kind
from fulfillment.platform import context
from fulfillment.platform.config import Settings
from fulfillment.platform.db import db
from fulfillment.platform.errors import Conflict, Invalid
from fulfillment.supply.lines import faults
from fulfillment.supply.purchasing import expected, queries, states
from fulfillment.supply.purchasing.models import PurchaseOrder, PurchaseOrderLine, Status
from fulfillment.supply.suppliers import lead_times

CAUSE = "purchase_order"

Lines = Mapping[str, PurchaseOrderLine]


class Receipt(Struct, frozen=True):
    """Units of a SKU that arrived, and units that never will, with the reason."""

    sku: str
    quantity: int
    short: int = 0
    reason: str | None = None


class TooMany(Conflict):
    """More came than was ordered and the tolerance allows, or more is short than outstanding."""

    def __init__(self, excess: Mapping[str, tuple[int, int]]) -> None:
        told = "; ".join(f"{sku}: {n} given, {most} possible" for sku, (n, most) in excess.items())
        super().__init__("conflict", f"More than is outstanding: {told}.")


def receive(order_id: UUID, receipts: Sequence[Receipt], complete: bool) -> PurchaseOrder:
    """Book what arrived; without receipts all that is outstanding did.

    The order is received once nothing is outstanding any more.

    Raises:
        TooMany: more came than the tolerance allows, or more is short than is outstanding.
        Invalid: a surplus without a reason; `complete` says that nothing more comes, and units
            are unexplained.
    """
    order = queries.get_locked(order_id)
    context.require_facility(order.facility)
    states.require(order, Status.SENT, Status.PARTLY_RECEIVED)
    lines = {line.sku: line for line in order.lines}
    receipts = receipts or [Receipt(s, ln.outstanding) for s, ln in lines.items() if ln.outstanding]
    check(receipts, lines)
    if complete:
        check_complete(receipts, lines)
    expected.lock(order, [receipt.sku for receipt in receipts])
    post(order, receipts)
    expected.change(order, {one.sku: -gone(one, lines[one.sku]) for one in receipts})
    for receipt in receipts:
        book(receipt, lines[receipt.sku])
    conclude(order)
    db.session.flush()
    return order


def gone(receipt: Receipt, line: PurchaseOrderLine) -> int:
    """Return how many units are outstanding no more."""
    return min(line.outstanding, receipt.quantity + receipt.short)


def check(receipts: Sequence[Receipt], lines: Lines) -> None:
    errors = faults([one.sku for one in receipts], lines, "Not in this purchase order.")
    if errors:
        raise Invalid(errors)
    excess = {}
    for index, receipt in enumerate(receipts):
        line = lines[receipt.sku]
        given = receipt.quantity + receipt.short
        most = line.outstanding + (0 if receipt.short else surplus(line))
        if given > most:
            excess[receipt.sku] = (given, most)
        elif given > line.outstanding and not receipt.reason:
            told = f"{given - line.outstanding} more than is outstanding: a surplus needs a reason."
            errors[f"lines.{index}.reason"] = [told]
    if excess:
        raise TooMany(excess)
    if errors:
        raise Invalid(errors)


def surplus(line: PurchaseOrderLine) -> int:
    """Return how many units may still come beyond the quantity ordered."""
    settings: Settings = current_app.config["SETTINGS"]
    share = Decimal(str(settings.purchase_over_receipt))
    return max(0, int(line.quantity * share) - line.over)


def check_complete(receipts: Sequence[Receipt], lines: Lines) -> None:
    index_of = {receipt.sku: index for index, receipt in enumerate(receipts)}
    left = {sku: line.outstanding for sku, line in lines.items()}
    for receipt in receipts:
        left[receipt.sku] -= gone(receipt, lines[receipt.sku])
    errors: dict[str, list[str]] = {}
    for sku, units in left.items():
        if units:
            field = f"lines.{index_of[sku]}.short" if sku in index_of else "lines"
            told = f"{units} of {sku} are outstanding: give them as short, with a reason."
            errors.setdefault(field, []).append(told)
    if errors:
        raise Invalid(errors)


def post(order: PurchaseOrder, receipts: Sequence[Receipt]) -> None:
    """Enter what arrived into the ledger, and keep how long it took."""
    came = {receipt.sku: receipt for receipt in receipts if receipt.quantity}
    ledger.post_all(
        [
            Entry(
                Kind.RECEIPT,
                sku,
                order.facility,
                receipt.quantity,
                reason=receipt.reason,
                reference=order.reference or str(order.id),
                cause=CAUSE,
                cause_id=str(order.id),
            )
            for sku, receipt in came.items()
        ]
    )
    assert order.sent_at is not None
    units = {sku: receipt.quantity for sku, receipt in came.items()}
    lead_times.record(order.id, order.supplier, order.facility, order.sent_at, units)


def book(receipt: Receipt, line: PurchaseOrderLine) -> None:
    """Note on the line what came, what never will, and what came beyond it."""
    left = line.outstanding - gone(receipt, line)
    line.over += max(0, receipt.quantity - line.outstanding)
    line.received += receipt.quantity
    line.short += receipt.short
    line.outstanding = left
    if receipt.reason:
        line.discrepancy_reason = receipt.reason


def conclude(order: PurchaseOrder) -> None:
    """Close an order of which nothing is outstanding; tell of its status where that is new."""
    rest = any(line.outstanding for line in order.lines)
    status = Status.PARTLY_RECEIVED if rest else Status.RECEIVED
    is_news = status != order.status
    states.advance(order, status)
    if is_news:
        states.publish(order)
