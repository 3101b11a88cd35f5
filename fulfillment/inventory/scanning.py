"""One scan, one movement."""

from collections.abc import Mapping
from typing import Any

from fulfillment.catalog import scanning
from fulfillment.catalog.scanning import Reading
from fulfillment.inventory import ledger, posting
from fulfillment.inventory.entries import Entry
from fulfillment.inventory.models import Kind
from fulfillment.platform.columns import REFERENCE_LENGTH
from fulfillment.platform.errors import Invalid, Refusal

# Of these one scan is not one unit: a count is what there is, an adjustment has a sign.
SAY_HOW_MANY = {Kind.COUNT, Kind.ADJUSTMENT}


def scan(code: str, dry_run: bool, **asked: Any) -> dict[str, Any]:
    """Post the movement of the item that a code names, of so many units as it or the caller says.

    Raises:
        Refusal: the code names no item, or not one alone; or the ledger refuses the movement.
    """
    reading = scanning.item(code)
    [sku] = reading.skus
    [outcome] = ledger.post([entry_of(sku, reading, asked)], dry_run=dry_run)
    if isinstance(outcome, Refusal):
        raise outcome
    movement = posting.described(outcome, dry_run)
    return {"sku": sku, "read_as": reading.way, "elements": reading.elements, "movement": movement}


def entry_of(sku: str, reading: Reading, asked: Mapping[str, Any]) -> Entry:
    quantity = quantity_of(reading, asked["kind"], asked.get("quantity"))
    # The batch, serial number and dates of a code have no columns: the ledger's row quotes them.
    quoted = reading.way.removeprefix("element string ") if reading.elements else None
    reference = asked.get("reference") or (quoted and quoted[:REFERENCE_LENGTH])
    return Entry(**{**asked, "sku": sku, "quantity": quantity, "reference": reference})


def quantity_of(reading: Reading, kind: Kind, given: int | None) -> int:
    """Return the units meant: the code's own count, what the caller gave, or the one scanned."""
    if given is not None and reading.count is not None and abs(given) != reading.count:
        raise Invalid({"quantity": [f"The code itself says {reading.count}."]})
    if given is not None:
        return given
    if reading.count is None and kind in SAY_HOW_MANY:
        raise Invalid({"quantity": [f"Must be given for a movement of kind {kind}."]})
    return 1 if reading.count is None else reading.count
