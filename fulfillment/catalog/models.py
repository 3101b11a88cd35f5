"""The item: one thing we sell, known everywhere by its SKU."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform import clock
from fulfillment.platform.columns import Document, Money, Sku, UtcDateTime
from fulfillment.platform.db import Base

DEFAULT_WEIGHT_G = 1000


class Item(Base):
    """One sellable thing; its SKU is kept exactly as given, letter case included."""

    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint("weight_g >= 1", name="weight_g"),
        CheckConstraint("length_mm >= 1 AND width_mm >= 1 AND height_mm >= 1", name="dimensions"),
        CheckConstraint("unit_cost >= 0", name="unit_cost"),
        CheckConstraint("unit_price >= 0", name="unit_price"),
        CheckConstraint("pack_size >= 1", name="pack_size"),
    )

    sku: Mapped[str] = mapped_column(Sku, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    gtin: Mapped[str | None] = mapped_column(String(14), index=True)
    weight_g: Mapped[int] = mapped_column(default=DEFAULT_WEIGHT_G)
    length_mm: Mapped[int | None]
    width_mm: Mapped[int | None]
    height_mm: Mapped[int | None]
    unit_cost: Mapped[Decimal | None] = mapped_column(Money)
    unit_price: Mapped[Decimal | None] = mapped_column(Money)
    pack_size: Mapped[int] = mapped_column(default=1)
    tags: Mapped[list[str]] = mapped_column(Document, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)

    @property
    def dimensions(self) -> dict[str, int] | None:
        """The box in mm, or None where it was never measured."""
        sides = {"length_mm": self.length_mm, "width_mm": self.width_mm}
        sides["height_mm"] = self.height_mm
        measured = {name: side for name, side in sides.items() if side is not None}
        return measured or None
