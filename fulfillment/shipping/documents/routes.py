"""Labels, packing slips and pick lists over HTTP; to print one again is to ask for it again."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response, request

from fulfillment.platform.cells import csv_text
from fulfillment.platform.http import Room
from fulfillment.platform.later import Later
from fulfillment.platform.tables import CSV, PDF, ZPL
from fulfillment.shipping import schemas

if TYPE_CHECKING:
    from fulfillment.shipping.documents import pick_lists, printing
else:
    pick_lists = Later("fulfillment.shipping.documents.pick_lists")
    printing = Later("fulfillment.shipping.documents.printing")

routes = Room("documents", __name__, "Labels, packing slips and pick lists")

SUFFIXES = {PDF: "pdf", ZPL: "zpl"}
BINARY = {"schema": {"type": "string", "format": "binary"}}
AS_PDF = {200: {"description": "OK", "content": {PDF: BINARY}}}
AS_CSV = {200: {"description": "OK", "content": {CSV: {"schema": {"type": "string"}}}}}
AS_ZPL = {200: {"description": "OK", "content": {ZPL: BINARY}}}
AS_BOTH = {200: {"description": "OK", "content": {PDF: BINARY, ZPL: BINARY}}}


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
    accepted = request.accept_mimetypes.best_match([PDF, ZPL])
    answer = label(shipment_id, accepted or PDF)
    answer.vary.add("Accept")
    return answer


@routes.reads("/shipments/<uuid:shipment_id>/label.pdf")
@routes.doc(responses=AS_PDF)
def get_label_pdf(shipment_id: UUID) -> Response:
    """Print the labels of a packed shipment as PDF, one 4 by 6 inch page for each package."""
    return label(shipment_id, PDF)


@routes.reads("/shipments/<uuid:shipment_id>/label.zpl")
@routes.doc(responses=AS_ZPL)
def get_label_zpl(shipment_id: UUID) -> Response:
    """Print the labels of a packed shipment as ZPL, for a printer of 203 dots per inch."""
    return label(shipment_id, ZPL)


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
    data = printing.table("Pick list", pick_lists.table_of(picked(query)))
    return sent(f"pick-list-{query['facility']}.pdf", data, PDF)


@routes.reads("/pick-list.csv", query=schemas.PickListQuery)
@routes.doc(responses=AS_CSV)
def get_pick_list_csv(query: dict[str, Any]) -> Response:
    """Read what is to be fetched for the released shipments of a facility as CSV."""
    rows = schemas.PickListLine().dump(picked(query)["lines"], many=True)
    return Response(csv_text(rows, schemas.PickListLine), mimetype=CSV)


def picked(query: dict[str, Any]) -> dict[str, Any]:
    return pick_lists.pick_list(query["facility"], query.get("ship_by_until"))


def label(shipment_id: UUID, media_type: str) -> Response:
    name = f"label-{shipment_id}.{SUFFIXES[media_type]}"
    return sent(name, printing.label(shipment_id, media_type), media_type)


def slip(shipment_id: UUID) -> Response:
    data = printing.slip(shipment_id)
    return sent(f"packing-slip-{shipment_id}.pdf", data, PDF)
