"""Carriers' zone charts."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform.columns import Code
from fulfillment.platform.db import Base

PREFIX_LENGTH = 16


class CarrierZone(Base):
    """The zone of all parcels from one area to another of a country, by postal code prefixes."""

    __tablename__ = "carrier_zones"

    carrier: Mapped[str] = mapped_column(Code, ForeignKey("carriers.code"), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    origin_prefix: Mapped[str] = mapped_column(String(PREFIX_LENGTH), primary_key=True)
    destination_prefix: Mapped[str] = mapped_column(String(PREFIX_LENGTH), primary_key=True)
    zone: Mapped[str] = mapped_column(Code)
