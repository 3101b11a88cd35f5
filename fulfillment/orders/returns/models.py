"""Tables of returns: what comes back of which shipment, and what of it has come by now."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fulfillment.platform.columns import Code, Reference, Sku, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id

NAMED = text("external_ref IS NOT NULL")


class Status(StrEnum):
    """Where a return stands."""

    EXPECTED = "expected"
    PARTLY_RECEIVED = "partly_received"
    RECEIVED = "received"
    CANCELLED = "cancelled"


OPEN = (Status.EXPECTED, Status.PARTLY_RECEIVED)


class Condition(StrEnum):
    """Whether units that came back can be sold again."""

    SELLABLE = "sellable"
    UNAVAILABLE = "unavailable"


class Return(Base):
    """Units of one order that come back to a facility, not always the one that they left from.

    `actor` brought it to its present status.
    """

    __tablename__ = "returns"
    __table_args__ = (
        CheckConstraint(
            "status IN ('expected', 'partly_received', 'received', 'cancelled')", name="status"
        ),
        CheckConstraint("(status = 'received') = (received_at IS NOT NULL)", name="received_at"),
        CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_at"),
        Index("ix_returns_order_id_id", "order_id", "id"),
        Index("ix_returns_facility_id", "facility", "id"),
        Index("ix_returns_status_id", "status", "id"),
        Index(
            "ix_returns_external_ref_id",
            "external_ref",
            "id",
            sqlite_where=NAMED,
            postgresql_where=NAMED,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    order_ref: Mapped[str] = mapped_column(Reference)
    facility: Mapped[str] = mapped_column(Code, ForeignKey("facilities.code"))
    external_ref: Mapped[str | None] = mapped_column(Reference)
    status: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    lines: Mapped[list["ReturnLine"]] = relationship(
        lazy="selectin",
        order_by="[ReturnLine.sku, ReturnLine.shipment_id]",
        cascade="all",
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)


class ReturnLine(Base):
    """Units of one line of a shipment in a return: each has come, is outstanding or is short.

    `unavailable` is the part of `received` that cannot be sold. What came of all returns of a
    shipment's line stands on that line too, where a rule refuses more than were shipped.
    """

    __tablename__ = "return_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint(
            "received >= 0 AND short >= 0 AND received + short <= quantity", name="received"
        ),
        CheckConstraint("unavailable BETWEEN 0 AND received", name="unavailable"),
        ForeignKeyConstraint(
            ["shipment_id", "sku"], ["shipment_lines.shipment_id", "shipment_lines.sku"]
        ),
        Index("ix_return_lines_shipment_id_sku", "shipment_id", "sku"),
    )

    return_id: Mapped[UUID] = mapped_column(ForeignKey("returns.id"), primary_key=True)
    shipment_id: Mapped[UUID] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(Sku, primary_key=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    unavailable: Mapped[int] = mapped_column(BigInteger, default=0)
    short: Mapped[int] = mapped_column(BigInteger, default=0)
    reason: Mapped[str | None] = mapped_column(Reference)

    @property
    def outstanding(self) -> int:
        return self.quantity - self.received - self.short
