"""Transfers over HTTP."""

from typing import Any
from uuid import UUID

from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, location, tag
from fulfillment.supply.schemas import ApproveIn
from fulfillment.supply.transfers import queries, receiving, schemas, service

MOVERS = frozenset({Role.WAREHOUSE, Role.PLANNER})
WAREHOUSE = frozenset({Role.WAREHOUSE})
PLANNERS = frozenset({Role.PLANNER})

routes = Room("transfers", __name__, "Transfers between facilities")


@routes.writes(
    "POST",
    "/transfers",
    to=MOVERS,
    body=schemas.TransferIn,
    returns=schemas.TransferOut,
    status=201,
)
def create_transfer(body: dict[str, Any]) -> Any:
    """Reserve units for another facility, or propose to."""
    transfer = service.create(**body)
    return transfer, 201, location("transfers", transfer.id) | tag(transfer)


@routes.lists(
    "/transfers",
    query=schemas.TransferQuery,
    item=schemas.TransferOut,
    row=schemas.TransferRow,
)
def list_transfers(query: dict[str, Any]) -> Any:
    """List transfers, oldest first."""
    return queries.page(query)


@routes.reads("/transfers/<uuid:transfer_id>", returns=schemas.TransferOut)
def get_transfer(transfer_id: UUID) -> Any:
    """Read one transfer."""
    transfer = queries.get(transfer_id)
    return transfer, 200, tag(transfer)


@routes.writes(
    "POST",
    "/transfers/<uuid:transfer_id>/approve",
    to=PLANNERS,
    body=ApproveIn,
    returns=schemas.TransferOut,
)
def approve_transfer(body: dict[str, Any], transfer_id: UUID) -> Any:
    """Approve a proposed transfer, or lines of it: they are reserved now, or it stays proposed."""
    transfer = service.approve(transfer_id, body["lines"])
    return transfer, 200, tag(transfer)


@routes.writes(
    "POST", "/transfers/<uuid:transfer_id>/ship", to=WAREHOUSE, returns=schemas.TransferOut
)
def ship_transfer(transfer_id: UUID) -> Any:
    """Let a transfer leave the sender."""
    transfer = service.ship(transfer_id)
    return transfer, 200, tag(transfer)


@routes.writes(
    "POST",
    "/transfers/<uuid:transfer_id>/receive",
    to=WAREHOUSE,
    body=schemas.ReceiveIn,
    returns=schemas.TransferOut,
)
def receive_transfer(body: dict[str, Any], transfer_id: UUID) -> Any:
    """Book what arrived of a transfer, in parts or to its end."""
    transfer = receiving.receive(transfer_id, **body)
    return transfer, 200, tag(transfer)


@routes.writes(
    "POST", "/transfers/<uuid:transfer_id>/cancel", to=MOVERS, returns=schemas.TransferOut
)
def cancel_transfer(transfer_id: UUID) -> Any:
    """Call off a transfer that has not left: its units are promisable again."""
    transfer = service.cancel(transfer_id)
    return transfer, 200, tag(transfer)
