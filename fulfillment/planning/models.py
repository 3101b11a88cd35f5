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
        CheckConstraint("kind IN ('allocation')", name="kind"),
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
    """Units that a plan proposes to move or promise; no facility: units it leaves unfilled."""

    __tablename__ = "plan_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("outcome IN ('proposed', 'applied', 'lost', 'unfilled')", name="outcome"),
        CheckConstraint("(facility IS NULL) = (outcome = 'unfilled')", name="unfilled"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    facility: Mapped[str | None] = mapped_column(Code)
    sku: Mapped[str] = mapped_column(Sku)
    quantity: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[str] = mapped_column(String(16))
