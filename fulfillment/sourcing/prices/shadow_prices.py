"""The last wave's prices: what one more unit of scarce stock or capacity would have saved it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, field
from sqlalchemy import select

from fulfillment.platform.db import db
from fulfillment.sourcing.models import ShadowPrice
from fulfillment.sourcing.prices import published
from fulfillment.sourcing.prices.published import Source

COLUMNS = (ShadowPrice.kind, ShadowPrice.facility, ShadowPrice.sku, ShadowPrice.price)


class WavePrices(Struct, frozen=True):
    """A wave's prices above 0, by SKU and facility, and by facility for a shipment or any unit."""

    plan_id: UUID | None = None
    as_of: datetime | None = None
    stock: Mapping[tuple[str, str], float] = field(default_factory=dict)
    shipments: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, float] = field(default_factory=dict)


NO_PRICES = WavePrices()

# The last wave's prices, by a stamp that changes with them: only what is scarce has one.
kept: dict[published.Stamp, WavePrices] = {}


def publish(plan_id: UUID, as_of: datetime, rows: Iterable[Mapping[str, Any]]) -> None:
    """Put a wave's prices in place of those of the wave before; those of 0 are left out."""
    names = ("kind", "facility", "sku", "price")
    priced = [{name: row[name] for name in names} for row in rows if row["price"] > 0]
    numbered = [row | {"number": number} for number, row in enumerate(priced)]
    published.replace(published.WAVE, ShadowPrice, numbered, as_of, plan_id)


def loaded(source: Source) -> WavePrices:
    """Return the prices that a source heads, kept in memory while no other wave publishes."""
    stamp = published.stamp_of(source)
    if stamp not in kept:
        prices = read(source)
        kept.clear()
        kept[stamp] = prices
        return prices
    return kept[stamp]


def read(source: Source) -> WavePrices:
    rows = db.session.execute(select(*COLUMNS)).all()
    return WavePrices(
        source.plan_id,
        source.as_of,
        {(row.sku, row.facility): row.price for row in rows if row.kind == "stock"},
        {row.facility: row.price for row in rows if row.kind == "shipments"},
        {row.facility: row.price for row in rows if row.kind == "units"},
    )
