"""Demand from before the service kept it, or from elsewhere: a table of days."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from marshmallow import Schema
from msgspec.structs import replace

from fulfillment.catalog import items
from fulfillment.network import facilities
from fulfillment.planning.demand.models import DemandDay
from fulfillment.platform import imports
from fulfillment.platform.fields import code, flag, past_day, sku, units
from fulfillment.platform.reports import Report
from fulfillment.platform.tables import Row, read
from fulfillment.platform.upserts import Values

NOUN = "demand"


class DemandRow(Schema):
    """The units of a SKU asked for on one day near a facility, and shipped from it."""

    sku = sku(required=True)
    facility = code(required=True)
    day = past_day(required=True)
    quantity = units(0, required=True, attribute="asked")
    shipped = units(
        0, metadata={"description": "Units shipped from this facility; default: the quantity."}
    )
    stock_out = flag(
        attribute="censored",
        load_default=False,
        metadata={"description": "There was none to sell, so more may have been wanted."},
    )


def completed(given: Values, present: Values) -> Values:
    """Say that the day is an imported one; what is not told of shipping was as asked."""
    told = {**given, "imported": True}
    if "asked" in given and "shipped" not in given:
        told["shipped"] = given["asked"]
    if "censored" in given:
        told["ran_out"] = given["censored"]
    return told


NAMES = {"quantity": ("asked",), "stock_out": ("censored",)}
DEMAND = imports.Subject(
    DemandDay, ("sku", "facility", "day"), DemandRow, NAMES, completed, apart=True
)


def read_demand(raw: bytes, media_type: str) -> list[Row]:
    """Return the rows of a file or body of demand."""
    return read(raw, media_type, NOUN, DemandRow)


def import_demand(rows: Sequence[Row], *, atomic: bool = False, dry_run: bool = False) -> Report:
    """Write days of demand; a day that is known already is overwritten.

    Raises:
        Invalid: `atomic` and a row was refused; its errors stand under `rows.<number>`.
    """
    no_item = set(items.unknown(told(rows, "sku")))
    no_place = set(facilities.unknown(told(rows, "facility")))
    checked = list(with_unknown(rows, no_item, no_place)) if no_item or no_place else rows
    return imports.import_rows(DEMAND, checked, atomic=atomic, dry_run=dry_run)


def told(rows: Iterable[Row], name: str) -> set[str]:
    return {value for row in rows if isinstance(value := row.values.get(name), str) and value}


def with_unknown(
    rows: Iterable[Row], no_item: Collection[str], no_place: Collection[str]
) -> Iterator[Row]:
    """Yield the rows, with an error for each name that nobody knows."""
    for row in rows:
        errors = dict(row.errors)
        if row.values.get("sku") in no_item:
            errors.setdefault("sku", ["Unknown SKU."])
        if row.values.get("facility") in no_place:
            errors.setdefault("facility", ["Unknown facility."])
        yield replace(row, errors=errors) if errors else row
