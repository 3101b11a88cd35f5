"""Forecasts as they are kept: the latest of each stock level, and how each run did."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform.columns import Code, Document, Sku, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id


class ForecastRun(Base):
    """One night's forecasts: from which weeks, how many series, and how accurate by backtest.

    `accuracy` has for each kind of demand the model chosen and the scores of all that competed,
    the naive ones among them.
    """

    __tablename__ = "forecast_runs"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    as_of: Mapped[date]
    weeks: Mapped[int]
    series: Mapped[int]
    accuracy: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    seconds: Mapped[dict[str, float]] = mapped_column(Document)
    actor: Mapped[str] = mapped_column(String(64))
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Forecast(Base):
    """What a facility's customers will ask of a SKU: per day, and over `lead_weeks` weeks.

    `deviation` is of the demand over those weeks from its forecast, `quantiles` are its
    (probability, units). `mase` is the model's own error by that of the naive forecast.
    """

    __tablename__ = "forecasts"
    __table_args__ = (
        CheckConstraint("per_day >= 0 AND deviation >= 0", name="demand"),
        CheckConstraint("lead_weeks >= 1", name="lead_weeks"),
        Index("ix_forecasts_facility_sku", "facility", "sku"),
    )

    sku: Mapped[str] = mapped_column(Sku, ForeignKey("items.sku"), primary_key=True)
    facility: Mapped[str] = mapped_column(Code, ForeignKey("facilities.code"), primary_key=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("forecast_runs.id"))
    as_of: Mapped[date]
    pattern: Mapped[str] = mapped_column(String(16))
    model: Mapped[str] = mapped_column(String(200))
    per_day: Mapped[float]
    lead_weeks: Mapped[int]
    deviation: Mapped[float]
    quantiles: Mapped[list[list[float]]] = mapped_column(Document)
    mase: Mapped[float | None]
    weeks_known: Mapped[int]
    borrowed: Mapped[bool]
