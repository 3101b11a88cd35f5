"""What many carts are sourced from: read once, then running on in memory from cart to cart."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Integer, Text, text

from fulfillment.inventory import holding_many
from fulfillment.inventory.holding_many import Earlier
from fulfillment.inventory.promises import Part
from fulfillment.network import rates, sites
from fulfillment.network.rates import ServiceRates
from fulfillment.network.sites import Site
from fulfillment.platform.columns import Document, Money, Sku
from fulfillment.platform.db import db
from fulfillment.platform.fast_json import decoded, encoded
from fulfillment.sourcing import pricing, strategies
from fulfillment.sourcing.checkout.state import Goods
from fulfillment.sourcing.pricing import Published
from fulfillment.sourcing.question import Snapshot, booked_at
from fulfillment.sourcing.strategies.strategy import Strategy

PROMISABLE = "l.on_hand - l.unavailable - l.reserved - l.safety_stock"
# Rows by the ten thousand travel as one text for each SKU.
READ = {
    "postgresql": f"""
    SELECT i.sku, i.weight_g, i.tags, i.unit_price,
      (SELECT json_object_agg(l.facility, {PROMISABLE})::text
       FROM stock_levels l WHERE l.sku = i.sku) AS units
    FROM items i WHERE i.sku = ANY (ARRAY(SELECT json_array_elements_text(CAST(:skus AS json))))
    """,
    "sqlite": f"""
    SELECT i.sku, i.weight_g, i.tags, i.unit_price,
      (SELECT json_group_object(l.facility, {PROMISABLE})
       FROM stock_levels l WHERE l.sku = i.sku) AS units
    FROM items i WHERE i.sku IN (SELECT value FROM json_each(:skus))
    """,
}
COLUMNS: dict[str, Any] = {
    "sku": Sku,
    "weight_g": Integer,
    "tags": Document,
    "unit_price": Money,
    "units": Text,
}


class Shelves(Struct, frozen=True):
    """What is promisable where, and what is booked there, as the carts leave it."""

    units: Mapping[str, dict[str, int]]  # by facility, by SKU; below 0 where promises are at risk
    booked: Counter[tuple[str, date]]
    at_risk: frozenset[str]  # the SKUs that were below 0 somewhere; carts make no new ones

    def take(self, parts: Iterable[Part]) -> None:
        """Take units, and a place among the shipments of their day."""
        self.change(parts, -1)

    def give(self, parts: Iterable[Part]) -> None:
        """Give them back."""
        self.change(parts, 1)

    def change(self, parts: Iterable[Part], sign: int) -> None:
        places = set()
        for part in parts:
            if part.sku in self.units:
                self.units[part.sku][part.facility] += sign * part.quantity
            if part.ship_on:
                places.add((part.facility, part.ship_on))
        for place in places:
            self.booked[place] -= sign

    def promisable(self, sku: str) -> Mapping[str, int]:
        """Return the units of a SKU by facility, as they are right now."""
        there = self.units.get(sku, {})
        if sku not in self.at_risk:
            return there
        return {facility: max(0, units) for facility, units in there.items()}


class State(Struct, frozen=True, eq=False):
    """All that the carts of a call are sourced from."""

    moment: datetime
    sites: Sequence[Site]
    rates: Sequence[ServiceRates]
    strategy: Strategy
    published: Published
    goods: Mapping[str, Goods]
    shelves: Shelves
    earlier: Mapping[str, Earlier]

    def snapshot(self, skus: Iterable[str]) -> Snapshot:
        """Return the state as it is now for an order of these SKUs."""
        there = {sku: self.shelves.promisable(sku) for sku in skus}
        return Snapshot(self.moment, self.sites, there, self.shelves.booked, self.rates)


def read(carts: Sequence[str], skus: Collection[str], moment: datetime) -> State:
    """Read what these carts, which ask for these SKUs, are sourced from."""
    earlier = holding_many.earlier_of(carts, moment)
    known = sites.all_by_code()
    rows = items_of(skus)
    return State(
        moment=moment,
        sites=known,
        rates=rates.loaded(),
        strategy=strategies.active(),
        published=pricing.read(skus),
        goods={row.sku: Goods(row.weight_g, row.tags, row.unit_price) for row in rows},
        shelves=shelves_of(rows, known, moment),
        earlier=earlier,
    )


def items_of(skus: Collection[str]) -> Sequence[Any]:
    engine = db.engine.dialect.name
    asked = text(READ[engine]).columns(**COLUMNS)
    return db.session.execute(asked, {"skus": encoded(sorted(skus))}).all()


def shelves_of(rows: Sequence[Any], known: Sequence[Site], moment: datetime) -> Shelves:
    units = {row.sku: decoded(row.units or "{}") for row in rows}
    # A hold is dead from the second it expires; until the sweep its units still look promised.
    for (sku, facility), freed in holding_many.dead_units(moment).items():
        if sku in units:
            units[sku][facility] += freed
    at_risk = (sku for sku, there in units.items() if min(there.values(), default=0) < 0)
    return Shelves(units, booked_at(known, moment), frozenset(at_risk))
