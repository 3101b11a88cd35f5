"""Orders and their lines; what is allocated and shipped of them is known by promises alone."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fulfillment.platform.columns import Document, Reference, Sealed, Sku, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id

LONGEST_CUSTOMER = 255


class Order(Base):
    """What a customer ordered, and where it goes.

    `customer_ref` is the caller's own name for the customer: nothing about the person is needed.
    `awaiting` marks orders with units that are neither allocated nor shipped nor cancelled: the
    next wave's work. `decision` is how the facilities were chosen, as it was at that moment.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("priority BETWEEN 0 AND 9", name="priority"),
        Index(
            "ix_orders_awaiting_id",
            "id",
            sqlite_where=text("awaiting = 1"),
            postgresql_where=text("awaiting"),
        ),
        Index(
            "ix_orders_hold_id",
            "hold_id",
            sqlite_where=text("hold_id IS NOT NULL"),
            postgresql_where=text("hold_id IS NOT NULL"),
        ),
        Index(
            "ix_orders_customer_ref_id",
            "customer_ref",
            "id",
            sqlite_where=text("customer_ref IS NOT NULL"),
            postgresql_where=text("customer_ref IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_ref: Mapped[str] = mapped_column(Reference, unique=True)
    channel: Mapped[str | None] = mapped_column(String(64))
    customer_ref: Mapped[str | None] = mapped_column(String(LONGEST_CUSTOMER))
    priority: Mapped[int] = mapped_column(default=0)
    destination: Mapped[dict[str, Any]] = mapped_column(Document)
    requested_by: Mapped[date | None]
    max_shipments: Mapped[int | None]
    promised_by: Mapped[date | None]
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("holds.id"))
    awaiting: Mapped[bool]
    decision: Mapped[dict[str, Any]] = mapped_column(Sealed, default=dict)
    actor: Mapped[str] = mapped_column(String(64))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    lines: Mapped[list["OrderLine"]] = relationship(
        lazy="selectin", order_by="OrderLine.position", cascade="all"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)

    @property
    def wanted_by(self) -> date | None:
        """The day that was asked for, else the one that was promised."""
        return self.requested_by or self.promised_by


class OrderLine(Base):
    """Units of one SKU in an order; `excluded` are facilities that failed to supply it.

    A trigger on promises (see the migrations) refuses more than `quantity - cancelled` units.
    """

    __tablename__ = "order_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("cancelled BETWEEN 0 AND quantity", name="cancelled"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(Sku, ForeignKey("items.sku"), primary_key=True)
    position: Mapped[int]
    quantity: Mapped[int] = mapped_column(BigInteger)
    cancelled: Mapped[int] = mapped_column(BigInteger, default=0)
    excluded: Mapped[list[str]] = mapped_column(Document, default=list)
