"""Items: find them by SKU, list them, and put one as a whole."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from fulfillment.catalog.models import Item
from fulfillment.catalog.schemas import GTIN_LENGTHS, ItemRow
from fulfillment.platform import rows
from fulfillment.platform.chunks import chunked
from fulfillment.platform.db import db
from fulfillment.platform.pages import Page, paginate
from fulfillment.platform.tags import tagged
from fulfillment.platform.upserts import Values, checked_key, put_row

# Databases bound the parameters of one statement.
AT_ONCE = 5_000


def find(skus: Collection[str]) -> dict[str, Item]:
    """Return the items of these SKUs by SKU; unknown ones are absent."""
    found: dict[str, Item] = {}
    for some in chunked(sorted(set(skus)), AT_ONCE):
        chosen = db.session.scalars(select(Item).where(Item.sku.in_(some)))
        found |= {item.sku: item for item in chosen}
    return found


def of_gtin(gtin: str) -> tuple[str, ...]:
    """Return the SKUs of the items with this GTIN, sorted; leading zeros make no difference."""
    padded = gtin.zfill(14)
    forms = [padded[14 - n :] for n in GTIN_LENGTHS if not padded[: 14 - n].strip("0")]
    rows = select(Item.sku).where(Item.gtin.in_(forms)).order_by(Item.sku)
    return tuple(db.session.scalars(rows))


def unknown(skus: Collection[str]) -> list[str]:
    """Return which of these SKUs are no item, sorted."""
    known: set[str] = set()
    for some in chunked(sorted(set(skus)), AT_ONCE):
        known |= set(db.session.scalars(select(Item.sku).where(Item.sku.in_(some))))
    return sorted(set(skus) - known)


def find_locked(sku: str) -> Item | None:
    """Return the item, if there is one; nobody else changes it before the transaction ends."""
    return db.session.get(Item, sku, with_for_update=True, populate_existing=True)


def get(sku: str) -> Item:
    """Return the item of this SKU."""
    return rows.get(Item, sku, "item")


def list_page(limit: int, cursor: str | None, gtin: str | None, tag: str | None) -> Page:
    """Return the items of this GTIN and tag, by SKU."""
    statement = select(Item)
    if gtin is not None:
        statement = statement.where(Item.gtin == gtin)
    if tag is not None:
        statement = statement.where(tagged(Item.tags, tag))
    return paginate(statement, [Item.sku], limit, cursor)


def put(sku: str, values: Mapping[str, Any]) -> tuple[Item, bool]:
    """Write an item as a whole; tell whether it is new."""
    key = checked_key(ItemRow, sku=sku)
    return put_row(Item, key, completed({**key, **values}, {}))


def completed(given: Values, present: Values) -> Values:
    """Name an item after its SKU where it is given no name."""
    if present and "name" not in given:
        return given
    return {**given, "name": given.get("name") or given.get("sku") or present["sku"]}
