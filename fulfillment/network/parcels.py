"""What one parcel costs by the rates of a service: base price, fuel and residential surcharges.

A parcel is billed by its weight or by its dimensional weight, whichever is more. Each part of a
price is rounded half up to the currency's smallest unit, and the total is the sum of the parts.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import NamedTuple

from msgspec import Struct

RESIDENCE = "residence"
PERCENT = Decimal(100)
TWO_DECIMALS = 2
# How many decimals the currencies have that do not have two (ISO 4217).
OTHER_DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


class Rate(NamedTuple):
    """A row of a rate table: the price up to a weight, and what comes on top of it."""

    max_weight_g: int
    price: Decimal
    dim_divisor: float | None = None  # cm3 per kg; None: size does not count
    fuel_percent: float | None = None
    residential_surcharge: Decimal | None = None


class Parcel(Struct, frozen=True):
    """A packed box: its weight, and its sides where they were measured."""

    weight_g: int
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None

    def dimensional_g(self, divisor: float | None) -> int:
        """Return the weight that its size stands for, up to the gram; 0 where that is unknown.

        cm3 / (cm3 per kg) are kilograms, so mm3 / (cm3 per kg) are grams.
        """
        sides = self.length_mm, self.width_mm, self.height_mm
        if divisor is None or None in sides:
            return 0
        length, width, height = (side or 0 for side in sides)
        return ceil(length * width * height / divisor)


class Price(Struct, frozen=True):
    """The price of one parcel in its parts, and the weight that it was billed by."""

    base: Decimal
    fuel: Decimal
    residential: Decimal
    billed_g: int
    is_dimensional: bool

    @property
    def total(self) -> Decimal:
        return self.base + self.fuel + self.residential


def smallest_unit(currency: str) -> Decimal:
    """Return the smallest amount of a currency: 0.01 of most, 1 of the yen."""
    return Decimal(1).scaleb(-OTHER_DECIMALS.get(currency, TWO_DECIMALS))


def price_of(parcel: Parcel, rates: Sequence[Rate], kind: str, unit: Decimal) -> Price | None:
    """Return the price of a parcel by rates of rising weight; None: it is more than the last takes.

    `kind` is that of the destination, residence or business; `unit` the currency's smallest one.
    """
    for rate in rates:
        size_g = parcel.dimensional_g(rate.dim_divisor)
        billed_g = max(parcel.weight_g, size_g)
        if billed_g <= rate.max_weight_g:
            return price_at(rate, kind, unit, billed_g, is_dimensional=size_g > parcel.weight_g)
    return None


def price_at(
    rate: Rate, kind: str, unit: Decimal, billed_g: int, *, is_dimensional: bool = False
) -> Price:
    """Return the price of a parcel that falls under this rate; fuel is a share of the base."""
    base = rounded(rate.price, unit)
    fuel = rounded(base * Decimal(str(rate.fuel_percent or 0)) / PERCENT, unit)
    extra = rate.residential_surcharge if kind == RESIDENCE else None
    return Price(base, fuel, rounded(extra or Decimal(0), unit), billed_g, is_dimensional)


def rounded(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, ROUND_HALF_UP)
