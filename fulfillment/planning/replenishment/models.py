"""How each stock level is replenished, as planners set it."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform import clock
from fulfillment.platform.columns import Code, Sku, UtcDateTime
from fulfillment.platform.db import Base


class ReplenishmentPolicy(Base):
    """When a SKU is ordered for a facility, how much of it, and from where.

    `reorder_point`, `order_up_to` and `quantity` stand where they are given by hand; what is not
    given follows from the forecast and the service promised. `source_facility` resupplies this
    one; without it the units come from a supplier.
    """

    __tablename__ = "replenishment_policies"
    __table_args__ = (
        CheckConstraint("kind IN ('s_S', 'R_Q', 'base_stock', 'min_max', 'none')", name="kind"),
        CheckConstraint(
            "service_measure IN ('cycle_service', 'fill_rate')", name="service_measure"
        ),
        CheckConstraint("service_level > 0 AND service_level < 1", name="service_level"),
        CheckConstraint("reorder_point < order_up_to", name="levels"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("review_days >= 1", name="review_days"),
        CheckConstraint(
            "kind <> 'min_max' OR (reorder_point IS NOT NULL AND order_up_to IS NOT NULL)",
            name="min_max",
        ),
        CheckConstraint("source_facility <> facility", name="source_facility"),
        CheckConstraint("source_facility IS NULL OR supplier IS NULL", name="one_source"),
        Index("ix_replenishment_policies_sku_facility", "sku", "facility"),
    )

    facility: Mapped[str] = mapped_column(Code, ForeignKey("facilities.code"), primary_key=True)
    sku: Mapped[str] = mapped_column(Sku, ForeignKey("items.sku"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    service_measure: Mapped[str] = mapped_column(String(16))
    service_level: Mapped[float]
    review_days: Mapped[int] = mapped_column(default=1)
    reorder_point: Mapped[int | None] = mapped_column(BigInteger)
    order_up_to: Mapped[int | None] = mapped_column(BigInteger)
    quantity: Mapped[int | None] = mapped_column(BigInteger)
    source_facility: Mapped[str | None] = mapped_column(Code, ForeignKey("facilities.code"))
    supplier: Mapped[str | None] = mapped_column(Code, ForeignKey("suppliers.code"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)
