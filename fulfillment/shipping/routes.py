"""Shipments over HTTP: a facility's work queue, and its steps from release to handover."""

from typing import Any
from uuid import UUID

from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, tag
from fulfillment.shipping import floor, packages, picking, queries, scanning, schemas
from fulfillment.shipping.carriers import messages, requests, shopping
from fulfillment.shipping.carriers.schemas import RatesOut, ServiceIn

WAREHOUSE = frozenset({Role.WAREHOUSE})

routes = Room("shipping", __name__, "Shipments, from planned to handed over")


@routes.lists(
    "/shipments",
    query=schemas.ShipmentQuery,
    item=schemas.ShipmentOut,
    row=schemas.ShipmentRow,
)
def list_shipments(query: dict[str, Any]) -> Any:
    """List the work queue, most urgent first."""
    return queries.queue(query)


@routes.reads("/shipments/<uuid:shipment_id>", returns=schemas.ShipmentOut)
def get_shipment(shipment_id: UUID) -> Any:
    """Read one shipment."""
    shipment = queries.get(shipment_id)
    return shipment, 200, tag(shipment)


@routes.writes(
    "POST",
    "/shipments/release",
    to=WAREHOUSE,
    body=schemas.ReleaseIn,
    returns=schemas.ReleaseOut,
)
def release_shipments(body: dict[str, Any]) -> Any:
    """Release planned shipments of a facility to its floor: all of those asked for, or none."""
    released = floor.release_many(**body)
    return {"released": len(released), "shipment_ids": [shipment.id for shipment in released]}


@routes.writes(
    "POST",
    "/shipments/<uuid:shipment_id>/release",
    to=WAREHOUSE,
    returns=schemas.ShipmentOut,
)
def release_shipment(shipment_id: UUID) -> Any:
    """Release a planned shipment to the floor."""
    shipment = floor.release(shipment_id)
    return shipment, 200, tag(shipment)


@routes.writes(
    "POST",
    "/shipments/<uuid:shipment_id>/pick",
    to=WAREHOUSE,
    body=schemas.PickIn,
    returns=schemas.ShipmentOut,
)
def pick_shipment(body: dict[str, Any], shipment_id: UUID) -> Any:
    """Note what was picked; what was not found is sourced again from elsewhere."""
    shipment = picking.pick(shipment_id, **body)
    return shipment, 200, tag(shipment)


@routes.writes(
    "POST",
    "/shipments/<uuid:shipment_id>/scan",
    to=WAREHOUSE,
    body=schemas.ShipmentScanIn,
    returns=schemas.ShipmentOut,
)
def scan_into_shipment(body: dict[str, str], shipment_id: UUID) -> Any:
    """Count what was scanned as picked, or, when all is picked, as packed."""
    shipment = scanning.scan(shipment_id, body["code"])
    return shipment, 200, tag(shipment)


@routes.writes(
    "POST",
    "/shipments/<uuid:shipment_id>/pack",
    to=WAREHOUSE,
    body=schemas.PackIn,
    returns=schemas.ShipmentOut,
)
def pack_shipment(body: dict[str, Any], shipment_id: UUID) -> Any:
    """Note how a picked shipment was packed; every package gets a number (SSCC) of its own."""
    shipment = floor.pack(shipment_id, body["packages"], body["weight_g"])
    return shipment, 200, tag(shipment)


@routes.lists(
    "/shipments/<uuid:shipment_id>/packages", item=schemas.PackageOut, row=schemas.PackageRow
)
def list_packages(query: dict[str, Any], shipment_id: UUID) -> Any:
    """List the packages of a shipment; those that are voided too."""
    return packages.page(queries.get(shipment_id).id, **query)


@routes.writes(
    "POST",
    "/shipments/<uuid:shipment_id>/void-label",
    to=WAREHOUSE,
    returns=schemas.ShipmentOut,
)
def void_label(shipment_id: UUID) -> Any:
    """Void the labels of a packed shipment, which is to be packed anew under new numbers."""
    shipment = floor.void_label(shipment_id)
    return shipment, 200, tag(shipment)


@routes.reads("/shipments/<uuid:shipment_id>/rates", returns=RatesOut)
def list_shipment_rates(shipment_id: UUID) -> Any:
    """Compare what the services ask for a shipment's packages, as far as it is packed."""
    shipment = queries.get(shipment_id)
    return {
        "shipment_id": shipment.id,
        "promised_on": shipment.deliver_by,
        "carrier": shipment.carrier,
        "service": shipment.service,
        "rates": shopping.offered(shipment),
    }


@routes.writes(
    "POST",
    "/shipments/<uuid:shipment_id>/service",
    to=WAREHOUSE,
    body=ServiceIn,
    returns=schemas.ShipmentOut,
)
def choose_service(body: dict[str, Any], shipment_id: UUID) -> Any:
    """Give a picked or packed shipment to another service; labels that were printed are void."""
    shipment = shopping.choose(shipment_id, **body)
    return shipment, 200, tag(shipment)


@routes.writes(
    "POST", "/shipments/<uuid:shipment_id>/ask-carrier", to=WAREHOUSE, returns=schemas.ShipmentOut
)
def ask_carrier_again(shipment_id: UUID) -> Any:
    """Ask a shipment's carrier again, at once: it refused, or has not answered."""
    shipment = queries.get_locked(shipment_id)
    requests.ask_again(shipment, messages.shipment(shipment))
    return shipment, 200, tag(shipment)


@routes.writes(
    "POST",
    "/shipments/<uuid:shipment_id>/handover",
    to=WAREHOUSE,
    body=schemas.HandoverIn,
    returns=schemas.ShipmentOut,
)
def hand_over_shipment(body: dict[str, Any], shipment_id: UUID) -> Any:
    """Hand a packed shipment to its carrier: its stock leaves the ledger, once."""
    shipment = floor.hand_over(shipment_id, **body)
    return shipment, 200, tag(shipment)


@routes.writes(
    "POST",
    "/shipments/<uuid:shipment_id>/reject",
    to=WAREHOUSE,
    body=schemas.RejectIn,
    returns=schemas.ShipmentOut,
)
def reject_shipment(body: dict[str, Any], shipment_id: UUID) -> Any:
    """Send units back to be sourced from elsewhere: the whole shipment, or some lines."""
    shipment = picking.reject(shipment_id, **body)
    return shipment, 200, tag(shipment)
