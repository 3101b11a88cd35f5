"""Labels and packing slips over HTTP; to print one again is to ask for it again."""

from uuid import UUID

from flask import Response, request

from fulfillment.platform.http import Room
from fulfillment.shipping.documents import contents, labels, pdf, zpl
from fulfillment.shipping.documents.sheets import sheets

routes = Room("documents", __name__, "Labels and packing slips")

BINARY = {"schema": {"type": "string", "format": "binary"}}
AS_PDF = {200: {"description": "OK", "content": {pdf.MEDIA_TYPE: BINARY}}}
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
    """Print the labels of a packed shipment as PDF, or ZPL if that is what is accepted."""
    accepted = request.accept_mimetypes.best_match([pdf.MEDIA_TYPE, zpl.MEDIA_TYPE])
    answer = (zpl_label if accepted == zpl.MEDIA_TYPE else pdf_label)(shipment_id)
    answer.vary.add("Accept")
    return answer


@routes.reads("/shipments/<uuid:shipment_id>/label.pdf")
@routes.doc(responses=AS_PDF)
def get_label_pdf(shipment_id: UUID) -> Response:
    """Print the labels of a packed shipment as PDF, one 4 by 6 inch page for each package."""
    return pdf_label(shipment_id)


@routes.reads("/shipments/<uuid:shipment_id>/label.zpl")
@routes.doc(responses=AS_ZPL)
def get_label_zpl(shipment_id: UUID) -> Response:
    """Print the labels of a packed shipment as ZPL, for a printer of 203 dots per inch."""
    return zpl_label(shipment_id)


@routes.reads("/shipments/<uuid:shipment_id>/packing-slip")
@routes.doc(responses=AS_PDF)
def get_packing_slip(shipment_id: UUID) -> Response:
    """Print what a shipment holds, as PDF."""
    return pdf_slip(shipment_id)


@routes.reads("/shipments/<uuid:shipment_id>/packing-slip.pdf")
@routes.doc(responses=AS_PDF)
def get_packing_slip_pdf(shipment_id: UUID) -> Response:
    """Print what a shipment holds, as PDF."""
    return pdf_slip(shipment_id)


def pdf_label(shipment_id: UUID) -> Response:
    pages = [labels.page(label) for label in contents.labels_of(shipment_id)]
    data = pdf.written(f"Label {shipment_id}", pages)
    return sent(f"label-{shipment_id}.pdf", data, pdf.MEDIA_TYPE)


def zpl_label(shipment_id: UUID) -> Response:
    pages = [labels.page(label) for label in contents.labels_of(shipment_id)]
    return sent(f"label-{shipment_id}.zpl", zpl.written(pages), zpl.MEDIA_TYPE)


def pdf_slip(shipment_id: UUID) -> Response:
    pages = sheets(contents.slip_of(shipment_id))
    data = pdf.written(f"Packing slip {shipment_id}", pages)
    return sent(f"packing-slip-{shipment_id}.pdf", data, pdf.MEDIA_TYPE)
