"""Tables of shipments and their lines, and the order of a shipment's states."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from fulfillment.network.transit import BROCHURE, MEASURED
from fulfillment.platform import clock
from fulfillment.platform.columns import Code, Document, Money, Reference, Sku, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id

TRACKING_NUMBER_LENGTH = 64


class Status(StrEnum):
    """Where a shipment stands."""

    PLANNED = "planned"
    RELEASED = "released"
    PICKED = "picked"
    PACKED = "packed"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPTED = "attempted"
    EXCEPTION = "exception"
    DELIVERED = "delivered"
    RETURNED = "returned"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


# A shipment goes forward by rank; rejected and cancelled are ends beside the road.
RANK = {
    Status.PLANNED: 0,
    Status.RELEASED: 1,
    Status.PICKED: 2,
    Status.PACKED: 3,
    Status.HANDED_OVER: 4,
}
ON_THE_FLOOR = tuple(status for status in RANK if RANK[status] < RANK[Status.HANDED_OVER])
# From here on its carrier has it, and tells where it stands (`fulfillment/tracking`).
UNDER_WAY = (
    Status.HANDED_OVER,
    Status.IN_TRANSIT,
    Status.OUT_FOR_DELIVERY,
    Status.ATTEMPTED,
    Status.EXCEPTION,
    Status.DELIVERED,
    Status.RETURNED,
)
GONE = (Status.REJECTED, Status.CANCELLED)
# What a carrier that is asked over HTTP says of a shipment.
PENDING, CONFIRMED, REFUSED = "pending", "confirmed", "refused"
ASKED = text("carrier_status IS NOT NULL")
UNTOUCHED = tuple(status for status in RANK if RANK[status] < RANK[Status.PICKED])


def quoted(statuses: tuple[Status, ...]) -> str:
    """Return statuses as a list in SQL."""
    return ", ".join(f"'{status}'" for status in statuses)


class Shipment(Base):
    """One order's goods from one facility to one destination.

    `ship_by` is the latest handover that keeps the promise `deliver_by`, and `transit` says what
    that was made from; all three are stored when it is given and never recomputed. `actor` brought
    the shipment to its present status.
    A rejected or cancelled shipment keeps its lines, as the record of what it was to carry.
    """

    __tablename__ = "shipments"
    __table_args__ = (
        CheckConstraint(f"status IN ({quoted(tuple(Status))})", name="status"),
        CheckConstraint(
            f"status NOT IN ({quoted(UNDER_WAY)}) OR handed_over_at IS NOT NULL",
            name="handed_over_at",
        ),
        CheckConstraint("(status = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_at"),
        CheckConstraint("status <> 'rejected' OR reject_reason IS NOT NULL", name="reject_reason"),
        CheckConstraint("priority BETWEEN 0 AND 9", name="priority"),
        CheckConstraint(f"transit IN ('{MEASURED}', '{BROCHURE}')", name="transit"),
        CheckConstraint("distance_km >= 0", name="distance_km"),
        CheckConstraint("cost >= 0", name="cost"),
        CheckConstraint(
            f"carrier_status IN ('{PENDING}', '{CONFIRMED}', '{REFUSED}')", name="carrier_status"
        ),
        CheckConstraint("packages > 0", name="packages"),
        CheckConstraint("weight_g > 0", name="weight_g"),
        UniqueConstraint("carrier", "tracking_number"),  # two carriers may number alike
        Index("ix_shipments_facility_status_ship_by", "facility", "status", "ship_by"),
        Index("ix_shipments_status_ship_by", "status", "ship_by"),
        Index(
            "ix_shipments_carrier_status_ship_by",
            "carrier_status",
            "ship_by",
            sqlite_where=ASKED,
            postgresql_where=ASKED,
        ),
        Index(
            "ix_shipments_planned_order_id",
            "order_id",
            sqlite_where=text("status = 'planned'"),
            postgresql_where=text("status = 'planned'"),
        ),
        Index(
            "ix_shipments_handed_over_at_id",
            "handed_over_at",
            "id",
            sqlite_where=text("handed_over_at IS NOT NULL"),
            postgresql_where=text("handed_over_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    order_ref: Mapped[str] = mapped_column(Reference)
    facility: Mapped[str] = mapped_column(Code, ForeignKey("facilities.code"))
    status: Mapped[str] = mapped_column(String(16), default=Status.PLANNED)
    destination: Mapped[dict[str, Any]] = mapped_column(Document)
    carrier: Mapped[str | None] = mapped_column(Code, ForeignKey("carriers.code"))
    service: Mapped[str | None] = mapped_column(Code)
    distance_km: Mapped[float]
    cost: Mapped[Decimal] = mapped_column(Money)
    ship_by: Mapped[datetime] = mapped_column(UtcDateTime)
    deliver_by: Mapped[date]
    transit: Mapped[str] = mapped_column(String(16), default=BROCHURE, server_default=BROCHURE)
    priority: Mapped[int] = mapped_column(Integer)  # `patience` needs its type at once
    tracking_number: Mapped[str | None] = mapped_column(String(TRACKING_NUMBER_LENGTH))
    carrier_status: Mapped[str | None] = mapped_column(String(16))
    carrier_problem: Mapped[str | None] = mapped_column(Text)
    packages: Mapped[int | None]
    weight_g: Mapped[int | None] = mapped_column(BigInteger)
    reject_reason: Mapped[str | None] = mapped_column(Reference)
    actor: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    picked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    packed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rejected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    # Lists are keyset pages in rising order, and the highest priority comes first.
    patience: Mapped[int] = column_property(-priority)

    lines: Mapped[list["ShipmentLine"]] = relationship(
        lazy="selectin", order_by="ShipmentLine.sku", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)

    @property
    def minutes_left(self) -> int | None:
        """Whole minutes until the latest handover; negative when it has passed."""
        if self.status not in ON_THE_FLOOR:
            return None
        return int((self.ship_by - clock.now()).total_seconds() // 60)

    @property
    def late(self) -> bool:
        """Tell whether the latest handover was missed, or has passed meanwhile."""
        if self.status in ON_THE_FLOOR:
            return clock.now() > self.ship_by
        return self.handed_over_at is not None and self.handed_over_at > self.ship_by


class ShipmentLine(Base):
    """Units of one SKU in a shipment, backed by one promise of the stock where they lie."""

    __tablename__ = "shipment_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("picked BETWEEN 0 AND quantity", name="picked"),
        CheckConstraint("packed BETWEEN 0 AND quantity", name="packed"),
        CheckConstraint("returned BETWEEN 0 AND quantity", name="returned"),
    )

    shipment_id: Mapped[UUID] = mapped_column(ForeignKey("shipments.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(Sku, ForeignKey("items.sku"), primary_key=True)
    promise_id: Mapped[UUID] = mapped_column(ForeignKey("promises.id"), unique=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    picked: Mapped[int | None] = mapped_column(BigInteger)
    packed: Mapped[int | None] = mapped_column(BigInteger)
    returned: Mapped[int] = mapped_column(BigInteger, default=0)
