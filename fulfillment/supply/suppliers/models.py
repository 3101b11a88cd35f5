"""Tables of suppliers: their terms, SKU by SKU, and how long they took."""

from datetime import datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Time
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.network.calendar import DockCalendar
from fulfillment.network.models import Workweek
from fulfillment.platform import clock
from fulfillment.platform.columns import Code, Money, Sku, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id


class Supplier(Workweek, Base):
    """Who sells to us; takes orders on its `working_days`, up to a cut-off by its own clock.

    Lead times are calendar days from the day of the order: as agreed, until enough are measured.
    """

    __tablename__ = "suppliers"
    __table_args__ = (
        CheckConstraint("lead_time_days >= 0 AND lead_time_sd >= 0", name="lead_time"),
        CheckConstraint("minimum_value >= 0", name="minimum_value"),
    )

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    lead_time_days: Mapped[float]
    lead_time_sd: Mapped[float] = mapped_column(default=0.0)
    minimum_value: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    timezone: Mapped[str] = mapped_column(String(64))
    cutoff: Mapped[time] = mapped_column(Time)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)

    @property
    def calendar(self) -> DockCalendar:
        """When this supplier takes orders."""
        return DockCalendar(self.timezone, self.cutoff, 0, self.workdays_less())


class SupplierItem(Base):
    """What a supplier asks for a SKU; of those who offer it, the lowest rank is preferred."""

    __tablename__ = "supplier_items"
    __table_args__ = (
        CheckConstraint("unit_cost >= 0", name="unit_cost"),
        CheckConstraint("pack_size >= 1", name="pack_size"),
        CheckConstraint("minimum_quantity >= 1", name="minimum_quantity"),
        CheckConstraint("lead_time_days >= 0", name="lead_time_days"),
        CheckConstraint("rank >= 1", name="rank"),
        Index("ix_supplier_items_sku", "sku"),
    )

    supplier: Mapped[str] = mapped_column(Code, ForeignKey("suppliers.code"), primary_key=True)
    sku: Mapped[str] = mapped_column(Sku, ForeignKey("items.sku"), primary_key=True)
    unit_cost: Mapped[Decimal] = mapped_column(Money)
    pack_size: Mapped[int] = mapped_column(default=1)
    minimum_quantity: Mapped[int] = mapped_column(default=1)
    lead_time_days: Mapped[float | None]
    rank: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)


class LeadTime(Base):
    """How many days one receipt of a SKU came after its order was sent."""

    __tablename__ = "lead_times"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("days >= 0", name="days"),
        Index("ix_lead_times_supplier_sku_received_at", "supplier", "sku", "received_at"),
        Index("ix_lead_times_order_id", "order_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_orders.id"))
    supplier: Mapped[str] = mapped_column(Code, ForeignKey("suppliers.code"))
    sku: Mapped[str] = mapped_column(Sku, ForeignKey("items.sku"))
    facility: Mapped[str] = mapped_column(Code, ForeignKey("facilities.code"))
    quantity: Mapped[int] = mapped_column(BigInteger)
    days: Mapped[float]
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
