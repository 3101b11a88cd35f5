"""Pick lists: what is to be fetched from the shelves of a facility, all released orders in one."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from fulfillment.catalog import items
from fulfillment.network import facilities
from fulfillment.platform import clock, context
from fulfillment.platform.db import db
from fulfillment.platform.errors import Invalid
from fulfillment.shipping.documents.sheets import Column, Table
from fulfillment.shipping.models import Shipment, ShipmentLine, Status

COLUMNS = (
    Column("SKU", 50),
    Column("Name", 70),
    Column("Quantity", 20),
    Column("Orders", 15),
    Column("First by", 25),
)

Document = dict[str, Any]


def pick_list(facility: str, ship_by_until: datetime | None) -> Document:
    """Return the units by SKU of a facility's released shipments, those needed first on top.

    Raises:
        Invalid: the facility is unknown.
    """
    context.require_facility(facility)
    if facilities.unknown([facility]):
        raise Invalid({"facility": ["Unknown facility."]})
    first, units = func.min(Shipment.ship_by), func.sum(ShipmentLine.quantity)
    chosen = select(ShipmentLine.sku, units, func.count(), first).join(Shipment)
    chosen = chosen.where(Shipment.facility == facility, Shipment.status == Status.RELEASED)
    if ship_by_until:
        chosen = chosen.where(Shipment.ship_by <= ship_by_until)
    found = db.session.execute(chosen.group_by(ShipmentLine.sku).order_by(first, ShipmentLine.sku))
    rows = found.all()
    known = items.find([row[0] for row in rows])
    names = ("sku", "quantity", "shipments", "ship_by")
    lines = [dict(zip(names, row, strict=True)) | {"name": known[row[0]].name} for row in rows]
    return {"facility": facility, "printed_at": clock.now(), "lines": lines}


def table_of(told: Document) -> Table:
    """Return a pick list as a table."""
    units = sum(line["quantity"] for line in told["lines"])
    heading = [
        f"{told['facility']}, {told['printed_at']:%Y-%m-%d %H:%M} UTC",
        f"{units} units of {len(told['lines'])} SKUs",
    ]
    return Table("Pick list", heading, COLUMNS, [row_of(line) for line in told["lines"]])


def row_of(line: Document) -> tuple[str, ...]:
    counts = str(line["quantity"]), str(line["shipments"])
    return line["sku"], line["name"], *counts, f"{line['ship_by']:%m-%d %H:%M}"
