"""Tables of transfers: what moves from one facility to another, and where it is by now."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fulfillment.platform.columns import Code, Reference, Sku, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id


class Status(StrEnum):
    """Where a transfer stands; a proposed one reserves nothing yet."""

    PROPOSED = "proposed"
    READY = "ready"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class Transfer(Base):
    """Units on their way between two facilities; `actor` brought it to its present status.

    `plan_id` is the plan that proposed it, if one did.
    """

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("from_facility <> to_facility", name="two_facilities"),
        CheckConstraint(
            "status IN ('proposed', 'ready', 'in_transit', 'received', 'cancelled')", name="status"
        ),
        CheckConstraint(
            "shipped_at IS NOT NULL OR status NOT IN ('in_transit', 'received')", name="shipped_at"
        ),
        Index("ix_transfers_from_facility_status", "from_facility", "status"),
        Index("ix_transfers_to_facility_status", "to_facility", "status"),
        Index("ix_transfers_status_id", "status", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str | None] = mapped_column(Reference, index=True)
    from_facility: Mapped[str] = mapped_column(Code, ForeignKey("facilities.code"))
    to_facility: Mapped[str] = mapped_column(Code, ForeignKey("facilities.code"))
    status: Mapped[str] = mapped_column(String(16))
    plan_id: Mapped[UUID | None] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shipped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    lines: Mapped[list["TransferLine"]] = relationship(
        lazy="selectin", order_by="TransferLine.sku", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)


class TransferLine(Base):
    """Units of one SKU in a transfer: what was shipped is received, in transit or explained."""

    __tablename__ = "transfer_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("shipped IN (0, quantity)", name="shipped"),
        CheckConstraint("received >= 0 AND in_transit >= 0 AND discrepancy >= 0", name="units"),
        CheckConstraint("shipped = received + in_transit + discrepancy", name="accounted_for"),
        CheckConstraint("discrepancy = 0 OR discrepancy_reason IS NOT NULL", name="reason_given"),
        Index(
            "ix_transfer_lines_in_transit_sku",
            "sku",
            sqlite_where=text("in_transit > 0"),
            postgresql_where=text("in_transit > 0"),
        ),
    )

    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("transfers.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(Sku, ForeignKey("items.sku"), primary_key=True)
    promise_id: Mapped[UUID | None] = mapped_column(ForeignKey("promises.id"), unique=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    shipped: Mapped[int] = mapped_column(BigInteger, default=0)
    in_transit: Mapped[int] = mapped_column(BigInteger, default=0)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    discrepancy: Mapped[int] = mapped_column(BigInteger, default=0)
    discrepancy_reason: Mapped[str | None] = mapped_column(Reference)
