"""The table of what carriers are asked, one row for each piece of work, however often tried."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform.columns import Code, Document, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id
from fulfillment.shipping.models import CONFIRMED, PENDING, REFUSED, TRACKING_NUMBER_LENGTH

# A number and a label for a shipment; that they are not needed any more; that a day is closed.
SHIPMENT, VOID, MANIFEST = "shipment", "void", "manifest"
KINDS = (SHIPMENT, VOID, MANIFEST)
WITHDRAWN = "withdrawn"
STATUSES = (PENDING, CONFIRMED, REFUSED, WITHDRAWN)

HAS_NEXT = text("next_at IS NOT NULL")
IS_OVER = text("finished_at IS NOT NULL")
IS_LEASED = text("lease_until IS NOT NULL")
IS_LIVE = text(f"kind = '{SHIPMENT}' AND status IN ('{PENDING}', '{CONFIRMED}')")


def quoted(words: tuple[str, ...]) -> str:
    """Return words as a list in SQL."""
    return ", ".join(f"'{word}'" for word in words)


class CarrierRequest(Base):
    """One thing that a carrier is asked; its id is the idempotency key of every try.

    What is sent is written down with it, so that each try sends the same bytes. Patience with its
    carrier is counted from `queued_at` on: since it was made, or somebody asked for it again.
    """

    __tablename__ = "carrier_requests"
    __table_args__ = (
        CheckConstraint(f"kind IN ({quoted(KINDS)})", name="kind"),
        CheckConstraint("(kind = 'manifest') = (manifest_id IS NOT NULL)", name="manifest_id"),
        CheckConstraint("(kind = 'manifest') = (shipment_id IS NULL)", name="shipment_id"),
        CheckConstraint(f"status IN ({quoted(STATUSES)})", name="status"),
        CheckConstraint("(status = 'pending') = (finished_at IS NULL)", name="finished_at"),
        CheckConstraint("(status = 'pending') = (next_at IS NOT NULL)", name="next_at"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("(label IS NULL) = (label_type IS NULL)", name="label_type"),
        Index("ix_carrier_requests_carrier", "carrier", "id"),
        Index("ix_carrier_requests_status", "carrier", "status", "id"),
        Index(
            "ix_carrier_requests_next_at",
            "carrier",
            "next_at",
            sqlite_where=HAS_NEXT,
            postgresql_where=HAS_NEXT,
        ),
        Index(
            "ix_carrier_requests_lease_until",
            "carrier",
            "lease_until",
            sqlite_where=IS_LEASED,
            postgresql_where=IS_LEASED,
        ),
        Index(
            "ix_carrier_requests_finished_at",
            "finished_at",
            sqlite_where=IS_OVER,
            postgresql_where=IS_OVER,
        ),
        # A shipment is bought once at a time.
        Index(
            "uq_carrier_requests_live_shipment_id",
            "shipment_id",
            unique=True,
            sqlite_where=IS_LIVE,
            postgresql_where=IS_LIVE,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    carrier: Mapped[str] = mapped_column(Code, ForeignKey("carriers.code"))
    kind: Mapped[str] = mapped_column(String(16))
    shipment_id: Mapped[UUID | None] = mapped_column(ForeignKey("shipments.id"), index=True)
    manifest_id: Mapped[UUID | None] = mapped_column(ForeignKey("manifests.id"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(Document)
    status: Mapped[str] = mapped_column(String(16), default=PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[int | None]
    problem: Mapped[str | None] = mapped_column(Text)
    tracking_number: Mapped[str | None] = mapped_column(String(TRACKING_NUMBER_LENGTH))
    label: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    label_type: Mapped[str | None] = mapped_column(String(32))
