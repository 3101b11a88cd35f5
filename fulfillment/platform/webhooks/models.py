"""Tables of webhooks: who wants which news, and what became of each piece of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform import clock
from fulfillment.platform.columns import Code, Document, UtcDateTime
from fulfillment.platform.db import Base

PENDING, DELIVERED, PARKED = "pending", "delivered", "parked"
STATUSES = (PENDING, DELIVERED, PARKED)

STILL_PENDING = text("status = 'pending'")
HAS_NEXT = text("next_at IS NOT NULL")
IS_LEASED = text("lease_until IS NOT NULL")


class Webhook(Base):
    """Who wants which news, and how its receiver has been lately.

    All that changes its deliveries locks this row first: so they stand in order.
    """

    __tablename__ = "webhooks"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    events: Mapped[list[str]] = mapped_column(Document)
    active: Mapped[bool] = mapped_column(default=True)
    description: Mapped[str | None] = mapped_column(String(200))
    secret: Mapped[str] = mapped_column(String(100))
    former_secret: Mapped[str | None] = mapped_column(String(100))
    former_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    rest_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)


class Delivery(Base):
    """One piece of news for one webhook; its id is the event's, on every try.

    Of one subject only the earliest pending delivery has a `next_at`: the others wait for it.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'delivered', 'parked')", name="status"),
        CheckConstraint("(status = 'pending') = (finished_at IS NULL)", name="finished_at"),
        CheckConstraint("status = 'pending' OR next_at IS NULL", name="next_at"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_webhook_deliveries_status", "webhook", "status", "event_id"),
        Index(
            "ix_webhook_deliveries_subject",
            "webhook",
            "subject",
            "event_id",
            sqlite_where=STILL_PENDING,
            postgresql_where=STILL_PENDING,
        ),
        Index(
            "ix_webhook_deliveries_next_at",
            "webhook",
            "next_at",
            sqlite_where=HAS_NEXT,
            postgresql_where=HAS_NEXT,
        ),
        Index(
            "ix_webhook_deliveries_lease_until",
            "webhook",
            "lease_until",
            sqlite_where=IS_LEASED,
            postgresql_where=IS_LEASED,
        ),
    )

    webhook: Mapped[str] = mapped_column(
        Code, ForeignKey("webhooks.code", ondelete="CASCADE"), primary_key=True
    )
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column()
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[int | None]
    problem: Mapped[str | None] = mapped_column(Text)
