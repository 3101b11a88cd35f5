"""Orders over HTTP."""

from typing import Any
from uuid import UUID

from fulfillment.orders import queries, schemas, service
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, location

routes = Room("orders", __name__, "Customers' orders, from placed to shipped")

STOREFRONT = frozenset({Role.STOREFRONT})
DESK = frozenset({Role.STOREFRONT, Role.PLANNER})


@routes.writes(
    "POST",
    "/orders",
    to=STOREFRONT,
    body=schemas.OrderIn,
    returns=schemas.OrderOut,
    status=201,
    solve=service.source_order,
)
def place_order(body: dict[str, Any], plan: Any) -> Any:
    """Place an order: from a reservation, allocated now, or to wait for the next wave."""
    order = service.place(body, plan)
    return queries.described([order])[0], location("orders", order.id)


@routes.lists("/orders", query=schemas.OrderQuery, item=schemas.OrderOut, row=schemas.OrderRow)
def list_orders(query: dict[str, Any]) -> Any:
    """List orders, oldest first."""
    return queries.page(query)


@routes.reads("/orders/<uuid:order_id>", returns=schemas.OrderOut)
def get_order(order_id: UUID) -> Any:
    """Read an order with what became of its lines."""
    return queries.described([queries.get(order_id)])[0]


@routes.writes(
    "POST",
    "/orders/<uuid:order_id>/cancel",
    to=DESK,
    body=schemas.CancelIn,
    returns=schemas.OrderOut,
)
def cancel_order(body: dict[str, Any], order_id: UUID) -> Any:
    """Cancel what has not left: the whole order, or units of some lines."""
    order = service.cancel(order_id, body.get("lines"))
    return queries.described([order])[0]
