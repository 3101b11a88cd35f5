"""Plain rows of movements, read and written at once; whatever is not plain is the schema's."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema

from fulfillment.inventory.entries import LARGEST, Entry
from fulfillment.inventory.models import Kind
from fulfillment.platform.columns import CODE_LENGTH, REFERENCE_LENGTH, SKU_LENGTH
from fulfillment.platform.plain import is_text, is_whole

NEEDED = {"kind", "sku", "facility", "quantity"}
OPTIONAL = {"reason", "reference"}
KINDS = {str(kind): kind for kind in Kind}
CODE = re.compile(rf"[A-Za-z0-9._-]{{1,{CODE_LENGTH}}}")
WRITERS: Mapping[type, Callable[[Any], str]] = {UUID: str, datetime: datetime.isoformat}


def read_entry(row: Any) -> Entry | None:
    """Return the entry that a plain row asks for; None where the schema must look at it."""
    if type(row) is not dict or not NEEDED <= row.keys() <= NEEDED | OPTIONAL:
        return None
    kind, sku, facility, quantity = row["kind"], row["sku"], row["facility"], row["quantity"]
    if type(kind) is not str or kind not in KINDS:
        return None
    if not is_whole(quantity, -LARGEST, LARGEST) or not is_text(sku, SKU_LENGTH):
        return None
    if type(facility) is not str or not CODE.fullmatch(facility):
        return None
    said = {name: row[name] for name in OPTIONAL & row.keys()}
    if not all(value is None or is_text(value, REFERENCE_LENGTH) for value in said.values()):
        return None
    return Entry(KINDS[kind], sku, facility, quantity, **said)


def written(row: Mapping[str, Any], nested: Mapping[str, Schema]) -> dict[str, Any]:
    """Return a row as JSON has it, without what is absent."""
    told = {
        name: WRITERS[type(value)](value) if type(value) in WRITERS else value
        for name, value in row.items()
        if value is not None
    }
    for name in nested.keys() & told.keys():
        told[name] = nested[name].dump(told[name])
    return told
