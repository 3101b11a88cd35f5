"""Stock by the thousand, from a CSV table or a JSON list of what was counted."""

from collections.abc import Sequence

from marshmallow import Schema

from fulfillment.inventory import ledger
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.models import Kind, StockLevel
from fulfillment.platform import imports
from fulfillment.platform.errors import Refusal
from fulfillment.platform.fields import code, sku, text, units
from fulfillment.platform.reports import Refused, Report
from fulfillment.platform.tables import Row, read


class StockRow(Schema):
    """What is on hand of one SKU in one facility."""

    sku = sku(required=True)
    facility = code(required=True)
    quantity = units(0, required=True)
    reference = text(load_default=None)


STOCK = imports.Subject(StockLevel, ("sku", "facility"), StockRow)


def read_stock(raw: bytes, media_type: str) -> list[Row]:
    """Return the rows of a file of stock."""
    return read(raw, media_type, "stock", StockRow)


def import_stock(rows: Sequence[Row], *, atomic: bool = False, dry_run: bool = False) -> Report:
    """Enter each row into the ledger as a count: on hand becomes what it says.

    Raises:
        Invalid: `atomic` and a row was refused; its errors stand under `rows.<number>`.
    """
    good, refused = imports.judged(STOCK, rows)
    counts = [Entry(kind=Kind.COUNT, **values, cause="import") for _, values in good.values()]
    changed = 0
    for (row, _), outcome in zip(good.values(), ledger.post(counts, dry_run=dry_run), strict=True):
        if isinstance(outcome, Refusal):
            refused.append(Refused(row.number, outcome.errors or {"row": [outcome.detail]}))
        else:
            changed += outcome.movement["quantity"] != 0
    refused.sort(key=lambda one: one.row)
    if atomic:
        imports.refuse_all(refused)
    unchanged = len(rows) - changed - len(refused)
    return Report(len(rows), 0, changed, unchanged, refused, dry_run)
