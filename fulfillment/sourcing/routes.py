"""Sourcing over HTTP: ask where a cart ships from, and hold it there."""

from typing import Any
from uuid import UUID

from fulfillment.inventory import reservations
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, location, tag
from fulfillment.sourcing import carts, schemas, service, strategies
from fulfillment.sourcing.asking import availability
from fulfillment.sourcing.asking import quick as asking
from fulfillment.sourcing.bulk import schemas as bulk_schemas
from fulfillment.sourcing.bulk import service as bulk
from fulfillment.sourcing.checkout import quick
from fulfillment.sourcing.strategies import queries as strategy_queries
from fulfillment.sourcing.strategies import schemas as strategy_schemas
from fulfillment.sourcing.strategies.documents import StrategyDocument
from fulfillment.sourcing.strategies.strategy import Strategy

routes = Room(
    "sourcing", __name__, "Where a cart ships from, its reservation, and the shipping strategy"
)

STOREFRONT = frozenset({Role.STOREFRONT})
PLANNERS = frozenset({Role.PLANNER})
ASKING = frozenset({Role.STOREFRONT, Role.PLANNER, Role.VIEWER})


@routes.asks(
    "/availability",
    to=ASKING,
    body=schemas.AvailabilityIn,
    returns=schemas.AvailabilityOut,
    shortcut=asking.promise,
)
def ask_availability(body: dict[str, Any]) -> Any:
    """Ask what can be promised of up to 500 SKUs, and by when it would arrive."""
    return {"items": availability.promisable(body["skus"], body.get("destination"))}


@routes.asks(
    "/sourcing",
    to=ASKING,
    body=schemas.SourcingIn,
    returns=schemas.SourcingOut,
    shortcut=asking.source,
)
def ask_sourcing(body: dict[str, Any]) -> Any:
    """Ask where an order would ship from: the best plans, costed and explained. No side effect."""
    plans = service.source(carts.ask_of(body), in_full=body["explain"])
    return {"options": [plan.document() for plan in plans]}


@routes.writes(
    "POST",
    "/reservations",
    to=STOREFRONT,
    body=schemas.ReservationIn,
    returns=schemas.ReservationOut,
    status=201,
    solve=carts.source_cart,
    shortcut=quick.reserve,
)
def create_reservation(body: dict[str, Any], plan: Any) -> Any:
    """Source a cart and hold its units, all or nothing, in place of what it held before."""
    hold = carts.reserve_cart(body, plan)
    return carts.promised(hold), location("reservations", hold.id)


@routes.writes(
    "POST",
    "/reservations/bulk",
    to=STOREFRONT,
    body=bulk_schemas.CartsIn,
    returns=bulk_schemas.CartsOut,
    status=201,
    solve=bulk.choose,
)
@routes.alt_response(200, schema=bulk_schemas.CartsOut, description="All were refused.")
def create_reservations(body: dict[str, Any], chosen: bulk.Chosen) -> Any:
    """Source and hold up to 1,000 carts in turn, each by itself: held, or refused with a reason."""
    return bulk.hold(body, chosen)


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


@routes.lists("/strategies", to=ASKING, item=strategy_schemas.StrategyRow)
def list_strategies(query: dict[str, Any]) -> Any:
    """List the latest version of every shipping strategy, by name."""
    return strategy_queries.list_page(**query)


@routes.reads("/strategies/active", to=ASKING, returns=strategy_schemas.StrategyOut)
def get_active_strategy() -> Any:
    """Read the shipping strategy in force."""
    return strategy_queries.described(strategies.active())


@routes.reads(
    "/strategies/<name>",
    to=ASKING,
    query=strategy_schemas.VersionQuery,
    returns=strategy_schemas.StrategyOut,
)
def get_strategy(query: dict[str, Any], name: str) -> Any:
    """Read a shipping strategy, its latest version or the one asked for."""
    strategy = strategies.find(name, query["version"])
    return strategy_queries.described(strategy), tag(strategy)


@routes.lists("/strategies/<name>/versions", to=ASKING, item=strategy_schemas.VersionOut)
def list_strategy_versions(query: dict[str, Any], name: str) -> Any:
    """List the versions of a shipping strategy, the oldest first."""
    return strategy_queries.version_page(name, **query)


@routes.writes(
    "PUT",
    "/strategies/<name>",
    to=PLANNERS,
    body=StrategyDocument,
    returns=strategy_schemas.StrategyOut,
    current=strategies.current,
)
@routes.alt_response(201, schema=strategy_schemas.StrategyOut)
def put_strategy(strategy: Strategy, name: str) -> Any:
    """Write a shipping strategy: a new version, unless the latest one says the same."""
    written, created = strategies.put(name, strategy)
    return strategy_queries.described(written), 201 if created else 200, tag(written)


@routes.writes(
    "POST",
    "/strategies/<name>/activate",
    to=PLANNERS,
    body=strategy_schemas.ActivateIn,
    returns=strategy_schemas.StrategyOut,
)
def activate_strategy(body: dict[str, Any], name: str) -> Any:
    """Put a version of a shipping strategy in force; an earlier one rolls back."""
    return strategy_queries.described(strategies.activate(name, body["version"]))
