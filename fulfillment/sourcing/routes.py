"""Sourcing over HTTP: ask where a cart ships from, and hold it there."""

from typing import Any
from uuid import UUID

from fulfillment.inventory import reservations
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, location
from fulfillment.sourcing import carts, schemas, service

routes = Room("sourcing", __name__, "Where a cart ships from, and its reservation")

STOREFRONT = frozenset({Role.STOREFRONT})
ASKING = frozenset({Role.STOREFRONT, Role.PLANNER, Role.VIEWER})


@routes.asks(
    "/availability", to=ASKING, body=schemas.AvailabilityIn, returns=schemas.AvailabilityOut
)
def ask_availability(body: dict[str, Any]) -> Any:
    """Ask what can be promised of up to 500 SKUs, and by when it would arrive."""
    return {"items": carts.promisable(body["skus"], body.get("destination"))}


@routes.asks("/sourcing", to=ASKING, body=schemas.SourcingIn, returns=schemas.SourcingOut)
def ask_sourcing(body: dict[str, Any]) -> Any:
    """Ask where an order would ship from: the best plans, costed and explained. No side effect."""
    return {"options": [plan.document() for plan in service.source(carts.ask_of(body))]}


@routes.writes(
    "POST",
    "/reservations",
    to=STOREFRONT,
    body=schemas.ReservationIn,
    returns=schemas.ReservationOut,
    status=201,
    solve=carts.source_cart,
)
def create_reservation(body: dict[str, Any], plan: Any) -> Any:
    """Source a cart and hold its units, all or nothing, in place of what it held before."""
    hold = carts.reserve_cart(body, plan)
    return carts.described(hold), location("reservations", hold.id)


@routes.reads("/reservations/<uuid:hold_id>", returns=schemas.ReservationOut)
def get_reservation(hold_id: UUID) -> Any:
    """Read a reservation."""
    return carts.described(reservations.get(hold_id))


@routes.writes(
    "DELETE",
    "/reservations/<uuid:hold_id>",
    to=STOREFRONT,
    status=204,
    current=carts.described_locked,
    shown=schemas.ReservationOut,
)
def delete_reservation(hold_id: UUID) -> Any:
    """Give a reservation's units back."""
    reservations.release(hold_id)


@routes.writes(
    "POST",
    "/reservations/<uuid:hold_id>/extend",
    to=STOREFRONT,
    body=schemas.ExtendIn,
    returns=schemas.ReservationOut,
)
def extend_reservation(body: dict[str, Any], hold_id: UUID) -> Any:
    """Let a live reservation live longer, counted from now."""
    return carts.described(
        reservations.extend(hold_id, carts.time_to_live(body.get("ttl_seconds")))
    )
