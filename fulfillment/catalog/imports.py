"""Items by the thousand, from a CSV table or a JSON list."""

from collections.abc import Sequence

from fulfillment.catalog.items import completed
from fulfillment.catalog.models import Item
from fulfillment.catalog.schemas import SIDES, ItemRow
from fulfillment.platform import imports
from fulfillment.platform.reports import Report
from fulfillment.platform.tables import Row, read

NOUN = "items"
ITEMS = imports.Subject(Item, ("sku",), ItemRow, {"dimensions": SIDES}, completed)


def read_items(raw: bytes, media_type: str) -> list[Row]:
    """Return the rows of a file or body of items."""
    return read(raw, media_type, NOUN, ItemRow)


def import_items(rows: Sequence[Row], *, atomic: bool = False, dry_run: bool = False) -> Report:
    """Write items: new ones whole, of known ones what a row gives."""
    return imports.import_rows(ITEMS, rows, atomic=atomic, dry_run=dry_run)
