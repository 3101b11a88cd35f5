"""Items over HTTP."""

from typing import Any

from flask import request

from fulfillment.catalog import imports, items
from fulfillment.catalog.schemas import ItemIn, ItemOut, ItemQuery, ItemRow
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, tag
from fulfillment.platform.reports import ImportQuery, ImportReport, Report
from fulfillment.platform.tables import documented

PLANNERS = frozenset({Role.PLANNER})

routes = Room("catalog", __name__, "What we sell")


@routes.lists("/items", query=ItemQuery, item=ItemOut)
def list_items(query: dict[str, Any]) -> Any:
    """List items by SKU."""
    return items.list_page(**query)


@routes.reads("/items/<path:sku>", returns=ItemOut)
def get_item(sku: str) -> Any:
    """Read one item."""
    item = items.get(sku)
    return item, tag(item)


@routes.writes(
    "PUT",
    "/items/<path:sku>",
    to=PLANNERS,
    body=ItemIn,
    returns=ItemOut,
    current=items.find_locked,
)
@routes.alt_response(201, schema=ItemOut)
def put_item(values: dict[str, Any], sku: str) -> Any:
    """Create an item, or replace it as a whole."""
    item, created = items.put(sku, values)
    return item, 201 if created else 200, tag(item)


@routes.writes("POST", "/items/import", to=PLANNERS, returns=ImportReport)
@routes.arguments(ImportQuery, location="query")
@routes.doc(requestBody=documented(imports.NOUN, ItemRow))
def import_items(options: dict[str, bool]) -> Report:
    """Write many items: new ones whole, of known ones the columns given."""
    return imports.import_items(imports.read_items(request.get_data(), request.mimetype), **options)
