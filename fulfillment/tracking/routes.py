"""Tracking over HTTP."""

from typing import Any
from uuid import UUID

from flask import request

from fulfillment.platform.commands import Command, as_view
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room
from fulfillment.platform.tables import documented
from fulfillment.platform.webhooks.signing import ID, SIGNATURE, STAMP
from fulfillment.tracking import links, queries, schemas, service
from fulfillment.tracking.signed import signed

CARRIERS = frozenset({Role.CARRIER})
STOREFRONT = frozenset({Role.STOREFRONT})
BODY = documented(service.NOUN, schemas.TrackingEventRow)
SIGNED_BY = [
    {"in": "header", "name": name, "schema": {"type": "string"}, "required": True}
    for name in (ID, STAMP, SIGNATURE)
]

routes = Room("tracking", __name__, "What carriers tell of shipments, from the dock to the door")


@routes.writes("POST", "/tracking-events", to=CARRIERS, returns=schemas.TrackingReport)
@routes.doc(requestBody=BODY)
def record_events() -> Any:
    """Record what carriers tell, up to 1,000 events at once; each row has its own outcome."""
    return service.record(service.read_events(request.get_data(), request.mimetype))


@routes.route("/carriers/<code>/events", methods=["POST"])
@signed
@routes.doc(operationId="receive_events", requestBody=BODY, parameters=SIGNED_BY, security=[{}])
@lambda view: as_view(Command(view, None, None))
@routes.response(200, schemas.TrackingReport)
def receive_events(code: str) -> Any:
    """Record what a carrier tells, signed by its secret instead of sent with a key."""
    return service.record(service.read_events(request.get_data(), request.mimetype, code))


@routes.lists("/shipments/<uuid:shipment_id>/events", item=schemas.TrackingEventOut)
def list_tracking_events(query: dict[str, Any], shipment_id: UUID) -> Any:
    """List what was told of a shipment, as it happened."""
    return queries.events(shipment_id, **query)


@routes.lists("/shipments/at-risk", query=schemas.AtRiskQuery, item=schemas.AtRiskRow)
def list_shipments_at_risk(query: dict[str, Any]) -> Any:
    """List shipments that may miss their promise, or have, the most urgent first."""
    return queries.at_risk(query)


@routes.reads("/orders/<uuid:order_id>/tracking", returns=schemas.OrderTrackingOut)
def get_order_tracking(order_id: UUID) -> Any:
    """Read where an order's shipments are: promised against expected."""
    return queries.order(order_id)


@routes.writes(
    "POST", "/orders/<uuid:order_id>/tracking-link", to=STOREFRONT, returns=schemas.LinkOut
)
def make_tracking_link(order_id: UUID) -> Any:
    """Make the link to the customer's page of an order; it is always the same one."""
    return {"link": links.path(links.make(order_id))}
