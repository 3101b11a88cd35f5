"""Suppliers and their terms over HTTP."""

from typing import Any

from flask import request

from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, tag
from fulfillment.platform.reports import ImportQuery, ImportReport, Report
from fulfillment.platform.tables import documented
from fulfillment.supply.suppliers import queries, schemas, service

PLANNERS = frozenset({Role.PLANNER})
# What we pay is no business of storefronts and carriers.
READERS = frozenset({Role.PLANNER, Role.WAREHOUSE, Role.VIEWER})

routes = Room("suppliers", __name__, "Suppliers and their terms")


@routes.lists("/suppliers", to=READERS, query=schemas.SupplierQuery, item=schemas.SupplierOut)
def list_suppliers(query: dict[str, Any]) -> Any:
    """List suppliers by code."""
    return queries.page(**query)


@routes.reads("/suppliers/<code>", to=READERS, returns=schemas.SupplierOut)
def get_supplier(code: str) -> Any:
    """Read one supplier."""
    supplier = queries.get(code)
    return supplier, tag(supplier)


@routes.writes(
    "PUT",
    "/suppliers/<code>",
    to=PLANNERS,
    body=schemas.SupplierIn,
    returns=schemas.SupplierOut,
    current=queries.find_locked,
)
@routes.alt_response(201, schema=schemas.SupplierOut)
def put_supplier(values: dict[str, Any], code: str) -> Any:
    """Create a supplier, or replace it as a whole."""
    supplier, created = service.put(code, values)
    return supplier, 201 if created else 200, tag(supplier)


@routes.lists(
    "/suppliers/<code>/items",
    to=READERS,
    query=schemas.SupplierItemQuery,
    item=schemas.SupplierItemOut,
)
def list_supplier_items(query: dict[str, Any], code: str) -> Any:
    """List a supplier's terms by SKU."""
    return queries.item_page(code, **query)


@routes.writes("POST", "/suppliers/<code>/items", to=PLANNERS, returns=ImportReport)
@routes.arguments(ImportQuery, location="query")
@routes.doc(requestBody=documented(service.NOUN, schemas.SupplierItemIn))
def write_supplier_items(options: dict[str, bool], code: str) -> Report:
    """Write a supplier's terms: new ones whole, of known ones the columns given."""
    rows = service.read_items(request.get_data(), request.mimetype)
    return service.put_items(code, rows, **options)
