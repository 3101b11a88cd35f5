"""What is kept beside a brief explanation, so that it can be told in full later: see `retold`.

Most orders need nothing of it: nothing they ask for has a price, and no rule bars an item.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from fulfillment.sourcing.prices.shadow_prices import NO_PRICES, WavePrices
from fulfillment.sourcing.prices.unit_prices import NOTHING, Marginal, UnitPrices
from fulfillment.sourcing.question import Candidate, Question, is_free

# Digits of a demand: enough for the four of the probability that is made from it.
DIGITS = 6

Basis = Mapping[str, Any]
Rows = Sequence[Mapping[str, Any]]


def basis_of(question: Question, found: Sequence[Candidate]) -> dict[str, Any]:
    """Return what candidates do not say: stock that rules bar, and what prices were made from."""
    kept = sources_of(question.prices) if question.prices else {}
    if not all(is_free(question, sku) for sku in question.ask.lines):
        there = {place.facility: barred(question, place) for place in found}
        kept["barred"] = {facility: units for facility, units in there.items() if units}
    return {name: told for name, told in kept.items() if told}


def barred(question: Question, place: Candidate) -> dict[str, int]:
    """Return the units that could be promised, if a rule did not keep them from shipping."""
    stock, may_ship = question.state.promisable, place.promisable
    there = {sku: stock.get(sku, {}).get(place.facility, 0) for sku in may_ship}
    return {sku: units for sku, units in there.items() if units > may_ship[sku]}


def sources_of(prices: UnitPrices) -> dict[str, Any]:
    """Return what the prices were made from, beside the stock; nothing where there are none."""
    told = priced(prices)
    places = {"shipments": dict(prices.wave.shipments), "units": dict(prices.wave.units)}
    limits = {kind: limit for kind, limit in places.items() if limit}
    kept: dict[str, Any] = {}
    if (demand := demand_behind(prices, told)) and prices.marginal:
        kept["marginal"] = {"as_of": prices.marginal.as_of.isoformat(), "demand": demand}
    if prices.wave.as_of and (told or limits):
        wave = {"plan_id": str(prices.wave.plan_id), "as_of": prices.wave.as_of.isoformat()}
        kept["wave"] = wave | limits
    return kept


def priced(prices: UnitPrices) -> list[tuple[str, str]]:
    """Return the facilities and SKUs that have a price which is told."""
    codes = list(prices.rows)
    at = np.argwhere(prices.unit >= NOTHING).tolist()
    return [(codes[row], prices.skus[column]) for row, column in at]


def demand_behind(
    prices: UnitPrices, told: Sequence[tuple[str, str]]
) -> dict[str, dict[str, float]]:
    """Return the demand behind each price that is a marginal value, by SKU, by facility."""
    marginal, demand = prices.marginal, dict[str, dict[str, float]]()
    if marginal is None:
        return demand
    rows = {sku: row for row, sku in enumerate(marginal.skus)}
    columns = {code: column for column, code in enumerate(marginal.codes)}
    for code, sku in told:
        if code in columns and sku in rows and (sku, code) not in prices.wave.stock:
            units = float(marginal.demand[rows[sku], columns[code]])
            demand.setdefault(code, {})[sku] = round(units, DIGITS)
    return demand


def prices_of(
    rows: Rows, basis: Basis, question: Question, stock: Mapping[str, Mapping[str, int]]
) -> UnitPrices | None:
    """Return the prices as they were, to four digits; None where the order had none.

    `rows` are the candidates as they were told, `stock` the units by facility, by SKU.
    """
    if not all("prices" in row for row in rows):
        return None
    skus, wave = list(question.ask.lines), wave_of(rows, basis)
    codes = [row["facility"] for row in rows]
    return UnitPrices(
        rows={code: index for index, code in enumerate(codes)},
        skus=skus,
        unit=np.array([[row["prices"].get(sku, 0.0) for sku in skus] for row in rows]),
        shipment=np.array([wave.shipments.get(code, 0.0) for code in codes]),
        marginal=marginal_of(rows, basis, stock, wave),
        wave=wave,
        moment=question.state.moment,
    )


def wave_of(rows: Rows, basis: Basis) -> WavePrices:
    """Return the wave's prices; what has no demand behind it was priced by the wave."""
    if "wave" not in basis:
        return NO_PRICES
    kept, demand = basis["wave"], basis.get("marginal", {}).get("demand", {})
    units = kept.get("units", {})
    duals = {
        (sku, row["facility"]): price - units.get(row["facility"], 0.0)
        for row in rows
        for sku, price in row["prices"].items()
        if sku not in demand.get(row["facility"], {})
    }
    return WavePrices(
        UUID(kept["plan_id"]),
        datetime.fromisoformat(kept["as_of"]),
        {key: dual for key, dual in duals.items() if dual >= NOTHING},
        kept.get("shipments", {}),
        units,
    )


def marginal_of(
    rows: Rows, basis: Basis, stock: Mapping[str, Mapping[str, int]], wave: WavePrices
) -> Marginal | None:
    """Return the marginal values that were prices, with the demand that they were made from."""
    if "marginal" not in basis:
        return None
    demand = basis["marginal"]["demand"]
    codes, skus = list(demand), sorted({sku for of in demand.values() for sku in of})
    prices = {row["facility"]: row["prices"] for row in rows}
    value = [[prices[at].get(s, 0.0) - wave.units.get(at, 0.0) for at in codes] for s in skus]
    return Marginal(
        codes=codes,
        skus=skus,
        value=np.array(value),
        stock=np.array([[stock[sku].get(at, 0) for at in codes] for sku in skus]),
        demand=np.array([[demand[at].get(sku, 0.0) for at in codes] for sku in skus]),
        as_of=datetime.fromisoformat(basis["marginal"]["as_of"]),
    )
