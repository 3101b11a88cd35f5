"""Reads of suppliers and their terms."""

from collections.abc import Collection

from sqlalchemy import select

from fulfillment.platform import rows
from fulfillment.platform.db import db
from fulfillment.platform.pages import Page, paginate
from fulfillment.supply.suppliers.models import Supplier, SupplierItem


def find(codes: Collection[str]) -> dict[str, Supplier]:
    """Return the suppliers of these codes by code; unknown ones are absent."""
    chosen = db.session.scalars(select(Supplier).where(Supplier.code.in_(sorted(codes))))
    return {supplier.code: supplier for supplier in chosen}


def find_locked(code: str) -> Supplier | None:
    """Return the supplier, if there is one; nobody else changes it before the transaction ends."""
    return db.session.get(Supplier, code, with_for_update=True, populate_existing=True)


def get(code: str) -> Supplier:
    """Return the supplier of this code."""
    return rows.get(Supplier, code, "supplier")


def page(limit: int, cursor: str | None, active: bool | None) -> Page:
    """Return the suppliers, by code."""
    chosen = select(Supplier)
    if active is not None:
        chosen = chosen.where(Supplier.active == active)
    return paginate(chosen, [Supplier.code], limit, cursor)


def item_page(code: str, limit: int, cursor: str | None, sku: str | None) -> Page:
    """Return a supplier's terms, by SKU."""
    chosen = select(SupplierItem).where(SupplierItem.supplier == get(code).code)
    if sku is not None:
        chosen = chosen.where(SupplierItem.sku == sku)
    return paginate(chosen, [SupplierItem.sku], limit, cursor)
