"""What is printed, as bytes."""

from uuid import UUID

from fulfillment.platform.tables import ZPL
from fulfillment.shipping.carriers import requests
from fulfillment.shipping.documents import contents, labels, pdf, zpl
from fulfillment.shipping.documents.sheets import Table, sheets


def label(shipment_id: UUID, media_type: str) -> bytes:
    """Return the labels of a packed shipment: the one that its carrier gave, or ours."""
    printed = contents.labels_of(shipment_id)
    if given := requests.bought_label(shipment_id, media_type):
        return given
    pages = [labels.page(one) for one in printed]
    return zpl.written(pages) if media_type == ZPL else pdf.written(f"Label {shipment_id}", pages)


def slip(shipment_id: UUID) -> bytes:
    """Return the packing slip of a shipment as PDF."""
    return table(f"Packing slip {shipment_id}", contents.slip_of(shipment_id))


def table(title: str, rows: Table) -> bytes:
    """Return a table as PDF, on as many sheets as it needs."""
    return pdf.written(title, sheets(rows))
