"""Purchase orders up to their sending: propose them, approve them, call them off."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from flask import current_app

from fulfillment.platform import context
from fulfillment.platform.config import Settings
from fulfillment.platform.db import db
from fulfillment.supply.lines import kept
from fulfillment.supply.purchasing import expected, queries, states
from fulfillment.supply.purchasing.drafts import Lines, count_cost, draft
from fulfillment.supply.purchasing.models import PurchaseOrder, Status

RULE = "rule"
CALLED_OFF = "cancelled"


def propose(
    supplier: str,
    facility: str,
    lines: Lines,
    plan_id: UUID | None = None,
    expected_on: date | None = None,
    reference: str | None = None,
) -> PurchaseOrder:
    """Propose an order; where it costs no more than the rule's limit, the rule approves it.

    `plan_id` is the plan that asks for it, if one does. Without `expected_on` it is expected when
    the lead time says.

    Raises:
        Invalid: an unknown supplier, facility or SKU, a SKU twice, a cost that nobody named.
    """
    order = draft(supplier, facility, lines, plan_id, expected_on, reference)
    states.publish(order)
    if rule_approves(order.cost):
        pass_on(order, RULE)
    db.session.flush()
    return order


def rule_approves(cost: Decimal) -> bool:
    """Tell whether an order of this cost needs no person to approve it."""
    settings: Settings = current_app.config["SETTINGS"]
    limit = Decimal(str(settings.purchase_auto_approve_limit))
    return bool(limit) and cost <= limit


def create(
    supplier: str,
    facility: str,
    lines: Lines,
    expected_on: date | None = None,
    reference: str | None = None,
) -> PurchaseOrder:
    """Make an order that its author approves at once.

    Raises:
        Invalid: an unknown supplier, facility or SKU, a SKU twice, a cost that nobody named.
    """
    order = draft(supplier, facility, lines, None, expected_on, reference)
    pass_on(order, order.actor)
    db.session.flush()
    return order


def pass_on(order: PurchaseOrder, approver: str) -> None:
    """Approve an order."""
    states.advance(order, Status.APPROVED, approver)
    order.approved_by = approver
    states.publish(order)


def approve(order_id: UUID, named: Lines = ()) -> PurchaseOrder:
    """Approve a proposal, or the lines of it that are named; the others are dropped.

    Raises:
        Invalid: a line is not in the proposal, or asks for more of it.
    """
    order = queries.get_locked(order_id)
    states.require(order, Status.PROPOSED)
    proposed = {line.sku: line.quantity for line in order.lines}
    units = kept(proposed, named, "Not in this purchase order.")
    order.lines = [line for line in order.lines if line.sku in units]
    for line in order.lines:
        line.quantity = units[line.sku]
    count_cost(order)
    pass_on(order, context.actor.get().name)
    db.session.flush()
    return order


def cancel(order_id: UUID, reason: str | None = None) -> PurchaseOrder:
    """Call off an order; what was sent for and has not come is expected no more."""
    order = queries.get_locked(order_id)
    open_to = (Status.PROPOSED, Status.APPROVED, Status.SENT, Status.PARTLY_RECEIVED)
    states.require(order, *open_to)
    left = {line.sku: line.outstanding for line in order.lines if line.outstanding}
    for line in order.lines:
        if line.outstanding:
            line.short += line.outstanding
            line.outstanding = 0
            line.discrepancy_reason = reason or CALLED_OFF
    expected.change(order, {sku: -units for sku, units in left.items()})
    states.advance(order, Status.CANCELLED)
    states.publish(order)
    db.session.flush()
    return order
