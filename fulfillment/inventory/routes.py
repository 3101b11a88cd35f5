"""Stock over HTTP: the ledger and the levels."""

from typing import Any

from fulfillment.inventory import levels, posting, queries, scanning, schemas
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room

routes = Room("inventory", __name__, "Stock: what is where, and how it came there")

WAREHOUSE = frozenset({Role.WAREHOUSE})
PLANNER = frozenset({Role.PLANNER})


@routes.writes(
    "POST",
    "/stock/movements",
    to=WAREHOUSE,
    body=schemas.MovementsIn,
    returns=schemas.MovementsOut,
    status=201,
)
@routes.alt_response(
    200, schema=schemas.MovementsOut, description="Nothing was posted: a dry run, or all refused."
)
def post_movements(body: dict[str, Any]) -> Any:
    """Post movements to the ledger: all or none, row by row, or as a dry run."""
    report = posting.post_rows(**body)
    return report, 201 if posting.any_posted(report) else 200


@routes.writes(
    "POST", "/stock/scan", to=WAREHOUSE, body=schemas.ScanIn, returns=schemas.ScanOut, status=201
)
@routes.alt_response(200, schema=schemas.ScanOut, description="Nothing was posted: a dry run.")
def scan_stock(body: dict[str, Any]) -> Any:
    """Post the movement of what was scanned: one scan, one movement."""
    return scanning.scan(**body), 200 if body["dry_run"] else 201


@routes.lists("/stock/movements", query=schemas.MovementQuery, item=schemas.MovementOut)
def list_movements(query: dict[str, Any]) -> Any:
    """Read the ledger, oldest first."""
    return queries.movements(query)


@routes.lists("/stock", query=schemas.StockQuery, item=schemas.StockOut)
def list_stock(query: dict[str, Any]) -> Any:
    """List stock levels by SKU and facility."""
    return queries.stock(query)


@routes.reads("/stock/<facility>/<path:sku>", returns=schemas.StockOut)
def get_stock_level(facility: str, sku: str) -> Any:
    """Read how one SKU stands in one facility."""
    return queries.stock_level(facility, sku)


@routes.writes(
    "PUT",
    "/stock/<facility>/<path:sku>",
    to=PLANNER,
    body=schemas.StockIn,
    returns=schemas.StockOut,
    current=levels.find_locked,
    shown=schemas.StockOut,
)
def put_stock_level(body: dict[str, Any], facility: str, sku: str) -> Any:
    """Set the safety stock that storefronts may not promise from."""
    return levels.set_safety_stock(facility, sku, body["safety_stock"])
