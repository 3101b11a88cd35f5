"""Tables of tracking: what carriers told, how each shipment travels, and customers' links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.orders.models import LONGEST_CUSTOMER
from fulfillment.platform import clock
from fulfillment.platform.columns import Code, Reference, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id
from fulfillment.tracking.vocabularies import Word

EVENT_ID_LENGTH = 100
LONGEST_MESSAGE = 1_000
UNDER_WAY = text("ended_at IS NULL")
CUSTOMER_KNOWN = text("customer_ref IS NOT NULL")
WORDS = ", ".join(f"'{word}'" for word in Word)
# How far the chance to be late was told of.
QUIET, LIKELY, MISSED = 0, 1, 2
LEVELS = {LIKELY: "likely", MISSED: "missed"}


class TrackingEvent(Base):
    """One event of one carrier, kept as it was told; `word` is what it means.

    An event that another of the same carrier and shipment `corrects` counts no more. `problem`
    says why it had no effect: the shipment was not handed over, and could not be.
    """

    __tablename__ = "tracking_events"
    __table_args__ = (
        CheckConstraint(f"word IN ({WORDS})", name="word"),
        UniqueConstraint("carrier", "event_id"),
        Index(
            "ix_tracking_events_shipment_id_occurred_at_rank_id",
            "shipment_id",
            "occurred_at",
            "rank",
            "id",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    shipment_id: Mapped[UUID] = mapped_column(ForeignKey("shipments.id"))
    carrier: Mapped[str] = mapped_column(Code)  # "" where the shipment has none
    event_id: Mapped[str] = mapped_column(String(EVENT_ID_LENGTH))
    sscc: Mapped[str | None] = mapped_column(String(18))
    word: Mapped[str] = mapped_column(String(24))
    rank: Mapped[int]
    status: Mapped[str] = mapped_column(String(64))
    status_detail: Mapped[str | None] = mapped_column(Reference)
    vocabulary: Mapped[str] = mapped_column(String(16))
    location: Mapped[str | None] = mapped_column(Reference)
    message: Mapped[str | None] = mapped_column(Text)
    corrects: Mapped[str | None] = mapped_column(String(EVENT_ID_LENGTH))
    problem: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(64))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Journey(Base):
    """How a shipment travels: on which lane, since when, until when at the latest, and how long.

    From `risky_at` on the chance that it misses `due_at`, the end of the promised day, is too high
    by what its lane's deliveries took. `raised` is how far that was told of, `days` the working
    days of its carrier that it took.
    """

    __tablename__ = "journeys"
    __table_args__ = (
        CheckConstraint("raised BETWEEN 0 AND 2", name="raised"),
        CheckConstraint("days >= 0", name="days"),
        CheckConstraint("days IS NULL OR ended_at IS NOT NULL", name="ended_at"),
        Index(
            "ix_journeys_lane_ended_at",
            "carrier",
            "service",
            "facility",
            "band",
            "ended_at",
            sqlite_where=text("days IS NOT NULL"),
            postgresql_where=text("days IS NOT NULL"),
        ),
        Index(
            "ix_journeys_under_way_due_at",
            "due_at",
            "shipment_id",
            sqlite_where=UNDER_WAY,
            postgresql_where=UNDER_WAY,
        ),
        Index(
            "ix_journeys_customer_ref",
            "customer_ref",
            sqlite_where=CUSTOMER_KNOWN,
            postgresql_where=CUSTOMER_KNOWN,
        ),
    )

    shipment_id: Mapped[UUID] = mapped_column(ForeignKey("shipments.id"), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    customer_ref: Mapped[str | None] = mapped_column(String(LONGEST_CUSTOMER))
    carrier: Mapped[str] = mapped_column(Code)
    service: Mapped[str] = mapped_column(Code)
    facility: Mapped[str] = mapped_column(Code)
    band: Mapped[int]
    handed_over_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    left_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    risky_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    days: Mapped[int | None]
    raised: Mapped[int] = mapped_column(default=QUIET)


class TrackingLink(Base):
    """The secret address of an order's page for its customer, found by the token's digest."""

    __tablename__ = "tracking_links"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    token: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
