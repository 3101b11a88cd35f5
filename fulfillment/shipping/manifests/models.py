"""Tables of manifests: what one carrier was to take, package by package, and what it took."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fulfillment.platform.columns import Code, Reference, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id
from fulfillment.shipping.package_models import SSCC_DIGITS


class Manifest(Base):
    """The packages that stood ready for a carrier when the day's handover was closed."""

    __tablename__ = "manifests"
    __table_args__ = (
        CheckConstraint("shipments > 0 AND packages > 0", name="not_empty"),
        Index("ix_manifests_facility", "facility", "id"),
        Index("ix_manifests_carrier", "carrier", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    facility: Mapped[str] = mapped_column(Code, ForeignKey("facilities.code"))
    carrier: Mapped[str] = mapped_column(Code, ForeignKey("carriers.code"))
    shipments: Mapped[int]
    packages: Mapped[int]
    weight_g: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    lines: Mapped[list["ManifestLine"]] = relationship(
        order_by="ManifestLine.sscc", cascade="all, delete-orphan"
    )

    @property
    def status(self) -> str:
        """Whether the driver has been there."""
        return "handed_over" if self.handed_over_at else "closed"

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)


class ManifestLine(Base):
    """One package of a manifest, as it was when that was closed."""

    __tablename__ = "manifest_lines"

    manifest_id: Mapped[UUID] = mapped_column(ForeignKey("manifests.id"), primary_key=True)
    sscc: Mapped[str] = mapped_column(String(SSCC_DIGITS), primary_key=True, index=True)
    shipment_id: Mapped[UUID] = mapped_column(ForeignKey("shipments.id"), index=True)
    order_ref: Mapped[str] = mapped_column(Reference)
    service: Mapped[str | None] = mapped_column(Code)
    weight_g: Mapped[int | None] = mapped_column(BigInteger)
    postal_code: Mapped[str | None] = mapped_column(String(16))
    country: Mapped[str | None] = mapped_column(String(2))
    taken: Mapped[bool] = mapped_column(default=False)
