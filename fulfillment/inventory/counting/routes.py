"""Counts over HTTP: what to count today, and what was found."""

from typing import Any
from uuid import UUID

from fulfillment.inventory.counting import queries, schemas, service
from fulfillment.platform.context import Role
from fulfillment.platform.http import Room, location

WAREHOUSE = frozenset({Role.WAREHOUSE})
WHO_ASKS = frozenset({Role.WAREHOUSE, Role.PLANNER})

routes = Room("counting", __name__, "Counts: what to count today, why, and how right records are")


@routes.lists("/counts", query=schemas.CountQuery, item=schemas.CountOut, row=schemas.CountRow)
def list_counts(query: dict[str, Any]) -> Any:
    """List what to count, most urgent first."""
    return queries.page(query)


@routes.lists("/counts/accuracy", query=schemas.AccuracyQuery, item=schemas.AccuracyOut)
def list_count_accuracy(query: dict[str, Any]) -> Any:
    """Tell how right the records were, by facility and class."""
    return queries.accuracy(query)


@routes.reads("/counts/<uuid:count_id>", query=schemas.ShowBookQuery, returns=schemas.CountOut)
def get_count(query: dict[str, Any], count_id: UUID) -> Any:
    """Read one count."""
    return queries.read(count_id, query["show_book"])


@routes.writes(
    "POST",
    "/counts",
    to=WHO_ASKS,
    body=schemas.CountIn,
    returns=schemas.CountOut,
    status=201,
)
@routes.alt_response(
    200, schema=schemas.CountOut, description="It was open already: it has this reason now too."
)
def ask_for_count(body: dict[str, Any]) -> Any:
    """Ask for a count."""
    count, is_new = service.request(**body)
    told = queries.described([count], show_book=False)[0]
    return told, 201 if is_new else 200, location("counts", count.id)


@routes.writes(
    "POST",
    "/counts/<uuid:count_id>/result",
    to=WAREHOUSE,
    body=schemas.CountResultIn,
    returns=schemas.CountResultOut,
)
def post_count_result(body: dict[str, Any], count_id: UUID) -> Any:
    """Post what was found to the ledger, or call for a second count where it is far off."""
    result = service.record(count_id, **body)
    told = queries.described([result.count], show_book=False)[0]
    posted = result.posted
    movement, at_risk = (posted.movement, posted.at_risk) if posted else (None, [])
    return {**told, "movement": movement, "at_risk": at_risk}


@routes.writes(
    "POST",
    "/counts/<uuid:count_id>/skip",
    to=WAREHOUSE,
    body=schemas.CountSkipIn,
    returns=schemas.CountOut,
)
def skip_count(body: dict[str, Any], count_id: UUID) -> Any:
    """Close a count that nobody will do, and say why."""
    count = service.skip(count_id, body["reason"])
    return queries.described([count], show_book=False)[0]
