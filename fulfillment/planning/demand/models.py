"""The history of demand, a row for each day on which there is something to tell."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform.columns import Code, Sku
from fulfillment.platform.db import Base


class DemandDay(Base):
    """Units of a SKU on one day of a facility: those asked near it, and those shipped from it.

    The two are kept apart, since what was sold from the wrong place must not teach a plan to stock
    the wrong place. `censored`: no facility had any, so more may have been wanted than was asked.
    `ran_out`: this one had none, so it shipped less than it would have. An imported day stays as it
    was imported.
    """

    __tablename__ = "demand_days"
    __table_args__ = (
        CheckConstraint("asked >= 0 AND shipped >= 0", name="units"),
        Index("ix_demand_days_day", "day"),
    )

    sku: Mapped[str] = mapped_column(Sku, ForeignKey("items.sku"), primary_key=True)
    facility: Mapped[str] = mapped_column(Code, ForeignKey("facilities.code"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    asked: Mapped[int] = mapped_column(BigInteger, default=0)
    shipped: Mapped[int] = mapped_column(BigInteger, default=0)
    censored: Mapped[bool] = mapped_column(default=False)
    ran_out: Mapped[bool] = mapped_column(default=False)
    imported: Mapped[bool] = mapped_column(default=False)
