"""Tables of purchase orders: what is bought of whom, and what of it has come by now."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fulfillment.platform.columns import Code, Money, Reference, Sku, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id


class Status(StrEnum):
    """Where a purchase order stands; from sent on its units are incoming."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SENT = "sent"
    PARTLY_RECEIVED = "partly_received"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class PurchaseOrder(Base):
    """Units bought of a supplier for a facility; `actor` brought it to its present status.

    `cost` is the sum of its lines. `expected_on` is a day that somebody named, or from the sending
    on what the lead time says. `plan_id` is the plan that proposed it, if one did.
    """

    __tablename__ = "purchase_orders"
    __table_args__ = (
        CheckConstraint(
            "status IN"
            " ('proposed', 'approved', 'sent', 'partly_received', 'received', 'cancelled')",
            name="status",
        ),
        CheckConstraint(
            "(sent_at IS NOT NULL AND expected_on IS NOT NULL)"
            " OR status IN ('proposed', 'approved', 'cancelled')",
            name="sent_at",
        ),
        CheckConstraint(
            "approved_by IS NOT NULL OR status IN ('proposed', 'cancelled')", name="approved_by"
        ),
        CheckConstraint("cost >= 0", name="cost"),
        Index("ix_purchase_orders_supplier_id", "supplier", "id"),
        Index("ix_purchase_orders_facility_id", "facility", "id"),
        Index("ix_purchase_orders_status_id", "status", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str | None] = mapped_column(Reference, index=True)
    supplier: Mapped[str] = mapped_column(Code, ForeignKey("suppliers.code"))
    facility: Mapped[str] = mapped_column(Code, ForeignKey("facilities.code"))
    status: Mapped[str] = mapped_column(String(16))
    expected_on: Mapped[date | None]
    plan_id: Mapped[UUID | None] = mapped_column(index=True)
    cost: Mapped[Decimal] = mapped_column(Money)
    actor: Mapped[str] = mapped_column(String(64))
    approved_by: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    lines: Mapped[list["PurchaseOrderLine"]] = relationship(
        lazy="selectin", order_by="PurchaseOrderLine.sku", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)


class PurchaseOrderLine(Base):
    """Units of one SKU in an order: once it is sent, each has come, is outstanding or is short.

    `over` is what came beyond the quantity; it is part of `received`.
    """

    __tablename__ = "purchase_order_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_cost >= 0", name="unit_cost"),
        CheckConstraint(
            "outstanding >= 0 AND received >= 0 AND short >= 0 AND over >= 0", name="units"
        ),
        CheckConstraint(
            "quantity + over = received + outstanding + short"
            " OR (outstanding = 0 AND received = 0 AND short = 0 AND over = 0)",
            name="accounted_for",
        ),
        CheckConstraint(
            "(short = 0 AND over = 0) OR discrepancy_reason IS NOT NULL", name="reason_given"
        ),
        Index(
            "ix_purchase_order_lines_outstanding_sku",
            "sku",
            sqlite_where=text("outstanding > 0"),
            postgresql_where=text("outstanding > 0"),
        ),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_orders.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(Sku, ForeignKey("items.sku"), primary_key=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    unit_cost: Mapped[Decimal] = mapped_column(Money)
    outstanding: Mapped[int] = mapped_column(BigInteger, default=0)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    short: Mapped[int] = mapped_column(BigInteger, default=0)
    over: Mapped[int] = mapped_column(BigInteger, default=0)
    discrepancy_reason: Mapped[str | None] = mapped_column(Reference)
