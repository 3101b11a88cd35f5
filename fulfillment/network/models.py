"""Facilities, carriers with their rates, and the centroids of postal codes."""

from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    Time,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.network.calendar import DockCalendar, Workdays
from fulfillment.platform import clock
from fulfillment.platform.columns import Code, Document, Money, UtcDateTime
from fulfillment.platform.db import Base
from fulfillment.platform.ids import new_id

DEFAULT_CUTOFF = time(17, 0)
MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)
# When a carrier is asked for a number and a label.
PACKING, HANDOVER = "packing", "handover"
HTTP = "http"


def monday_to_friday() -> list[int]:
    """Return the ISO numbers of the usual working days."""
    return list(MONDAY_TO_FRIDAY)


class Workweek:
    """The days that are worked: weekdays, less the public holidays of a country or a part of it."""

    working_days: Mapped[list[int]] = mapped_column(Document, default=monday_to_friday)
    holidays_country: Mapped[str | None] = mapped_column(String(2))
    holidays_subdivision: Mapped[str | None] = mapped_column(String(8))

    @property
    def holidays(self) -> dict[str, str | None] | None:
        """The public holidays kept, as codes of the `holidays` library."""
        if self.holidays_country is None:
            return None
        return {"country": self.holidays_country, "subdivision": self.holidays_subdivision}

    def workdays_less(self, closed_on: frozenset[date] = frozenset()) -> Workdays:
        """Return these days, less single ones, ready to count with."""
        week = frozenset(self.working_days)
        return Workdays(week, self.holidays_country, self.holidays_subdivision, closed_on)


class Facility(Workweek, Base):
    """A place that holds stock and ships it: a warehouse, a store, a partner's dock."""

    __tablename__ = "facilities"
    __table_args__ = (
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
        CheckConstraint("lng BETWEEN -180 AND 180", name="lng"),
        CheckConstraint("(lat IS NULL) = (lng IS NULL)", name="coordinates"),
        CheckConstraint("handling_days >= 0", name="handling_days"),
        CheckConstraint("daily_order_capacity >= 0", name="daily_order_capacity"),
        CheckConstraint("fixed_cost >= 0", name="fixed_cost"),
    )

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    country: Mapped[str] = mapped_column(String(2), default="US")
    postal_code: Mapped[str | None] = mapped_column(String(16))
    timezone: Mapped[str] = mapped_column(String(64))
    cutoff: Mapped[time] = mapped_column(Time, default=DEFAULT_CUTOFF)
    closed_on: Mapped[list[str]] = mapped_column(Document, default=list)
    handling_days: Mapped[int] = mapped_column(default=0)
    daily_order_capacity: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    fixed_cost: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    tags: Mapped[list[str]] = mapped_column(Document, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)

    @property
    def calendar(self) -> DockCalendar:
        """When this facility ships."""
        workdays = self.workdays_less(frozenset(map(date.fromisoformat, self.closed_on)))
        return DockCalendar(self.timezone, self.cutoff, self.handling_days, workdays)


class Carrier(Workweek, Base):
    """Who takes parcels over, and how it is told of them.

    `failures` in a row, `rest_until` and `problem` say how the other side has been lately.
    """

    __tablename__ = "carriers"
    __table_args__ = (
        CheckConstraint("type <> 'http' OR url IS NOT NULL", name="url"),
        CheckConstraint("buy_at IN ('packing', 'handover')", name="buy_at"),
        CheckConstraint("timeout_seconds > 0", name="timeout_seconds"),
        CheckConstraint("next_number >= 0", name="next_number"),
    )

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(16), default="table")
    active: Mapped[bool] = mapped_column(default=True)
    tracking_prefix: Mapped[str] = mapped_column(String(16), default="")
    next_number: Mapped[int] = mapped_column(BigInteger, default=1)
    event_secret: Mapped[str | None] = mapped_column(String(100))
    url: Mapped[str | None] = mapped_column(Text)
    manifest_url: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[str | None] = mapped_column(String(100))
    buy_at: Mapped[str] = mapped_column(String(16), default=HANDOVER, server_default=HANDOVER)
    timeout_seconds: Mapped[float] = mapped_column(default=10.0, server_default="10")
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    rest_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it so)


class CarrierRate(Base):
    """The price of one parcel up to a distance or within a zone, and up to a weight.

    No `max_distance_km` and no zone chart: any distance.
    """

    __tablename__ = "carrier_rates"
    __table_args__ = (
        UniqueConstraint("carrier", "service", "max_distance_km", "max_weight_g"),
        CheckConstraint("max_distance_km > 0", name="max_distance_km"),
        CheckConstraint("max_weight_g >= 1", name="max_weight_g"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("transit_days >= 0", name="transit_days"),
        CheckConstraint("dim_divisor > 0", name="dim_divisor"),
        CheckConstraint("fuel_percent >= 0", name="fuel_percent"),
        CheckConstraint("residential_surcharge >= 0", name="residential_surcharge"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    carrier: Mapped[str] = mapped_column(Code, ForeignKey("carriers.code"))
    service: Mapped[str] = mapped_column(Code)
    zone: Mapped[str | None] = mapped_column(Code)
    max_distance_km: Mapped[float | None]
    max_weight_g: Mapped[int]
    price: Mapped[Decimal] = mapped_column(Money)
    transit_days: Mapped[int]
    dim_divisor: Mapped[float | None]
    fuel_percent: Mapped[float | None]
    residential_surcharge: Mapped[Decimal | None] = mapped_column(Money)


class PostalCode(Base):
    """The centroid of a postal code, for destinations that no built-in table knows."""

    __tablename__ = "postal_codes"
    __table_args__ = (
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
        CheckConstraint("lng BETWEEN -180 AND 180", name="lng"),
    )

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    postal_code: Mapped[str] = mapped_column(String(16), primary_key=True)
    lat: Mapped[float]
    lng: Mapped[float]
    timezone: Mapped[str | None] = mapped_column(String(64))


def compact(postal_code: str) -> str:
    """Return a postal code as the table keeps it: people write `sw1a 1aa` and `SW1A1AA` alike."""
    return "".join(postal_code.upper().split())
