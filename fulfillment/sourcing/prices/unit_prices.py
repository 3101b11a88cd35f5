"""What stock and capacity are worth where they are: money that taking them costs later orders."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from fulfillment.optimization.pricing import at_least
from fulfillment.sourcing.prices.shadow_prices import WavePrices

Amounts = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

DIGITS = 4
# Less than this is not told.
NOTHING = 0.5 * 10**-DIGITS


class Marginal(Struct, frozen=True, eq=False):
    """Marginal values, and what they were made from; S SKUs, F facilities."""

    codes: Sequence[str]
    skus: Sequence[str]
    value: Amounts  # [S, F] a unit
    stock: Counts  # [S, F]
    demand: Amounts  # [S, F] units in the facility's zone until its next receipt
    as_of: datetime

    def among(self, codes: Sequence[str], skus: Sequence[str]) -> Amounts:
        """Return the values among those of facilities and SKUs that have none. [codes, skus]"""
        values = np.zeros((len(codes), len(skus)))
        rows = [codes.index(code) for code in self.codes]
        values[np.ix_(rows, [skus.index(sku) for sku in self.skus])] = self.value.T
        return values

    def reason(self, sku: str, facility: str) -> dict[str, Any]:
        """Return what a value was made from."""
        at = self.skus.index(sku), self.codes.index(facility)
        stock, demand = self.stock[at], self.demand[at]
        return {
            "price": round(float(self.value[at]), DIGITS),
            "source": "marginal",
            "stock": int(stock),
            "demand": round(float(demand), 2),
            "probability": round(float(at_least(np.array([stock]), np.array([demand]))[0]), DIGITS),
            "as_of": self.as_of.isoformat(),
        }


class UnitPrices(Struct, frozen=True, eq=False):
    """The prices of an order's SKUs, before the strategy's weight; F facilities, L lines, money."""

    rows: Mapping[str, int]  # by facility; those without a row have no price
    skus: Sequence[str]
    unit: Amounts  # [F, L] a unit, its part of the facility's capacity included
    shipment: Amounts  # [F] a place among the shipments of a full day
    marginal: Marginal | None
    wave: WavePrices
    moment: datetime

    def per_unit(self, codes: Sequence[str]) -> Amounts:
        """Return what a unit of each SKU costs at these facilities. [codes, L]"""
        return self.unit[[self.rows[code] for code in codes]]

    def per_shipment(self, codes: Sequence[str]) -> Amounts:
        """Return what a shipment costs at these facilities. [codes]"""
        return self.shipment[[self.rows[code] for code in codes]]

    def of(self, facility: str) -> dict[str, float]:
        """Return the prices of a unit at a facility by SKU, those above 0."""
        return self.told(self.unit[self.rows[facility]].tolist())

    def by_facility(self) -> list[dict[str, float]]:
        """Return the prices of a unit at each facility by SKU, those above 0."""
        return list(map(self.told, self.unit.tolist()))

    def told(self, prices: Sequence[float]) -> dict[str, float]:
        found = zip(self.skus, prices, strict=True)
        return {sku: round(price, DIGITS) for sku, price in found if price >= NOTHING}

    def reasons(self, facility: str) -> list[dict[str, Any]]:
        """Return what each price at a facility was made from."""
        return [*self.reasons_of_stock(facility), *self.reasons_of_capacity(facility)]

    def reasons_of_stock(self, facility: str) -> Iterator[dict[str, Any]]:
        for sku in self.of(facility):
            dual = self.wave.stock.get((sku, facility))
            if dual is not None:
                yield {"sku": sku, **self.by_wave(dual)}
            elif self.marginal and sku in self.marginal.skus and facility in self.marginal.codes:
                yield {"sku": sku, **self.marginal.reason(sku, facility)}

    def reasons_of_capacity(self, facility: str) -> Iterator[dict[str, Any]]:
        for kind, prices in (("units", self.wave.units), ("shipments", self.wave.shipments)):
            if facility in prices:
                yield {"kind": kind, **self.by_wave(prices[facility])}

    def by_wave(self, price: float) -> dict[str, Any]:
        assert self.wave.as_of is not None
        age = (self.moment - self.wave.as_of).total_seconds() / 60
        return {
            "price": round(price, DIGITS),
            "source": "wave",
            "plan_id": str(self.wave.plan_id),
            "age_minutes": round(age, 1),
        }
