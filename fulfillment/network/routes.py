"""Facilities, postal codes, carriers and their rates over HTTP."""

from typing import Any

from flask import request

from fulfillment.network import carriers, facilities, imports, rate_imports, zones
from fulfillment.network.carrier_schemas import (
    CarrierIn,
    CarrierOut,
)
from fulfillment.network.postal_code_schemas import PostalCodeRow
from fulfillment.network.rate_schemas import RateOut, RateRow, ZoneOut, ZoneRow
from fulfillment.network.schemas import (
    FacilityIn,
    FacilityOut,
    FacilityQuery,
    FacilityRow,
)
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, tag
from fulfillment.platform.reports import DryRunQuery, ImportQuery, ImportReport, Report
from fulfillment.platform.tables import documented

PLANNERS = frozenset({Role.PLANNER})

routes = Room("network", __name__, "Where we operate")


@routes.lists("/facilities", query=FacilityQuery, item=FacilityOut)
def list_facilities(query: dict[str, Any]) -> Any:
    """List facilities by code."""
    return facilities.list_page(**query)


@routes.reads("/facilities/<code>", returns=FacilityOut)
def get_facility(code: str) -> Any:
    """Read one facility."""
    facility = facilities.get(code)
    return facility, tag(facility)


@routes.writes(
    "PUT",
    "/facilities/<code>",
    to=PLANNERS,
    body=FacilityIn,
    returns=FacilityOut,
    current=facilities.find_locked,
)
@routes.alt_response(201, schema=FacilityOut)
def put_facility(values: dict[str, Any], code: str) -> Any:
    """Create a facility, or replace it as a whole."""
    facility, created = facilities.put(code, values)
    return facility, 201 if created else 200, tag(facility)


@routes.writes("POST", "/facilities/import", to=PLANNERS, returns=ImportReport)
@routes.arguments(ImportQuery, location="query")
@routes.doc(requestBody=documented("facilities", FacilityRow))
def import_facilities(options: dict[str, bool]) -> Report:
    """Write many facilities: new ones whole, of known ones the columns given."""
    rows = imports.read_facilities(request.get_data(), request.mimetype)
    return imports.import_facilities(rows, **options)


@routes.writes("POST", "/postal-codes/import", to=PLANNERS, returns=ImportReport)
@routes.arguments(ImportQuery, location="query")
@routes.doc(requestBody=documented("postal_codes", PostalCodeRow))
def import_postal_codes(options: dict[str, bool]) -> Report:
    """Write where postal codes lie, for destinations outside the built-in US table."""
    rows = imports.read_postal_codes(request.get_data(), request.mimetype)
    return imports.import_postal_codes(rows, **options)


@routes.lists("/carriers", item=CarrierOut)
def list_carriers(query: dict[str, Any]) -> Any:
    """List carriers by code."""
    return carriers.list_page(**query)


@routes.reads("/carriers/<code>", returns=CarrierOut, live=True)
def get_carrier(code: str) -> Any:
    """Read one carrier."""
    carrier = carriers.get(code)
    return carrier, tag(carrier)


@routes.writes(
    "PUT",
    "/carriers/<code>",
    to=PLANNERS,
    body=CarrierIn,
    returns=CarrierOut,
    solve=carriers.check_urls,
    current=carriers.find_locked,
)
@routes.alt_response(201, schema=CarrierOut)
def put_carrier(values: dict[str, Any], _checked: None, code: str) -> Any:
    """Create a carrier, or replace it as a whole; its number range only grows."""
    carrier, created = carriers.put(code, values)
    return carrier, 201 if created else 200, tag(carrier)


@routes.lists("/carriers/<code>/rates", item=RateOut)
def list_rates(query: dict[str, Any], code: str) -> Any:
    """List a carrier's rates, in the order they were given in."""
    return carriers.rate_page(code, **query)


@routes.writes("POST", "/carriers/<code>/rates", to=PLANNERS, returns=ImportReport)
@routes.arguments(DryRunQuery, location="query")
@routes.doc(requestBody=documented("rates", RateRow))
def replace_rates(options: dict[str, bool], code: str) -> Report:
    """Replace a carrier's rate table as a whole; one bad row refuses it."""
    rows = rate_imports.read_rates(request.get_data(), request.mimetype)
    return rate_imports.replace_rates(code, rows, **options)


@routes.lists("/carriers/<code>/zones", item=ZoneOut)
def list_zones(query: dict[str, Any], code: str) -> Any:
    """List a carrier's zone chart, by country, origin and destination."""
    return zones.list_page(carriers.get(code).code, **query)


@routes.writes("POST", "/carriers/<code>/zones", to=PLANNERS, returns=ImportReport)
@routes.arguments(DryRunQuery, location="query")
@routes.doc(requestBody=documented("zones", ZoneRow))
def replace_zones(options: dict[str, bool], code: str) -> Report:
    """Replace a carrier's zone chart as a whole; one bad row refuses it."""
    rows = rate_imports.read_zones(request.get_data(), request.mimetype)
    return rate_imports.replace_zones(code, rows, **options)
