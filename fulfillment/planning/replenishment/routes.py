"""Replenishment policies over HTTP."""

from typing import Any

from flask import request

from fulfillment.planning.replenishment import policies
from fulfillment.planning.replenishment.schemas import PolicyIn, PolicyOut, PolicyQuery, PolicyRow
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, tag
from fulfillment.platform.reports import ImportQuery, ImportReport, Report
from fulfillment.platform.tables import documented

PLANNERS = frozenset({Role.PLANNER})

routes = Room("replenishment", __name__, "Replenishment: when to order, how much, and from whom")


@routes.lists("/replenishment-policies", query=PolicyQuery, item=PolicyOut)
def list_replenishment_policies(query: dict[str, Any]) -> Any:
    """List policies by facility and SKU."""
    return policies.page(query)


@routes.reads("/replenishment-policies/<facility>/<path:sku>", returns=PolicyOut)
def get_replenishment_policy(facility: str, sku: str) -> Any:
    """Read how a stock level is replenished."""
    policy = policies.get(facility, sku)
    return policy, tag(policy)


@routes.writes(
    "PUT",
    "/replenishment-policies/<facility>/<path:sku>",
    to=PLANNERS,
    body=PolicyIn,
    returns=PolicyOut,
    current=policies.find_locked,
)
@routes.alt_response(201, schema=PolicyOut)
def put_replenishment_policy(values: dict[str, Any], facility: str, sku: str) -> Any:
    """Set how a stock level is replenished, as a whole."""
    policy, created = policies.put(facility, sku, values)
    return policy, 201 if created else 200, tag(policy)


@routes.writes("POST", "/replenishment-policies/import", to=PLANNERS, returns=ImportReport)
@routes.arguments(ImportQuery, location="query")
@routes.doc(requestBody=documented(policies.NOUN, PolicyRow))
def import_replenishment_policies(options: dict[str, bool]) -> Report:
    """Write many policies: new ones whole, of known ones the columns given."""
    raw = request.get_data()
    return policies.import_policies(policies.read_policies(raw, request.mimetype), **options)
