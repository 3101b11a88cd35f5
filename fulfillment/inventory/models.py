"""Tables of the stock: levels, the ledger of movements, and the promises made from it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform.columns import Code, Reference, Sealed, Sku, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id


class Kind(StrEnum):
    """What happened on the floor."""

    RECEIPT = "receipt"
    ADJUSTMENT = "adjustment"
    COUNT = "count"
    SHIPMENT = "shipment"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    RETURN = "return"
    SCRAP = "scrap"
    HOLD = "hold"
    UNHOLD = "unhold"


class Owner(StrEnum):
    """To whom units are promised."""

    HOLD = "hold"
    ORDER = "order"
    TRANSFER = "transfer"


class StockLevel(Base):
    """How one SKU stands in one facility.

    `at_risk` is how far promises and unavailable units exceed what the shelf holds. Only a count
    or a forced movement may raise it; so one constraint says both that nothing is oversold and
    that nothing is negative.
    """

    __tablename__ = "stock_levels"
    __table_args__ = (
        CheckConstraint("reserved >= 0", name="reserved"),
        CheckConstraint("unavailable >= 0", name="unavailable"),
        CheckConstraint("safety_stock >= 0", name="safety_stock"),
        CheckConstraint("incoming >= 0", name="incoming"),
        CheckConstraint("at_risk >= 0", name="at_risk"),
        CheckConstraint("reserved + unavailable <= on_hand + at_risk", name="not_oversold"),
        Index("ix_stock_levels_facility_sku", "facility", "sku"),
    )

    sku: Mapped[str] = mapped_column(Sku, ForeignKey("items.sku"), primary_key=True)
    facility: Mapped[str] = mapped_column(Code, ForeignKey("facilities.code"), primary_key=True)
    on_hand: Mapped[int] = mapped_column(BigInteger, default=0)
    unavailable: Mapped[int] = mapped_column(BigInteger, default=0)
    reserved: Mapped[int] = mapped_column(BigInteger, default=0)
    safety_stock: Mapped[int] = mapped_column(BigInteger, default=0)
    incoming: Mapped[int] = mapped_column(BigInteger, default=0)
    at_risk: Mapped[int] = mapped_column(BigInteger, default=0)
    entries: Mapped[int] = mapped_column(BigInteger, default=0)

    @property
    def key(self) -> tuple[str, str]:
        return self.sku, self.facility

    @property
    def available(self) -> int:
        return self.on_hand - self.unavailable - self.reserved


class Movement(Base):
    """One line of the ledger; `entry` is its number within its stock level.

    Triggers (see the migrations) refuse to change or delete a line, whoever asks.
    """

    __tablename__ = "movements"
    __table_args__ = (
        ForeignKeyConstraint(["sku", "facility"], ["stock_levels.sku", "stock_levels.facility"]),
        UniqueConstraint("sku", "facility", "entry"),
        CheckConstraint(
            "(kind IN ('receipt', 'transfer_in', 'return') AND quantity > 0 AND unavailable = 0)"
            " OR (kind IN ('shipment', 'transfer_out', 'scrap') AND quantity < 0"
            " AND unavailable = 0)"
            " OR (kind = 'adjustment' AND quantity <> 0 AND unavailable = 0)"
            " OR (kind = 'count' AND unavailable = 0)"
            " OR (kind = 'hold' AND quantity = 0 AND unavailable > 0)"
            " OR (kind = 'unhold' AND quantity = 0 AND unavailable < 0)",
            name="sign_of_kind",
        ),
        CheckConstraint(
            "reason IS NOT NULL OR NOT (forced OR kind IN ('adjustment', 'scrap', 'hold'))",
            name="reason_given",
        ),
        Index("ix_movements_facility_recorded_at_id", "facility", "recorded_at", "id"),
        Index("ix_movements_recorded_at_id", "recorded_at", "id"),
        Index("ix_movements_sku_recorded_at_id", "sku", "recorded_at", "id"),
        Index("ix_movements_cause_cause_id", "cause", "cause_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sku: Mapped[str] = mapped_column(Sku)
    facility: Mapped[str] = mapped_column(Code)
    entry: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    quantity: Mapped[int] = mapped_column(BigInteger)
    unavailable: Mapped[int] = mapped_column(BigInteger)
    balance_after: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(64))
    cause: Mapped[str] = mapped_column(String(16))
    cause_id: Mapped[str | None] = mapped_column(Reference)
    reason: Mapped[str | None] = mapped_column(Reference)
    reference: Mapped[str | None] = mapped_column(Reference)
    forced: Mapped[bool] = mapped_column(default=False)
    reverses: Mapped[UUID | None] = mapped_column(ForeignKey("movements.id"), unique=True)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Hold(Base):
    """A cart's reservation: the plan that was promised, and until when."""

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint("status IN ('live', 'placed', 'released', 'expired')", name="status"),
        Index(
            "uq_holds_live_cart_ref",
            "cart_ref",
            unique=True,
            sqlite_where=text("status = 'live'"),
            postgresql_where=text("status = 'live'"),
        ),
        Index(
            "ix_holds_live_expires_at",
            "expires_at",
            sqlite_where=text("status = 'live'"),
            postgresql_where=text("status = 'live'"),
        ),
        Index(
            "ix_holds_ended_expires_at",
            "expires_at",
            sqlite_where=text("status IN ('expired', 'released')"),
            postgresql_where=text("status IN ('expired', 'released')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    cart_ref: Mapped[str] = mapped_column(Reference)
    status: Mapped[str] = mapped_column(String(16), default="live")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    plan: Mapped[dict[str, Any]] = mapped_column(Sealed)
    actor: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def status_at(self, moment: datetime) -> str:
        """Return the status that counts: a hold is dead from the second it expires."""
        ended = self.status == "live" and self.expires_at <= moment
        return "expired" if ended else self.status


class Promise(Base):
    """Units of one stock level promised to a cart, an order or a transfer, until `closed_at`."""

    __tablename__ = "promises"
    __table_args__ = (
        ForeignKeyConstraint(["sku", "facility"], ["stock_levels.sku", "stock_levels.facility"]),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("owner_kind IN ('hold', 'order', 'transfer')", name="owner_kind"),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_with_outcome"),
        CheckConstraint("outcome IN ('released', 'expired', 'shipped')", name="outcome"),
        CheckConstraint("(owner_kind = 'hold') = (expires_at IS NOT NULL)", name="holds_expire"),
        Index(
            "ix_promises_open_sku_facility",
            "sku",
            "facility",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        # Of dead holds, for those alone who ask by outcome: before PostgreSQL has counted a table
        # it cannot tell which of several indexes of the same rows reads all promises of a SKU.
        Index(
            "ix_promises_without_outcome_sku_expires_at",
            "sku",
            "expires_at",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        Index(
            "ix_promises_open_expires_at",
            "expires_at",
            sqlite_where=text("closed_at IS NULL AND expires_at IS NOT NULL"),
            postgresql_where=text("closed_at IS NULL AND expires_at IS NOT NULL"),
        ),
        Index(
            "ix_promises_at_risk_id",
            "id",
            sqlite_where=text("at_risk"),
            postgresql_where=text("at_risk"),
        ),
        Index(
            "ix_promises_hold_id",
            "hold_id",
            sqlite_where=text("hold_id IS NOT NULL"),
            postgresql_where=text("hold_id IS NOT NULL"),
        ),
        Index("ix_promises_owner_id", "owner_id"),
        Index("ix_promises_facility_ship_on", "facility", "ship_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_kind: Mapped[str] = mapped_column(String(16))
    owner_id: Mapped[UUID]
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("holds.id"))
    reference: Mapped[str] = mapped_column(Reference)
    sku: Mapped[str] = mapped_column(Sku)
    facility: Mapped[str] = mapped_column(Code)
    quantity: Mapped[int] = mapped_column(BigInteger)
    ship_on: Mapped[date | None]
    at_risk: Mapped[bool] = mapped_column(default=False)
    actor: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(16))
