"""The table of counts: shelves to look at, why, and what was found there."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform.columns import Code, Document, Money, Reference, Sku, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id

OPEN = text("closed_at IS NULL")
# The class of a stock level of which no day's plan has told one yet.
UNCLASSED = "-"


class Status(StrEnum):
    """Whether somebody has looked."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


class Count(Base):
    """One SKU to be counted in one facility, because of `reasons`.

    `rank` is the score below zero, so that lists, which go upwards, begin with the most urgent.
    `first_quantity` was found by the first of two persons, where it was too far off to be posted.
    `expected` is what the ledger said when `quantity` was posted, and `unit_value` what a unit was
    worth. `planned_for` is the day whose plan made it; none: somebody asked for it.
    """

    __tablename__ = "counts"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'done', 'skipped')", name="status"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed_at"),
        CheckConstraint("(status = 'done') = (quantity IS NOT NULL)", name="counted"),
        CheckConstraint("(status = 'done') = (expected IS NOT NULL)", name="expected"),
        CheckConstraint("status = 'open' OR closed_by IS NOT NULL", name="closed_by"),
        CheckConstraint("status <> 'skipped' OR note IS NOT NULL", name="skipped_why"),
        CheckConstraint("quantity >= 0 AND first_quantity >= 0", name="quantity"),
        CheckConstraint("abc_class IN ('A', 'B', 'C', '-')", name="abc_class"),
        Index(
            "uq_counts_open_sku_facility",
            "sku",
            "facility",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_counts_open_rank", "rank", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index(
            "ix_counts_open_facility_rank",
            "facility",
            "rank",
            "id",
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_counts_status_closed_at", "status", "closed_at", "id"),
        Index("ix_counts_facility_status_closed_at", "facility", "status", "closed_at", "id"),
        Index("ix_counts_sku_status_closed_at", "sku", "status", "closed_at", "id"),
        Index("ix_counts_planned_for_facility", "planned_for", "facility"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sku: Mapped[str] = mapped_column(Sku, ForeignKey("items.sku"))
    facility: Mapped[str] = mapped_column(Code, ForeignKey("facilities.code"))
    status: Mapped[str] = mapped_column(String(16), default="open")
    abc_class: Mapped[str] = mapped_column(String(1), default=UNCLASSED)
    rank: Mapped[float] = mapped_column(Double)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    planned_for: Mapped[date | None]
    actor: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_quantity: Mapped[int | None] = mapped_column(BigInteger)
    first_counted_by: Mapped[str | None] = mapped_column(Reference)
    expected: Mapped[int | None] = mapped_column(BigInteger)
    quantity: Mapped[int | None] = mapped_column(BigInteger)
    unit_value: Mapped[Decimal | None] = mapped_column(Money)
    counted_by: Mapped[str | None] = mapped_column(Reference)
    note: Mapped[str | None] = mapped_column(Reference)
    closed_by: Mapped[str | None] = mapped_column(String(64))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def key(self) -> tuple[str, str]:
        return self.sku, self.facility

    @property
    def score(self) -> float:
        return -self.rank

    @property
    def recount(self) -> bool:
        return self.first_quantity is not None

    @property
    def difference(self) -> int | None:
        counted, expected = self.quantity, self.expected
        return None if counted is None or expected is None else counted - expected
