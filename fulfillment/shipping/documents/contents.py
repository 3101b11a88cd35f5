"""What labels and slips say of a shipment."""

from collections.abc import Sequence
from uuid import UUID

from flask import current_app

from fulfillment.catalog import items
from fulfillment.network import facilities
from fulfillment.platform.config import Settings
from fulfillment.platform.errors import Conflict, WrongStatus
from fulfillment.shipping import packages, queries
from fulfillment.shipping.documents.faces import refuse_unprintable
from fulfillment.shipping.documents.labels import Label
from fulfillment.shipping.documents.sheets import Column, Table
from fulfillment.shipping.models import UNDER_WAY, Shipment, Status
from fulfillment.shipping.package_models import Package

LABELLED = (Status.PACKED, *UNDER_WAY)
COLUMNS = (Column("SKU", 55), Column("Name", 100), Column("Quantity", 25))


def labels_of(shipment_id: UUID) -> list[Label]:
    """Return the labels of a packed shipment, one for each package.

    Raises:
        WrongStatus: it is not packed, so that nothing is numbered yet.
        Invalid: no font has some character of an address.
    """
    shipment = queries.get(shipment_id)
    if shipment.status not in LABELLED:
        raise WrongStatus("shipment", shipment.status, LABELLED)
    present = packages.live(shipment.id)
    if not present:
        raise Conflict("conflict", "It was packed without numbers; void its label and pack it.")
    sender, recipient = sender_of(shipment), recipient_of(shipment)
    return [
        Label(sender, recipient, notes(shipment, package, n, len(present)), package.sscc)
        for n, package in enumerate(present, 1)
    ]


def sender_of(shipment: Shipment) -> list[str]:
    settings: Settings = current_app.config["SETTINGS"]
    facility = facilities.get(shipment.facility)
    told = [line.strip() for line in settings.label_sender.split(";") if line.strip()]
    place = " ".join(filter(None, (facility.postal_code, facility.country)))
    lines = told or [facility.name, place]
    refuse_unprintable({"sender": " ".join(lines)})
    return lines


def recipient_of(shipment: Shipment) -> list[str]:
    """Return the lines of the address, as far as it is known."""
    to = {name: str(value) for name, value in shipment.destination.items() if value is not None}
    town = ", ".join(filter(None, (to.get("city"), to.get("state"))))
    told = {name: to.get(name, "") for name in ("name", "street", "city", "state", "postal_code")}
    refuse_unprintable({f"destination.{name}": text for name, text in told.items()})
    lines = (to.get("name"), to.get("street"), f"{town} {told['postal_code']}", to.get("country"))
    return [line.strip() for line in lines if line and line.strip()]


def notes(shipment: Shipment, package: Package, number: int, count: int) -> list[str]:
    service = " ".join(filter(None, (shipment.carrier, shipment.service)))
    weight = f", {package.weight_g / 1000:.2f} kg" if package.weight_g else ""
    return [
        *filter(None, (service,)),
        f"Package {number} of {count}{weight}",
        f"Order {shipment.order_ref}",
        f"From {shipment.facility}",
    ]


def slip_of(shipment_id: UUID) -> Table:
    """Return what a shipment holds, package by package as far as that was told.

    Raises:
        Invalid: no font has some character of the address.
    """
    shipment = queries.get(shipment_id)
    to = recipient_of(shipment)
    heading = [f"Order {shipment.order_ref}", f"From {shipment.facility}", "", "Ship to", *to]
    return Table("Packing slip", heading, COLUMNS, rows_of(shipment))


def rows_of(shipment: Shipment) -> list[Sequence[str]]:
    known = items.find({line.sku for line in shipment.lines})
    names = {sku: item.name for sku, item in known.items()}
    present = packages.live(shipment.id)
    told = [package for package in present if package.lines]
    rows: list[Sequence[str]] = []
    for number, package in enumerate(told, 1):
        rows.append((f"Package {number} of {len(present)}: {package.sscc}",))
        rows += [(line.sku, names[line.sku], str(line.quantity)) for line in package.lines]
    everything = [(line.sku, names[line.sku], str(line.quantity)) for line in shipment.lines]
    return rows or [*everything]
