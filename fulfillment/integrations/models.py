"""Tables of shops: who they are, what is said between us, and which of their orders is which."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform import clock
from fulfillment.platform.columns import Code, Document, Reference, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id

IN, OUT = "in", "out"
IS_PENDING = text("status = 'pending'")


class ShopKind(StrEnum):
    """Whose words a shop speaks."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"


class Status(StrEnum):
    """What became of a message; `ignored` asked for nothing, or for what is overtaken."""

    PENDING = "pending"
    DONE = "done"
    IGNORED = "ignored"
    REFUSED = "refused"


class Shop(Base):
    """A shop that sends its orders, and how it has answered lately.

    `secrets` are those that it may sign by, the newest first. `locations` names by the shop's own
    location the facilities behind it.
    """

    __tablename__ = "shops"
    __table_args__ = (CheckConstraint("kind IN ('shopify', 'woocommerce')", name="kind"),)

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    url: Mapped[str] = mapped_column(Text)
    token: Mapped[str | None] = mapped_column(Text)
    secrets: Mapped[list[str]] = mapped_column(Document)
    channel: Mapped[str | None] = mapped_column(String(64))
    locations: Mapped[dict[str, list[str]]] = mapped_column(Document)
    unsigned_reads: Mapped[bool]
    active: Mapped[bool]
    failures: Mapped[int] = mapped_column(default=0)
    rest_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)


class ShopOrder(Base):
    """An order as its shop names it, and the one that it is here, once it is placed.

    `said_at` is the shop's time of the newest version of it that was acted on.
    """

    __tablename__ = "shop_orders"
    __table_args__ = (
        Index("ix_shop_orders_shop_name", "shop", "name"),
        Index("ix_shop_orders_order_id", "order_id"),
    )

    shop: Mapped[str] = mapped_column(
        Code, ForeignKey("shops.code", ondelete="CASCADE"), primary_key=True
    )
    external_id: Mapped[str] = mapped_column(Reference, primary_key=True)
    name: Mapped[str] = mapped_column(Reference)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"))
    said_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Message(Base):
    """One thing that a shop told us (`in`), or that we tell or ask it (`out`).

    `key` is what makes it the same message when it comes twice. Messages out about one `subject`
    go one after the other. `step` is how far one is that takes more than one exchange.
    """

    __tablename__ = "shop_messages"
    __table_args__ = (
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint("status IN ('pending', 'done', 'ignored', 'refused')", name="status"),
        CheckConstraint("(status = 'pending') = (finished_at IS NULL)", name="finished_at"),
        CheckConstraint("(status = 'pending') = (next_at IS NOT NULL)", name="next_at"),
        CheckConstraint("status <> 'refused' OR problem IS NOT NULL", name="problem"),
        Index("uq_shop_messages_shop_direction_key", "shop", "direction", "key", unique=True),
        Index("ix_shop_messages_shop_status_id", "shop", "status", "id"),
        Index("ix_shop_messages_shop_subject_id", "shop", "subject", "id"),
        Index(
            "ix_shop_messages_pending_next_at",
            "direction",
            "shop",
            "next_at",
            sqlite_where=IS_PENDING,
            postgresql_where=IS_PENDING,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    shop: Mapped[str] = mapped_column(Code, ForeignKey("shops.code", ondelete="CASCADE"))
    direction: Mapped[str] = mapped_column(String(3))
    topic: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(Reference)
    subject: Mapped[str] = mapped_column(Reference)
    body: Mapped[dict[str, Any]] = mapped_column(Document)
    status: Mapped[str] = mapped_column(String(16))
    step: Mapped[str | None] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
