"""Drafts of purchase orders: their lines checked, and priced by the supplier's terms."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from fulfillment.catalog import items
from fulfillment.network import facilities
from fulfillment.platform import clock, context
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid
from fulfillment.platform.ids import new_id
from fulfillment.platform.money import LARGEST
from fulfillment.supply.lines import faults
from fulfillment.supply.purchasing.models import PurchaseOrder, PurchaseOrderLine, Status
from fulfillment.supply.suppliers import queries as suppliers
from fulfillment.supply.suppliers import terms

Lines = Sequence[Mapping[str, Any]]
"""SKUs with their `quantity`, and a `unit_cost` where it is not as in the supplier's terms."""


def draft(
    supplier: str,
    facility: str,
    lines: Lines,
    plan_id: UUID | None,
    expected_on: date | None,
    reference: str | None,
) -> PurchaseOrder:
    """Write an order that nobody has approved yet.

    Raises:
        Invalid: an unknown supplier, facility or SKU, a SKU twice, a cost that nobody named.
    """
    skus = [line["sku"] for line in lines]
    check_names(supplier, facility, skus)
    moment = clock.now()
    order = PurchaseOrder(
        id=new_id(),
        reference=reference,
        supplier=supplier,
        facility=facility,
        status=Status.PROPOSED,
        expected_on=expected_on,
        plan_id=plan_id,
        actor=context.actor.get().name,
        created_at=moment,
        updated_at=moment,
        lines=priced(supplier, lines),
    )
    count_cost(order)
    db.session.add(order)
    db.session.flush()
    return order


def check_names(supplier: str, facility: str, skus: Sequence[str]) -> None:
    known = set(skus) - set(items.unknown(set(skus)))
    errors = faults(skus, known, "Unknown SKU.")
    seller = suppliers.find({supplier}).get(supplier)
    if seller is None:
        errors["supplier"] = ["Unknown supplier."]
    elif not seller.active:
        errors["supplier"] = ["Is not active."]
    if facilities.unknown({facility}):
        errors["facility"] = ["Unknown facility."]
    if errors:
        raise Invalid(errors)


def priced(supplier: str, lines: Lines) -> list[PurchaseOrderLine]:
    """Return the lines at the costs named, else at those of the supplier's terms."""
    offered = terms.at(supplier, {line["sku"] for line in lines})
    costs = {sku: told.unit_cost for sku, told in offered.items()}
    costs |= {line["sku"]: cost for line in lines if (cost := line.get("unit_cost")) is not None}
    told = f"Needed: the terms of {supplier} name none for this SKU."
    errors = {
        f"lines.{index}.unit_cost": [told]
        for index, line in enumerate(lines)
        if line["sku"] not in costs
    }
    if errors:
        raise Invalid(errors)
    return [
        PurchaseOrderLine(sku=line["sku"], quantity=line["quantity"], unit_cost=costs[line["sku"]])
        for line in lines
    ]


def count_cost(order: PurchaseOrder) -> None:
    """Sum up what the order costs.

    Raises:
        Invalid: more than any amount may be.
    """
    order.cost = sum((line.quantity * line.unit_cost for line in order.lines), Decimal(0))
    if order.cost > LARGEST:
        raise Invalid({"lines": [f"An order must not cost more than {LARGEST}."]})
