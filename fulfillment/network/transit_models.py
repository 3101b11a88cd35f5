"""The table of transit times as they were measured."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform.columns import Code, UtcDateTime
from fulfillment.platform.db import Base


class LaneTransit(Base):
    """In how many working days of the carrier most of a lane's deliveries came.

    `carrier` is "" under the default tariff; `band` is one of distances: see `transit.BANDS_KM`.
    """

    __tablename__ = "lane_transits"
    __table_args__ = (
        CheckConstraint("band >= 0", name="band"),
        CheckConstraint("days >= 0", name="days"),
        CheckConstraint("samples >= 1", name="samples"),
    )

    facility: Mapped[str] = mapped_column(Code, ForeignKey("facilities.code"), primary_key=True)
    carrier: Mapped[str] = mapped_column(Code, primary_key=True)
    service: Mapped[str] = mapped_column(Code, primary_key=True)
    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    days: Mapped[int]
    samples: Mapped[int]
    measured_at: Mapped[datetime] = mapped_column(UtcDateTime)
