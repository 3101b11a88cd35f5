"""Labels, packing slips and pick lists over HTTP; to print one again is to ask for it again."""

from typing import Any
from uuid import UUID

from flask import Response, request

from fulfillment.platform.cells import csv_text
from fulfillment.platform.http import Room
from fulfillment.platform.tables import CSV
from fulfillment.shipping import schemas
from fulfillment.shipping.carriers import requests
from fulfillment.shipping.documents import contents, labels, pdf, pick_lists, zpl
from fulfillment.shipping.documents.sheets import sheets

routes = Room("documents", __name__, "Labels, packing slips and pick lists")

SUFFIXES = {pdf.MEDIA_TYPE: "pdf", zpl.MEDIA_TYPE: "zpl"}
BINARY = {"schema": {"type": "string", "format": "binary"}}
AS_PDF = {200: {"description": "OK", "content": {pdf.MEDIA_TYPE: BINARY}}}
AS_CSV = {200: {"description": "OK", "content": {CSV: {"schema": {"type": "string"}}}}}
AS_ZPL = {200: {"description": "OK", "content": {zpl.MEDIA_TYPE: BINARY}}}
AS_BOTH = {200: {"description": "OK", "content": {pdf.MEDIA_TYPE: BINARY, zpl.MEDIA_TYPE: BINARY}}}


def sent(name: str, data: bytes, media_type: str) -> Response:
    """Return a file as an answer that a browser shows under this name."""
    answer = Response(data, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@routes.reads("/shipments/<uuid:shipment_id>/label")
@routes.doc(responses=AS_BOTH)
def get_label(shipment_id: UUID) -> Response:
    """Print the labels of a packed shipment as PDF, or ZPL if that is what is accepted.

    The label that its carrier gave takes the place of ours.
    """
    accepted = request.accept_mimetypes.best_match([pdf.MEDIA_TYPE, zpl.MEDIA_TYPE])
    answer = label(shipment_id, accepted or pdf.MEDIA_TYPE)
    answer.vary.add("Accept")
    return answer


@routes.reads("/shipments/<uuid:shipment_id>/label.pdf")
@routes.doc(responses=AS_PDF)
def get_label_pdf(shipment_id: UUID) -> Response:
    """Print the labels of a packed shipment as PDF, one 4 by 6 inch page for each package."""
    return label(shipment_id, pdf.MEDIA_TYPE)


@routes.reads("/shipments/<uuid:shipment_id>/label.zpl")
@routes.doc(responses=AS_ZPL)
def get_label_zpl(shipment_id: UUID) -> Response:
    """Print the labels of a packed shipment as ZPL, for a printer of 203 dots per inch."""
    return label(shipment_id, zpl.MEDIA_TYPE)


@routes.reads("/shipments/<uuid:shipment_id>/packing-slip")
@routes.doc(responses=AS_PDF)
def get_packing_slip(shipment_id: UUID) -> Response:
    """Print what a shipment holds, as PDF."""
    return slip(shipment_id)


@routes.reads("/shipments/<uuid:shipment_id>/packing-slip.pdf")
@routes.doc(responses=AS_PDF)
def get_packing_slip_pdf(shipment_id: UUID) -> Response:
    """Print what a shipment holds, as PDF."""
    return slip(shipment_id)


@routes.reads("/pick-list", query=schemas.PickListQuery, returns=schemas.PickListOut)
def get_pick_list(query: dict[str, Any]) -> Any:
    """Read what is to be fetched for the released shipments of a facility, SKU by SKU."""
    return picked(query)


@routes.reads("/pick-list.pdf", query=schemas.PickListQuery)
@routes.doc(responses=AS_PDF)
def get_pick_list_pdf(query: dict[str, Any]) -> Response:
    """Print what is to be fetched for the released shipments of a facility."""
    data = pdf.written("Pick list", sheets(pick_lists.table_of(picked(query))))
    return sent(f"pick-list-{query['facility']}.pdf", data, pdf.MEDIA_TYPE)


@routes.reads("/pick-list.csv", query=schemas.PickListQuery)
@routes.doc(responses=AS_CSV)
def get_pick_list_csv(query: dict[str, Any]) -> Response:
    """Read what is to be fetched for the released shipments of a facility as CSV."""
    rows = schemas.PickListLine().dump(picked(query)["lines"], many=True)
    return Response(csv_text(rows, schemas.PickListLine), mimetype=CSV)


def picked(query: dict[str, Any]) -> dict[str, Any]:
    return pick_lists.pick_list(query["facility"], query.get("ship_by_until"))


def label(shipment_id: UUID, media_type: str) -> Response:
    printed = contents.labels_of(shipment_id)
    name = f"label-{shipment_id}.{SUFFIXES[media_type]}"
    if data := requests.bought_label(shipment_id, media_type):
        return sent(name, data, media_type)
    pages = [labels.page(one) for one in printed]
    if media_type == zpl.MEDIA_TYPE:
        return sent(name, zpl.written(pages), media_type)
    return sent(name, pdf.written(f"Label {shipment_id}", pages), media_type)


def slip(shipment_id: UUID) -> Response:
    pages = sheets(contents.slip_of(shipment_id))
    data = pdf.written(f"Packing slip {shipment_id}", pages)
    return sent(f"packing-slip-{shipment_id}.pdf", data, pdf.MEDIA_TYPE)
