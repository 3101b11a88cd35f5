"""Purchase orders over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, request

from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, location, tag
from fulfillment.platform.tables import CSV, JSON
from fulfillment.supply.purchasing import queries, receiving, schemas, sending, service, tables
from fulfillment.supply.schemas import ApproveIn

PLANNERS = frozenset({Role.PLANNER})
WAREHOUSE = frozenset({Role.WAREHOUSE})
# What we pay is no business of storefronts and carriers.
READERS = frozenset({Role.PLANNER, Role.WAREHOUSE, Role.VIEWER})
ONE = "/purchase-orders/<uuid:purchase_order_id>"

routes = Room("purchasing", __name__, "Purchase orders to suppliers")


@routes.writes(
    "POST",
    "/purchase-orders",
    to=PLANNERS,
    body=schemas.PurchaseOrderIn,
    returns=schemas.PurchaseOrderOut,
    status=201,
)
def create_purchase_order(body: dict[str, Any]) -> Any:
    """Order of a supplier, or propose to; it is told nothing before the order is sent."""
    make = service.propose if body.pop("propose") else service.create
    order = make(**body)
    return order, 201, location("purchase-orders", order.id) | tag(order)


@routes.lists(
    "/purchase-orders",
    to=READERS,
    query=schemas.PurchaseOrderQuery,
    item=schemas.PurchaseOrderOut,
    row=schemas.PurchaseOrderRow,
)
def list_purchase_orders(query: dict[str, Any]) -> Any:
    """List purchase orders, oldest first."""
    return queries.page(query)


@routes.reads(ONE, to=READERS, returns=schemas.PurchaseOrderOut)
@routes.alt_response(200, schema={"type": "string"}, content_type=CSV)
def get_purchase_order(purchase_order_id: UUID) -> Any:
    """Read one purchase order; as CSV, it is a table for the supplier."""
    order = queries.get(purchase_order_id)
    if request.accept_mimetypes.best_match([JSON, CSV]) != CSV:
        return order, 200, tag(order)
    answer = Response(tables.as_csv(order), mimetype=CSV)
    answer.vary.add("Accept")
    return answer


@routes.writes(
    "POST", f"{ONE}/approve", to=PLANNERS, body=ApproveIn, returns=schemas.PurchaseOrderOut
)
def approve_purchase_order(body: dict[str, Any], purchase_order_id: UUID) -> Any:
    """Approve a proposed purchase order, or lines of it; the others are dropped."""
    order = service.approve(purchase_order_id, body["lines"])
    return order, 200, tag(order)


@routes.writes(
    "POST",
    f"{ONE}/send",
    to=PLANNERS,
    body=schemas.PurchaseSendIn,
    returns=schemas.PurchaseOrderOut,
)
def send_purchase_order(body: dict[str, Any], purchase_order_id: UUID) -> Any:
    """Mark a purchase order as sent: its units are incoming, and the news carries all of it."""
    order = sending.send(purchase_order_id, **body)
    return order, 200, tag(order)


@routes.writes(
    "POST",
    f"{ONE}/receive",
    to=WAREHOUSE,
    body=schemas.PurchaseReceiveIn,
    returns=schemas.PurchaseOrderOut,
)
def receive_purchase_order(body: dict[str, Any], purchase_order_id: UUID) -> Any:
    """Book what arrived of a purchase order, in parts or to its end."""
    order = receiving.receive(purchase_order_id, **body)
    return order, 200, tag(order)


@routes.writes(
    "POST",
    f"{ONE}/cancel",
    to=PLANNERS,
    body=schemas.PurchaseCancelIn,
    returns=schemas.PurchaseOrderOut,
)
def cancel_purchase_order(body: dict[str, Any], purchase_order_id: UUID) -> Any:
    """Call off a purchase order; what has not come is expected no more."""
    order = service.cancel(purchase_order_id, **body)
    return order, 200, tag(order)
