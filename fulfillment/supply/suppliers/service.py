"""Suppliers: put one as a whole, and its terms by the thousand."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from fulfillment.catalog import items
from fulfillment.platform import imports
from fulfillment.platform.reports import Report
from fulfillment.platform.tables import Row, read
from fulfillment.platform.upserts import checked_key, put_row
from fulfillment.supply.suppliers import queries
from fulfillment.supply.suppliers.models import Supplier, SupplierItem
from fulfillment.supply.suppliers.schemas import SupplierItemIn, SupplierItemRow, SupplierRow

NOUN = "items"
ITEMS = imports.Subject(SupplierItem, ("supplier", "sku"), SupplierItemRow)


def put(code: str, values: Mapping[str, Any]) -> tuple[Supplier, bool]:
    """Write a supplier as a whole, named after its code by default; tell whether it is new."""
    key = checked_key(SupplierRow, code=code)
    return put_row(Supplier, key, {**values, "name": values["name"] or code})


def read_items(raw: bytes, media_type: str) -> list[Row]:
    """Return the rows of a file or body of a supplier's terms."""
    return read(raw, media_type, NOUN, SupplierItemIn)


def put_items(
    code: str, rows: Sequence[Row], *, atomic: bool = False, dry_run: bool = False
) -> Report:
    """Write a supplier's terms: new ones whole, of known ones what a row gives.

    Raises:
        NotFound: there is no such supplier.
        Invalid: `atomic` and a row was refused; its errors stand under `rows.<number>`.
    """
    supplier = queries.get(code).code
    checked = list(told_of_unknown(rows))
    whose = [replace(row, values={**row.values, "supplier": supplier}) for row in checked]
    return imports.import_rows(ITEMS, whose, atomic=atomic, dry_run=dry_run)


def told_of_unknown(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows, with an error for each SKU that is no item."""
    named = (row.values.get("sku") for row in rows)
    unknown = set(items.unknown({sku for sku in named if isinstance(sku, str) and sku}))
    for row in rows:
        if row.values.get("sku") in unknown:
            yield replace(row, errors={"sku": ["Unknown SKU."], **row.errors})
        else:
            yield row
