"""Shipping strategies in versions that never change, and what the prices of stock are made from."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform.columns import Code, Document, Sku, UtcDateTime
from fulfillment.platform.db import Base


class StoredStrategy(Base):
    """One version of a strategy; the database refuses to change or delete it."""

    __tablename__ = "strategies"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    name: Mapped[str] = mapped_column(Code, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[dict[str, Any]] = mapped_column(Document)
    actor: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def label(self) -> dict[str, str | int]:
        """How lists and decisions name it."""
        return {"name": self.name, "version": self.version}


class Activation(Base):
    """A version put in force; the one of the highest id is. Version 0 is the built-in strategy."""

    __tablename__ = "strategy_activations"
    __table_args__ = (CheckConstraint("version >= 0", name="version"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Code)
    version: Mapped[int]
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PriceSource(Base):
    """What prices are made from, by the name that strategies have for it: published as a whole.

    `figures` is what holds for all SKUs. Who publishes locks this row first.
    """

    __tablename__ = "price_sources"
    __table_args__ = (CheckConstraint("source IN ('marginal', 'wave')", name="source"),)

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    as_of: Mapped[datetime] = mapped_column(UtcDateTime)
    plan_id: Mapped[UUID | None]
    figures: Mapped[dict[str, Any]] = mapped_column(Document)


class Outlook(Base):
    """What is expected of a SKU: units a day in each facility's zone, the day of each receipt.

    A zone without demand and a facility without a receipt are left out. `line_units` are the units
    of a mean order line.
    """

    __tablename__ = "outlooks"
    __table_args__ = (CheckConstraint("line_units >= 1", name="line_units"),)

    sku: Mapped[str] = mapped_column(Sku, ForeignKey("items.sku"), primary_key=True)
    per_day: Mapped[dict[str, float]] = mapped_column(Document)
    receipts: Mapped[dict[str, str]] = mapped_column(Document)
    line_units: Mapped[float]


class ShadowPrice(Base):
    """What one more unit of something scarce would have saved the last wave."""

    __tablename__ = "shadow_prices"
    __table_args__ = (
        CheckConstraint("kind IN ('stock', 'shipments', 'units')", name="kind"),
        CheckConstraint("(sku IS NULL) = (kind <> 'stock')", name="sku"),
        CheckConstraint("price > 0", name="price"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    facility: Mapped[str] = mapped_column(Code)
    sku: Mapped[str | None] = mapped_column(Sku)
    price: Mapped[float]
