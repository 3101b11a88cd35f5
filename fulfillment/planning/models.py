"""Plans, and the lines that they propose."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform.columns import Code, Document, Sku, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id


class Plan(Base):
    """One run of a planner; a lease that expires lets another worker take it up again."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint("kind IN ('allocation', 'rebalancing', 'replenishment')", name="kind"),
        CheckConstraint(
            "status IN ('queued', 'running', 'ready', 'applied', 'failed', 'cancelled')",
            name="status",
        ),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        # Only one run of a kind solves at once, whoever started it.
        Index(
            "uq_plans_running_kind",
            "kind",
            unique=True,
            sqlite_where=text("status = 'running'"),
            postgresql_where=text("status = 'running'"),
        ),
        Index("ix_plans_status_id", "status", "id"),
        Index("ix_plans_kind_id", "kind", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), default="queued")
    parameters: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    apply: Mapped[bool] = mapped_column(default=False)
    progress: Mapped[float] = mapped_column(default=0.0)
    inputs_hash: Mapped[str | None] = mapped_column(String(64))
    summary: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    problem: Mapped[dict[str, Any] | None] = mapped_column(Document)
    actor: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PlanLine(Base):
    """Units that a plan proposes to promise, to move or to buy, for an order or for stock.

    For an order, `facility` is where they ship from; none: units that the plan leaves unfilled.
    `held_at` is where the order held the units before, if it did. All units of an order that is
    moved are listed, so that its lines say both what it had and what it is to have. For stock,
    `facility` is where they are to be, and they come from `held_at` or from a supplier; `figures`
    say what that costs and saves, `made_id` is the transfer or the purchase order made of it.
    """

    __tablename__ = "plan_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint(
            "outcome IN ('proposed', 'applied', 'lost', 'overtaken', 'unfilled')", name="outcome"
        ),
        CheckConstraint("(facility IS NULL) = (outcome = 'unfilled')", name="unfilled"),
        Index("ix_plan_lines_order_id", "order_id"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"))
    facility: Mapped[str | None] = mapped_column(Code)
    held_at: Mapped[str | None] = mapped_column(Code)
    supplier: Mapped[str | None] = mapped_column(Code)
    sku: Mapped[str] = mapped_column(Sku)
    quantity: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[str] = mapped_column(String(16))
    figures: Mapped[dict[str, Any] | None] = mapped_column(Document)
    made_id: Mapped[UUID | None]


class PlanPrice(Base):
    """What one more unit of something limited would have saved a plan, the dearest first.

    `quantity` is how much of it there was: units of a SKU, or the shipments (units) that a
    facility could still send. Stock without a row was worth nothing more; limits of facilities
    are all listed.
    """

    __tablename__ = "plan_prices"
    __table_args__ = (
        CheckConstraint("kind IN ('stock', 'shipments', 'units')", name="kind"),
        CheckConstraint("(sku IS NULL) = (kind <> 'stock')", name="sku"),
        CheckConstraint("price >= 0", name="price"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    facility: Mapped[str] = mapped_column(Code)
    sku: Mapped[str | None] = mapped_column(Sku)
    quantity: Mapped[int] = mapped_column(BigInteger)
    price: Mapped[float]


class PlanStock(Base):
    """The units of a SKU by facility that a plan could choose from, as they were."""

    __tablename__ = "plan_stock"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(Sku, primary_key=True)
    units: Mapped[dict[str, int]] = mapped_column(Document)
