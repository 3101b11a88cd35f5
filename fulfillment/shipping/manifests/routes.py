"""Manifests over HTTP: close the day's handover to a carrier, print it, give it away."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response

from fulfillment.platform.cells import csv_text
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, location, tag
from fulfillment.platform.later import Later
from fulfillment.platform.tables import CSV, PDF
from fulfillment.shipping.documents.routes import AS_CSV, AS_PDF, sent
from fulfillment.shipping.manifests import queries, schemas, service

if TYPE_CHECKING:
    from fulfillment.shipping.documents import printing
    from fulfillment.shipping.manifests import paper
else:
    printing = Later("fulfillment.shipping.documents.printing")
    paper = Later("fulfillment.shipping.manifests.paper")

WAREHOUSE = frozenset({Role.WAREHOUSE})

routes = Room("manifests", __name__, "Handovers to carriers")


@routes.lists("/manifests", query=schemas.ManifestQuery, item=schemas.ManifestRow)
def list_manifests(query: dict[str, Any]) -> Any:
    """List manifests, oldest first."""
    return queries.list_page(query)


@routes.writes(
    "POST",
    "/manifests",
    to=WAREHOUSE,
    body=schemas.ManifestIn,
    returns=schemas.ManifestOut,
    status=201,
)
def close_manifest(body: dict[str, str]) -> Any:
    """Close the handover to one carrier: all that is packed for it and on no open manifest."""
    manifest = service.close(**body)
    return manifest, 201, tag(manifest) | location("manifests", manifest.id)


@routes.reads("/manifests/<uuid:manifest_id>", returns=schemas.ManifestOut)
def get_manifest(manifest_id: UUID) -> Any:
    """Read a manifest, package by package."""
    manifest = queries.get(manifest_id)
    return manifest, 200, tag(manifest)


@routes.reads("/manifests/<uuid:manifest_id>.pdf")
@routes.doc(responses=AS_PDF)
def get_manifest_pdf(manifest_id: UUID) -> Response:
    """Print a manifest as PDF."""
    data = printing.table(f"Manifest {manifest_id}", paper.table_of(queries.get(manifest_id)))
    return sent(f"manifest-{manifest_id}.pdf", data, PDF)


@routes.reads("/manifests/<uuid:manifest_id>.csv")
@routes.doc(responses=AS_CSV)
def get_manifest_csv(manifest_id: UUID) -> Response:
    """Read the packages of a manifest as CSV."""
    rows = schemas.ManifestLineOut().dump(queries.get(manifest_id).lines, many=True)
    return Response(csv_text(rows, schemas.ManifestLineOut), mimetype=CSV)


@routes.writes(
    "POST",
    "/manifests/<uuid:manifest_id>/handover",
    to=WAREHOUSE,
    body=schemas.ManifestHandoverIn,
    returns=schemas.ManifestOut,
)
def hand_over_manifest(body: dict[str, Any], manifest_id: UUID) -> Any:
    """Hand over the packages that the driver took; the others stay packed."""
    manifest = service.hand_over(manifest_id, body["ssccs"])
    return manifest, 200, tag(manifest)
