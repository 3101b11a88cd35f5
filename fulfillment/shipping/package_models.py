"""Tables of packages: what is in each, and the numbers (SSCC) that name them to carriers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fulfillment.platform import clock
from fulfillment.platform.columns import Sku, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id

SSCC_DIGITS = 18
LIVE = text("voided_at IS NULL")


class Package(Base):
    """One box of a shipment under a number of its own, which is never used again.

    It has no lines where the floor told only how many boxes there are, and no weight where nobody
    weighed it. A voided package is the record of a label that counts no more.
    """

    __tablename__ = "packages"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("weight_g > 0", name="weight_g"),
        CheckConstraint("length_mm >= 1 AND width_mm >= 1 AND height_mm >= 1", name="dimensions"),
        Index(
            "uq_packages_live_shipment_id_number",
            "shipment_id",
            "number",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    shipment_id: Mapped[UUID] = mapped_column(ForeignKey("shipments.id"), index=True)
    number: Mapped[int]
    sscc: Mapped[str] = mapped_column(String(SSCC_DIGITS), unique=True)
    weight_g: Mapped[int | None] = mapped_column(BigInteger)
    length_mm: Mapped[int | None]
    width_mm: Mapped[int | None]
    height_mm: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lines: Mapped[list["PackageLine"]] = relationship(
        lazy="selectin", order_by="PackageLine.sku", cascade="all, delete-orphan"
    )

    @property
    def dimensions(self) -> dict[str, int] | None:
        """The outside of the box in mm, or None where it was not measured."""
        sides = {"length_mm": self.length_mm, "width_mm": self.width_mm}
        sides["height_mm"] = self.height_mm
        measured = {name: side for name, side in sides.items() if side is not None}
        return measured or None


class PackageLine(Base):
    """Units of one SKU in a package."""

    __tablename__ = "package_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    package_id: Mapped[UUID] = mapped_column(ForeignKey("packages.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(Sku, ForeignKey("items.sku"), primary_key=True)
    quantity: Mapped[int] = mapped_column(BigInteger)


class SsccRange(Base):
    """The next serial number under a GS1 company prefix; it only grows."""

    __tablename__ = "sscc_ranges"
    __table_args__ = (CheckConstraint("next_serial >= 1", name="next_serial"),)

    prefix: Mapped[str] = mapped_column(String(12), primary_key=True)
    next_serial: Mapped[int] = mapped_column(BigInteger)
