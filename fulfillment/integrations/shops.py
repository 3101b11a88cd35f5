"""Shops themselves: put one, read them, end one; and which of their orders is which."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from fulfillment.integrations.models import Shop, ShopOrder
from fulfillment.integrations.schemas import ShopRow
from fulfillment.network import facilities
from fulfillment.platform import clock, rows
from fulfillment.platform.db import db, insert_once
from fulfillment.platform.errors import Conflict, Invalid
from fulfillment.platform.pages import Page, paginate
from fulfillment.platform.upserts import checked_key, put_row

# A shop that is put anew is thought to be well.
WELL = {"failures": 0, "rest_until": None, "problem": None}
KEPT = ("secrets", "token")


def put(code: str, values: Mapping[str, Any]) -> tuple[Shop, bool]:
    """Write a shop as a whole, but for what nobody can read, which stays where it is not given.

    Raises:
        Invalid: a new shop without a secret, or a facility that nobody knows.
        Conflict: the shop is of another kind.
    """
    key = checked_key(ShopRow, code=code)
    present = find_locked(code)
    if present and present.kind != values["kind"]:
        raise Conflict("conflict", f"The shop {code} is of the kind {present.kind}.")
    if not present and not values.get("secrets"):
        raise Invalid({"secrets": ["A new shop needs one."]})
    check_locations(values["locations"])
    given = {name: values.get(name, present and getattr(present, name)) for name in KEPT}
    return put_row(Shop, key, {**values, **given, **WELL, "updated_at": clock.now()})


def check_locations(locations: Mapping[str, Sequence[str]]) -> None:
    missing = set(facilities.unknown({code for codes in locations.values() for code in codes}))
    errors = {
        f"locations.{name}": [f"Unknown facilities: {', '.join(sorted(missing & set(codes)))}."]
        for name, codes in locations.items()
        if missing & set(codes)
    }
    if errors:
        raise Invalid(errors)


def get(code: str) -> Shop:
    """Return the shop of this code."""
    return rows.get(Shop, code, "shop")


def get_locked(code: str) -> Shop:
    """Return the shop of this code, which nobody else changes before the transaction ends."""
    return rows.get(Shop, code, "shop", locked=True)


def find(code: str) -> Shop | None:
    """Return the shop of this code, if there is one."""
    return db.session.get(Shop, code, populate_existing=True)


def find_locked(code: str) -> Shop | None:
    """Return the shop, if there is one, locked in the same way."""
    return db.session.get(Shop, code, with_for_update=True, populate_existing=True)


def page(limit: int, cursor: str | None) -> Page:
    """Return the shops, by code."""
    return paginate(select(Shop), [Shop.code], limit, cursor)


def remove(code: str) -> None:
    """End a shop: its messages go with it, its orders stay."""
    shop = get_locked(code)
    db.session.execute(delete(Shop).where(Shop.code == shop.code))


def order_locked(shop: str, external_id: str, name: str) -> ShopOrder:
    """Return an order as its shop names it, made if it is new, locked."""
    key = {"shop": shop, "external_id": external_id}
    insert_once(ShopOrder, {**key, "name": name})
    theirs = select(ShopOrder).filter_by(**key).with_for_update()
    return db.session.scalars(theirs.execution_options(populate_existing=True)).one()


def order_at(shop: str, external_id: str) -> ShopOrder | None:
    """Return an order as its shop names it, if it is known."""
    return db.session.get(ShopOrder, (shop, external_id), populate_existing=True)


def of_order(order_id: UUID) -> ShopOrder | None:
    """Return the shop's side of one of our orders, if it came from a shop."""
    return db.session.scalar(select(ShopOrder).where(ShopOrder.order_id == order_id))


def orders_named(shop: str, name: str) -> list[ShopOrder]:
    """Return the orders of this name; a shop may ask for one order in several parts."""
    named = select(ShopOrder).where(ShopOrder.shop == shop, ShopOrder.name == name)
    return list(db.session.scalars(named.order_by(ShopOrder.external_id)))
