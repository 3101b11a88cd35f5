"""Replenishment policies: find them, list them, put one as a whole or thousands from a file."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from fulfillment.catalog import items
from fulfillment.inventory.gate import Key
from fulfillment.network import facilities
from fulfillment.planning.replenishment.models import ReplenishmentPolicy
from fulfillment.planning.replenishment.schemas import PolicyRow
from fulfillment.platform import imports, rows
from fulfillment.platform.db import db
from fulfillment.platform.errors import FieldErrors, Invalid
from fulfillment.platform.pages import Page, paginate
from fulfillment.platform.reports import Report
from fulfillment.platform.tables import Row, read
from fulfillment.platform.upserts import checked_key, put_row
from fulfillment.supply.suppliers import queries as suppliers

NOUN = "policies"
POLICIES = imports.Subject(ReplenishmentPolicy, ("facility", "sku"), PolicyRow)


def get(facility: str, sku: str) -> ReplenishmentPolicy:
    """Return the policy of a SKU at a facility."""
    return rows.get(ReplenishmentPolicy, (facility, sku), "replenishment policy")


def find_locked(facility: str, sku: str) -> ReplenishmentPolicy | None:
    """Return the policy, if there is one; nobody else changes it before the transaction ends."""
    return db.session.get(
        ReplenishmentPolicy, (facility, sku), with_for_update=True, populate_existing=True
    )


def all_by_key() -> dict[Key, ReplenishmentPolicy]:
    """Return every policy by SKU and facility."""
    chosen = select(ReplenishmentPolicy).execution_options(populate_existing=True)
    return {(policy.sku, policy.facility): policy for policy in db.session.scalars(chosen)}


def page(query: Mapping[str, Any]) -> Page:
    """Return a page of policies, by facility and SKU."""
    chosen = select(ReplenishmentPolicy).execution_options(populate_existing=True)
    for name in ("facility", "sku"):
        if value := query.get(name):
            chosen = chosen.where(getattr(ReplenishmentPolicy, name) == value)
    order = [ReplenishmentPolicy.facility, ReplenishmentPolicy.sku]
    return paginate(chosen, order, query["limit"], query["cursor"])


def put(facility: str, sku: str, values: Mapping[str, Any]) -> tuple[ReplenishmentPolicy, bool]:
    """Write a policy as a whole; tell whether it is new.

    Raises:
        Invalid: it names an unknown SKU, facility or supplier, or resupplies itself.
    """
    key = checked_key(PolicyRow, facility=facility, sku=sku)
    facilities.get(facility)
    items.get(sku)
    errors = faults({**key, **values}, unknown_in([values]))
    if errors:
        raise Invalid(errors)
    return put_row(ReplenishmentPolicy, key, values)


class Names(Struct, frozen=True):
    """The names in some rows that nobody knows."""

    no_item: Collection[str]
    no_place: Collection[str]
    no_supplier: Collection[str]


def unknown_in(given: Sequence[Mapping[str, Any]]) -> Names:
    """Look up all names at once."""
    places = told(given, "facility") | told(given, "source_facility")
    sellers = told(given, "supplier")
    return Names(
        set(items.unknown(told(given, "sku"))),
        set(facilities.unknown(places)),
        sellers - suppliers.find(sellers).keys(),
    )


def told(given: Sequence[Mapping[str, Any]], name: str) -> set[str]:
    return {row[name] for row in given if isinstance(row.get(name), str) and row[name]}


def faults(row: Mapping[str, Any], names: Names) -> FieldErrors:
    """Return what is wrong with the names of a policy."""
    unknown = (
        ("sku", names.no_item, "Unknown SKU."),
        ("facility", names.no_place, "Unknown facility."),
        ("source_facility", names.no_place, "Unknown facility."),
        ("supplier", names.no_supplier, "Unknown supplier."),
    )
    errors = {name: [said] for name, none, said in unknown if row.get(name) in none}
    if row.get("source_facility") and row["source_facility"] == row.get("facility"):
        errors["source_facility"] = ["Must be another facility."]
    return errors


def read_policies(raw: bytes, media_type: str) -> list[Row]:
    """Return the rows of a file or body of policies."""
    return read(raw, media_type, NOUN, PolicyRow)


def import_policies(given: Sequence[Row], *, atomic: bool = False, dry_run: bool = False) -> Report:
    """Write policies; of known ones what a row gives.

    Raises:
        Invalid: `atomic` and a row was refused; its errors stand under `rows.<number>`.
    """
    names = unknown_in([row.values for row in given])
    checked = [replace(row, errors={**faults(row.values, names), **row.errors}) for row in given]
    return imports.import_rows(POLICIES, checked, atomic=atomic, dry_run=dry_run)
