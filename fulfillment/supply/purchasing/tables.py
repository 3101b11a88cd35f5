"""A purchase order as a table, for the supplier."""

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields

from fulfillment.catalog import items
from fulfillment.platform.cells import csv_text
from fulfillment.platform.money import Amount, Currency
from fulfillment.supply.purchasing.models import PurchaseOrder


class OrderedRow(Schema):
    """What is ordered of one SKU."""

    order = fields.String()
    supplier = fields.String()
    facility = fields.String()
    expected_on = fields.Date()
    sku = fields.String()
    gtin = fields.String()
    name = fields.String()
    quantity = fields.Integer()
    unit_cost = Amount()
    amount = Amount()
    currency = Currency()


def as_csv(order: PurchaseOrder) -> str:
    """Return the order as CSV, a row for each SKU."""
    return csv_text(OrderedRow(many=True).dump(list(rows_of(order))), OrderedRow)


def rows_of(order: PurchaseOrder) -> Iterator[dict[str, Any]]:
    known = items.find({line.sku for line in order.lines})
    for line in order.lines:
        yield {
            "order": order.reference or str(order.id),
            "supplier": order.supplier,
            "facility": order.facility,
            "expected_on": order.expected_on,
            "sku": line.sku,
            "gtin": known[line.sku].gtin,
            "name": known[line.sku].name,
            "quantity": line.quantity,
            "unit_cost": line.unit_cost,
            "amount": line.quantity * line.unit_cost,
        }
