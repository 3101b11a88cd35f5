"""Demand over HTTP."""

from typing import Any

from flask import request

from fulfillment.planning.demand import imports, queries
from fulfillment.planning.demand.schemas import DemandDayOut, DemandQuery
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room
from fulfillment.platform.reports import ImportQuery, ImportReport, Report
from fulfillment.platform.tables import documented

PLANNERS = frozenset({Role.PLANNER})

routes = Room("demand", __name__, "Demand: what was asked for, where, and when")


@routes.lists("/demand/<path:sku>", query=DemandQuery, item=DemandDayOut)
def list_demand(query: dict[str, Any], sku: str) -> Any:
    """List the days on which a SKU was asked for, or could not be had."""
    return queries.page(sku, query)


@routes.writes("POST", "/demand/import", to=PLANNERS, returns=ImportReport)
@routes.arguments(ImportQuery, location="query")
@routes.doc(requestBody=documented(imports.NOUN, imports.DemandRow))
def import_demand(options: dict[str, bool]) -> Report:
    """Write days of demand from before the service kept them."""
    raw = request.get_data()
    return imports.import_demand(imports.read_demand(raw, request.mimetype), **options)
