"""Returns over HTTP."""

from typing import Any
from uuid import UUID

from fulfillment.orders.returns import queries, receiving, schemas, service
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, location, tag

WAREHOUSE = frozenset({Role.WAREHOUSE})
DESK = frozenset({Role.STOREFRONT, Role.PLANNER, Role.WAREHOUSE})
ONE = "/returns/<uuid:return_id>"

routes = Room("returns", __name__, "What customers send back")


@routes.writes(
    "POST",
    "/returns",
    to=WAREHOUSE,
    body=schemas.ReturnIn,
    returns=schemas.ReturnOut,
    status=201,
)
def receive_at_once(body: dict[str, Any]) -> Any:
    """Book units that came back without having been announced."""
    what = {name: body[name] for name in ("facility", "lines", "external_ref")}
    made = service.receive_at_once(body, **what)
    return made, 201, location("returns", made.id) | tag(made)


@routes.writes(
    "POST",
    "/orders/<uuid:order_id>/returns",
    to=DESK,
    body=schemas.AnnounceIn,
    returns=schemas.ReturnOut,
    status=201,
)
def announce_return(body: dict[str, Any], order_id: UUID) -> Any:
    """Announce that units of an order will come back."""
    made = service.announce(order_id, **body)
    return made, 201, location("returns", made.id) | tag(made)


@routes.lists("/returns", query=schemas.ReturnQuery, item=schemas.ReturnOut, row=schemas.ReturnRow)
def list_returns(query: dict[str, Any]) -> Any:
    """List returns, oldest first."""
    return queries.page(query)


@routes.reads(ONE, returns=schemas.ReturnOut)
def get_return(return_id: UUID) -> Any:
    """Read one return."""
    found = queries.get(return_id)
    return found, 200, tag(found)


@routes.writes(
    "POST",
    f"{ONE}/receive",
    to=WAREHOUSE,
    body=schemas.ReturnReceiveIn,
    returns=schemas.ReturnOut,
)
def receive_return(body: dict[str, Any], return_id: UUID) -> Any:
    """Book what came of a return that was announced, in parts or to its end."""
    found = receiving.receive(return_id, **body)
    return found, 200, tag(found)


@routes.writes("POST", f"{ONE}/cancel", to=DESK, returns=schemas.ReturnOut)
def cancel_return(return_id: UUID) -> Any:
    """Expect a return no more of which nothing has come."""
    found = service.cancel(return_id)
    return found, 200, tag(found)
